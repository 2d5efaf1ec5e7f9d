import { createHash } from 'node:crypto';
import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import type { AccountWorld } from './account-world';
import { ALIAS } from './family-stack';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import type { FamilyRegister } from '../../../lambda/key-family/family';
import { readRegister } from '../../../lambda/key-family/read-family';
import { jsonLog } from '../../../lambda/runtime/log';
import { intercept, type OutgoingCall } from '../../../local/account/source-functions';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';

/** Calls after which the alias might name no key, or a key that cannot encrypt. */
const MAY_BREAK_THE_ALIAS = ['UpdateAlias', 'DeleteAlias', 'PutKeyPolicy', 'DisableKey', 'ScheduleKeyDeletion', 'CancelKeyDeletion'];

/** Calls that must never succeed on a key whose generation number was not claimed. */
const USES = ['Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncrypt', 'Decrypt'];

/**
 * Checks two laws at each call that could break them: the alias always names a key that encrypts, and no key is
 * scheduled for deletion while a record is encrypted under it, or before it has its certificate.
 *
 * Returns the list of violations, to which later ones are added. An exception instead would look like an error of AWS.
 */
export function watchLaws(world: AccountWorld): readonly string[] {
  const violations: string[] = [];
  const report = (violation: string | undefined) => { if (violation !== undefined) violations.push(violation); };
  intercept(world.interceptors, {
    call: async (call, proceed) => {
      if (call.operation === 'UpdateAlias') {
        report(await cannotEncrypt(world, String(call.input.TargetKeyId), 'the alias is about to name a key that cannot encrypt'));
      }
      if (call.operation === 'ScheduleKeyDeletion') for (const violation of await objectionsToDeletion(world, call)) report(violation);
      try {
        return await proceed();
      } finally {
        if (MAY_BREAK_THE_ALIAS.includes(call.operation)) {
          report(await cannotEncrypt(world, ALIAS, `after ${call.operation} the alias names no key that encrypts`));
        }
      }
    },
  });
  return violations;
}

/**
 * The invariants of every moment: each data key decrypts to its plaintext, the alias encrypts, and no unclaimed
 * key was used.
 */
export async function expectNothingLost(world: AccountWorld): Promise<void> {
  expect((await keysOfDataKeys(world)).filter(({ outcome }) => outcome !== 'same')).toEqual([]);
  expect(await world.encryptsThroughAlias()).toBe(true);
  const { unclaimed, orphans } = await readFamilyRegister(world);
  for (const { keyArn } of [...unclaimed, ...orphans]) expect(usesOf(world, keyArn)).toEqual([]);
}

/**
 * The invariant without writers of old data keys: no data key is encrypted under a generation that is
 * recorded as empty.
 */
export async function expectEmptiedGenerationsEmpty(world: AccountWorld): Promise<void> {
  const { generations } = await readFamilyRegister(world);
  const emptied = generations.filter(({ emptiedSince }) => emptiedSince !== undefined).map(({ keyArn }) => keyArn);
  expect((await keysOfDataKeys(world)).filter(({ keyArn }) => emptied.includes(keyArn))).toEqual([]);
}

/**
 * The state after a rotation: one more generation, every data key encrypted under it, and all former generations fenced
 * and empty.
 */
export async function expectRotatedTo(world: AccountWorld, current: number): Promise<void> {
  await expectNothingLost(world);
  await expectEmptiedGenerationsEmpty(world);
  expect(await world.checkOrders()).toEqual(world.application.orders.map(() => 'intact'));
  const { generations } = await readFamilyRegister(world);
  expect(generations.map(({ generation }) => generation)).toEqual(Array.from({ length: current }, (_, index) => index + 1));
  for (const { generation, keyState, phase, fencedSince, emptiedSince } of generations) {
    const isCurrent = generation === current;
    expect([generation, keyState, phase]).toEqual([generation, 'Enabled', isCurrent ? 'current' : 'fenced']);
    expect([fencedSince !== undefined, emptiedSince !== undefined]).toEqual([!isCurrent, !isCurrent]);
  }
  // Imported key material: no two generations have the same.
  const versions = generations.flatMap(({ materialVersion }) => materialVersion ?? []);
  expect(new Set(versions).size).toBe(versions.length);
  expect((await world.readFamily()).current.generation).toBe(current);
}

/** Reads the family without a repair. A contradiction between aliases and tags is an error. */
export async function readFamilyRegister(world: AccountWorld): Promise<FamilyRegister> {
  const evidence = new EvidenceInMemory();
  return readRegister(ALIAS, { kms: new KmsKeyFamily(world.kms), evidence, log: jsonLog(() => undefined) });
}

interface DataKeyOutcome {
  readonly orderId: string;
  readonly outcome: string;
  /** The key under which it is encrypted. Empty if KMS refused to decrypt it. */
  readonly keyArn: string;
}

/** Decrypts each data key, under whichever generation it is encrypted, and compares it with the original. */
async function keysOfDataKeys(world: AccountWorld): Promise<DataKeyOutcome[]> {
  return Promise.all(world.application.orders.map(async ({ orderId, tenantId, dataKeyHash }): Promise<DataKeyOutcome> => {
    const { dataKey } = await world.readItem({ orderId, tenantId });
    try {
      const request = new DecryptCommand({ CiphertextBlob: dataKey?.B, EncryptionContext: { tenant: tenantId, purpose: 'orders' } });
      const { Plaintext, KeyId } = await world.kms.send(request);
      const hash = createHash('sha256').update(Plaintext as Uint8Array).digest('hex');
      return { orderId, outcome: hash === dataKeyHash ? 'same' : 'another data key', keyArn: KeyId as string };
    } catch (error) {
      return { orderId, outcome: (error as Error).name, keyArn: '' };
    }
  }));
}

async function cannotEncrypt({ kms }: AccountWorld, KeyId: string, law: string): Promise<string | undefined> {
  return kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('anything') })).then(
    () => undefined,
    (error: Error) => `${law}: ${error.name}`,
  );
}

async function objectionsToDeletion(world: AccountWorld, { input }: OutgoingCall): Promise<string[]> {
  const keyId = String(input.KeyId);
  const isIt = (keyArn: string) => keyArn.endsWith(keyId);
  const outcomes = await keysOfDataKeys(world);
  const dependent = outcomes.filter(({ keyArn, outcome }) => isIt(keyArn) || outcome !== 'same').map(({ orderId }) => orderId);
  const { generations, current } = await readFamilyRegister(world);
  const claimed = generations.find(({ keyArn }) => isIt(keyArn));
  const certified = world.certificates().some((certificate) => certificate.keyArn === claimed?.keyArn && certificate.quarantined === 0);
  return [
    ...(dependent.length === 0 ? [] : [`deletion scheduled while ${dependent.join(', ')} depend on it`]),
    ...(claimed === undefined || certified ? [] : [`deletion of generation ${claimed.generation} scheduled before it has a certificate`]),
    ...(claimed === undefined || claimed !== current ? [] : ['deletion of the current generation scheduled']),
  ];
}

function usesOf(world: AccountWorld, keyArn: string): string[] {
  return world.account.laptop.kms.audit.records
    .filter(
      ({ keyArns, operation, status, dryRun }) =>
        keyArns.includes(keyArn) && USES.includes(operation) && status === 'answered' && dryRun !== true,
    )
    .map(({ operation, accessKey }) => `${operation} by ${accessKey}`);
}
