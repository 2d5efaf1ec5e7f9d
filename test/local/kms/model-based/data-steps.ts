import fc from 'fast-check';
import { currentOf, refusalOfUse, refusalToOpen, type Ciphertext, type EncryptionContext, type Model } from './kms-model';
import { step, type Step } from './step';
import { expectOpened, expectOutcome, meant, note, spelled, type Name, type World } from './world';

/** The last two are the same context: the order of pairs means nothing. */
const contexts = fc.constantFrom<EncryptionContext>(
  undefined, {}, { tenant: 'blue' }, { tenant: 'Blue' }, { tenant: 'blue', table: 'orders' }, { table: 'orders', tenant: 'blue' });
const names: fc.Arbitrary<Name> = fc.record({ key: fc.nat(1), by: fc.constantFrom('id', 'arn', 'alias') });
const plaintexts = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const someCiphertext = fc.nat(1000);

export const encrypt: fc.Arbitrary<Step> = fc.record({ name: names, context: contexts, plaintext: plaintexts }).map(
  ({ name, context, plaintext }) => step('Encrypt', { name, context }, async (model, real) => {
    const key = meant(model, name);
    const answer = await expectOutcome(refusalOfUse(key), real.kms.encrypt(
      { KeyId: spelled(model, real, name), Plaintext: Buffer.from(plaintext, 'base64'), EncryptionContext: context }));
    if (answer !== undefined) note(model, key!, { blob: answer.CiphertextBlob!, plaintext, context });
  }));

export const generateDataKey: fc.Arbitrary<Step> = fc.record({ name: names, context: contexts }).map(
  ({ name, context }) => step('GenerateDataKey', { name, context }, async (model, real) => {
    const key = meant(model, name);
    const answer = await expectOutcome(refusalOfUse(key), real.kms.generateDataKey(
      { KeyId: spelled(model, real, name), KeySpec: 'AES_256', EncryptionContext: context }));
    if (answer === undefined) return;
    expect(answer).toMatchObject({ KeyId: key!.created.Arn, KeyMaterialId: currentOf(key!)!.id });
    note(model, key!, { blob: answer.CiphertextBlob!, plaintext: Buffer.from(answer.Plaintext!).toString('base64'), context });
  }));

export const decrypt: fc.Arbitrary<Step> = fc.record(
  { at: someCiphertext, context: contexts, name: fc.option(names, { nil: undefined }), damage: fc.boolean() }).map(
  ({ at, context, name, damage }) => step('Decrypt', { at, context, name, damage }, async (model, real) => {
    const ciphertext = chosen(model, at);
    const refusal = refusalToOpen(ciphertext, context, name === undefined ? 'none' : meant(model, name));
    const answer = await expectOutcome(damage ? refusal ?? 'InvalidCiphertextException' : refusal, real.kms.decrypt({
      CiphertextBlob: damage ? damaged(ciphertext.blob) : ciphertext.blob,
      EncryptionContext: context,
      KeyId: name && spelled(model, real, name),
    }));
    if (answer !== undefined) expectOpened(ciphertext, answer);
  }, hasCiphertext));

/** A caller with the right context, which is the usual case. */
export const decryptAsItShouldBe: fc.Arbitrary<Step> = someCiphertext.map(
  (at) => step('Decrypt as it should be', { at }, async (model, real) => {
    const ciphertext = chosen(model, at);
    await openIfPossible(ciphertext, real.kms);
  }, hasCiphertext));

export const reEncrypt: fc.Arbitrary<Step> = fc
  .record({ at: someCiphertext, rightContext: fc.boolean(), name: names, context: contexts })
  .map(({ at, rightContext, name, context }) =>
    step(
      'ReEncrypt',
      { at, rightContext, name, context },
      async (model, real) => {
        const ciphertext = chosen(model, at);
        const sourceContext = rightContext ? ciphertext.context : { nobody: 'knows' };
        const destination = meant(model, name);
        const refusal = refusalToOpen(ciphertext, sourceContext, 'none') ?? refusalOfUse(destination);
        const answer = await expectOutcome(
          refusal,
          real.kms.reEncrypt({
            CiphertextBlob: ciphertext.blob,
            SourceEncryptionContext: sourceContext,
            DestinationKeyId: spelled(model, real, name),
            DestinationEncryptionContext: context,
          }),
        );
        if (answer === undefined) return;
        expect(answer).toMatchObject({
          SourceKeyMaterialId: ciphertext.material.id,
          DestinationKeyMaterialId: currentOf(destination!)!.id,
        });
        note(model, destination!, { blob: answer.CiphertextBlob!, plaintext: ciphertext.plaintext, context });
      },
      hasCiphertext,
    ),
  );

/** A ciphertext can be decrypted exactly if the model allows it. */
export async function openIfPossible(ciphertext: Ciphertext, kms: World['kms']): Promise<void> {
  const { blob, context } = ciphertext;
  const answer = await expectOutcome(
    refusalToOpen(ciphertext, context, 'none'),
    kms.decrypt({ CiphertextBlob: blob, EncryptionContext: context }),
  );
  if (answer !== undefined) expectOpened(ciphertext, answer);
}

function hasCiphertext(model: Readonly<Model>): boolean {
  return model.ciphertexts.length > 0;
}

function chosen({ ciphertexts }: Model, at: number): Ciphertext {
  return ciphertexts[at % ciphertexts.length]!;
}

function damaged(blob: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(blob);
  copy[copy.length - 1] = 255 - copy.at(-1)!;
  return copy;
}
