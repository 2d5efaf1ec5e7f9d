import { AwsKmsMrkAwareSymmetricKeyringNode, buildClient, CommitmentPolicy, KmsKeyringNode } from '@aws-crypto/client-node';
import { aKey, aLocalKms, type Bench, type Described } from '../../local-kms-bench';

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const MESSAGE = Buffer.from('a message of the AWS Encryption SDK');
const CONTEXT = { tenant: 'blue', purpose: 'test' };

/** A keyring of the AWS Encryption SDK whose calls arrive at the local KMS. */
function keyring({ kms }: Bench, generator: Described, ...additional: Described[]): KmsKeyringNode {
  return new KmsKeyringNode({ clientProvider: () => kms, generatorKeyId: generator.Arn, keyIds: additional.map((key) => key.Arn) });
}

test('the AWS Encryption SDK encrypts and decrypts under a key of this KMS, with an encryption context', async () => {
  const bench = await aLocalKms();
  const ring = keyring(bench, await aKey(bench.kms));

  const { result } = await encrypt(ring, MESSAGE, { encryptionContext: CONTEXT });
  const { plaintext, messageHeader } = await decrypt(ring, result);

  expect(plaintext).toEqual(MESSAGE);
  expect(messageHeader.encryptionContext).toMatchObject(CONTEXT);
  expect(result.includes(MESSAGE)).toBe(false);
});

test('a message with an altered encryption context cannot be decrypted', async () => {
  const bench = await aLocalKms();
  const ring = keyring(bench, await aKey(bench.kms));
  const { result } = await encrypt(ring, MESSAGE, { encryptionContext: CONTEXT });
  const at = result.indexOf('blue');
  result.write('glue', at);

  await expect(decrypt(ring, result)).rejects.toThrow('InvalidCiphertextException');
  expect(bench.server.audit.records.at(-1)).toMatchObject(
    { operation: 'Decrypt', status: 'InvalidCiphertextException', encryptionContext: { tenant: 'glue' } });
});

test('a message for two keys can be decrypted with each of them alone, and with no other key', async () => {
  const bench = await aLocalKms();
  const [generator, additional, other] = [await aKey(bench.kms), await aKey(bench.kms), await aKey(bench.kms)];
  const { result } = await encrypt(keyring(bench, generator, additional), MESSAGE);

  await bench.kms.disableKey({ KeyId: generator.KeyId });
  expect((await decrypt(keyring(bench, additional), result)).plaintext).toEqual(MESSAGE);
  await expect(decrypt(keyring(bench, generator), result)).rejects.toThrow('is disabled');
  await expect(decrypt(keyring(bench, other), result)).rejects.toThrow('unencryptedDataKey has not been set');
});

test('a keyring for multi-Region keys works with a key of this KMS', async () => {
  const bench = await aLocalKms();
  const { KeyMetadata } = await bench.kms.createKey({ MultiRegion: true });
  const ring = new AwsKmsMrkAwareSymmetricKeyringNode({ client: bench.kms, keyId: KeyMetadata!.Arn! });

  const { result } = await encrypt(ring, MESSAGE, { encryptionContext: CONTEXT });

  expect((await decrypt(ring, result)).plaintext).toEqual(MESSAGE);
});
