import { randomBytes } from 'node:crypto';
import { ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ImportWorld, type ImportCase } from '../../support/world/import-world';

let world: ImportWorld;
let a: ImportCase;

beforeAll(async () => { world = await ImportWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => {
  world.localKms.faults.clear();
  a = await world.newCase();
});

describe('refused imports', () => {
  test.each([[31], [33], [16], [64]])('key material of %i bytes is refused before any call to KMS', async (length) => {
    const version = await a.newVersion(randomBytes(length));
    const calls = world.localKms.audit.count({ operation: 'GetParametersForImport' });

    await expect(a.import({ versionId: version })).rejects.toThrow(
      `secret ${a.secretArn} version ${version}: key material has the wrong length, got ${length} bytes; allowed: 32 bytes; store 32 random bytes`,
    );
    expect(world.localKms.audit.count({ operation: 'GetParametersForImport' })).toBe(calls);
  });

  test('an error names a secret that does not exist', async () => {
    await expect(a.import({ secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:nothing' })).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringMatching(/secret:nothing: AWS Secrets Manager refused, got ResourceNotFoundException .*; name a secret/),
    });
  });

  test('a wrapping algorithm that KMS no longer accepts is refused before any call', async () => {
    const calls = world.localKms.audit.count();
    await expect(a.import({ wrappingAlgorithm: 'RSAES_PKCS1_V1_5' })).rejects.toThrow(
      'wrapping algorithm: algorithm is not supported for symmetric key material, got RSAES_PKCS1_V1_5; allowed: RSAES_OAEP_SHA_256, RSAES_OAEP_SHA_1',
    );
    expect(world.localKms.audit.count()).toBe(calls);
  });

  test('an expiry in the past is refused with the current time', async () => {
    await expect(a.import({ expiration: { kind: 'at', at: '2020-01-01T00:00:00.000Z' } })).rejects.toThrow(
      /instant is in the past, got 2020-01-01.*; allowed: later than 2026-/,
    );
  });

  test('a key that is pending deletion is refused without retries', async () => {
    await world.kms.send(new ScheduleKeyDeletionCommand({ KeyId: a.keyArn }));
    const before = world.clock.now();
    await expect(a.import()).rejects.toThrow(/key is pending deletion, got PendingDeletion/);
    expect(world.clock.now()).toEqual(before);
  });

  test('another secret without the version of the current key material is refused, because it could not renew the key', async () => {
    await a.import();
    const other = await world.newCase();
    await expect(a.import({ secretArn: other.secretArn })).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  test('other key material under the same version id is refused, and the key is left unchanged', async () => {
    await a.import();
    await a.deleteMaterial();
    const other = await world.newCase();
    const SecretBinary = randomBytes(32);
    await world.secrets.send(new PutSecretValueCommand({ SecretId: other.secretArn, SecretBinary, ClientRequestToken: a.firstVersion }));

    await expect(a.import({ secretArn: other.secretArn })).rejects.toThrow(
      /secret version contains other key material than the one to import again/,
    );
    expect((await a.key()).KeyState).toBe('PendingImport');
  });
});
