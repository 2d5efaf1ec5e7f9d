import type { KMS } from '@aws-sdk/client-kms';
import { currentOf, moveTime, type Ciphertext, type EncryptionContext, type Key, type Model, type Refusal } from './kms-model';
import type { VirtualClock } from '../../../../local/kms/model/time/clock';
import { describeKey, type Bench } from '../local-kms-bench';

/** The KMS that is compared with the model. */
export interface World {
  readonly kms: KMS;
  readonly clock: VirtualClock;
  readonly alias: string;
}

/** How a key is named in a request. A key that is named by the alias is the key of the alias. */
export interface Name {
  readonly key: number;
  readonly by: 'id' | 'arn' | 'alias';
}

let worlds = 0;

/** A key with key material of KMS, one that is pending import, and an alias of the first. */
export async function aWorld({ kms, server }: Bench): Promise<{ model: Model; real: World }> {
  const real: World = { kms, clock: server.clock, alias: `alias/world-${++worlds}` };
  const keys: Key[] = [];
  for (const Origin of ['AWS_KMS', 'EXTERNAL'] as const) {
    const created = await describeKey(kms, (await kms.createKey({ Origin })).KeyMetadata!.KeyId!);
    const id = created.CurrentKeyMaterialId;
    keys.push({ created, materials: id === undefined ? [] : [{ id, present: true }], disabled: false, gone: false });
  }
  await kms.createAlias({ AliasName: real.alias, TargetKeyId: keys[0]!.created.KeyId });
  return { real, model: { now: server.clock.now().getTime(), keys, ciphertexts: [], aliased: keys[0] } };
}

export function keyAt(model: Model, index: number): Key {
  return model.keys[index]!;
}

/** The key to which a name refers, if there is still one. */
export function meant(model: Model, name: Name): Key | undefined {
  return name.by === 'alias' ? model.aliased : keyAt(model, name.key);
}

export function spelled(model: Model, { alias }: World, name: Name): string {
  const { created } = keyAt(model, name.key);
  return name.by === 'alias' ? alias : name.by === 'arn' ? created.Arn : created.KeyId;
}

/** Number of calls with each result, over all worlds. */
export const outcomes = new Map<string, number>();

/** Checks that the call has the result of the model. Returns the answer, if there is one. */
export async function expectOutcome<Answer>(expected: Refusal, call: Promise<Answer>): Promise<Answer | undefined> {
  const [outcome, answer] = await call.then((given) => [undefined, given] as const, (error: Error) => [error.name, undefined] as const);
  expect(outcome).toBe(expected);
  const name = outcome ?? 'answered';
  outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
  return answer;
}

/** Records a ciphertext that was encrypted under the current key material of a key. */
export function note(model: Model, key: Key, made: { blob: Uint8Array; plaintext: string; context: EncryptionContext }): void {
  model.ciphertexts.push({ ...made, key, material: currentOf(key)! });
}

export async function advance(model: Model, { clock }: World, milliseconds: number): Promise<void> {
  moveTime(model, milliseconds);
  clock.advance(milliseconds);
}

/** The answer of a decryption names the key and the key material of the ciphertext. */
export function expectOpened(ciphertext: Ciphertext, answer: { Plaintext?: Uint8Array; KeyId?: string; KeyMaterialId?: string }): void {
  expect(answer.KeyId).toBe(ciphertext.key.created.Arn);
  expect(answer.KeyMaterialId).toBe(ciphertext.material.id);
  expect(Buffer.from(answer.Plaintext!).toString('base64')).toBe(ciphertext.plaintext);
}
