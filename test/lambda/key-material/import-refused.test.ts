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

describe('what cannot be imported', () => {
  test.each([[31], [33], [16], [64]])('material of %i bytes is refused before KMS hears of it', async (length) => {
    const version = await a.newVersion(randomBytes(length));
    const calls = world.localKms.audit.count({ operation: 'GetParametersForImport' });

    await expect(a.import({ versionId: version })).rejects.toThrow(
      `secret ${a.secretArn} version ${version}: key material has the wrong length, got ${length} bytes; allowed: 32 bytes; put 32 random bytes`);
    expect(world.localKms.audit.count({ operation: 'GetParametersForImport' })).toBe(calls);
  });

  test('a secret that does not exist is named', async () => {
    await expect(a.import({ secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:nothing' })).rejects.toMatchObject({
      name: 'InvalidRequest', message: expect.stringMatching(/secret:nothing: AWS Secrets Manager refused, got ResourceNotFoundException .*; name a secret/),
    });
  });

  test('a wrapping algorithm that KMS no longer accepts is refused before anything is asked', async () => {
    const calls = world.localKms.audit.count();
    await expect(a.import({ wrappingAlgorithm: 'RSAES_PKCS1_V1_5' })).rejects.toThrow(
      'wrapping algorithm: algorithm is not supported for symmetric key material, got RSAES_PKCS1_V1_5; allowed: RSAES_OAEP_SHA_256, RSAES_OAEP_SHA_1');
    expect(world.localKms.audit.count()).toBe(calls);
  });

  test('an expiry that has passed is refused with the time it was compared with', async () => {
    await expect(a.import({ expiration: { kind: 'at', at: '2020-01-01T00:00:00.000Z' } })).rejects.toThrow(/instant has passed, got 2020-01-01/);
  });

  test('a key that is about to be deleted is refused at once', async () => {
    await world.kms.send(new ScheduleKeyDeletionCommand({ KeyId: a.keyArn }));
    const before = world.clock.now();
    await expect(a.import()).rejects.toThrow(/the key is about to be deleted, got PendingDeletion/);
    expect(world.clock.now()).toEqual(before);
  });

  test('another secret without the version of the current material is refused, since it could not renew the key', async () => {
    await a.import();
    const other = await world.newCase();
    await expect(a.import({ secretArn: other.secretArn })).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  test('bytes that are not those of the material are refused, and the key is left as it was', async () => {
    await a.import();
    await a.deleteMaterial();
    const other = await world.newCase();
    const SecretBinary = randomBytes(32);
    await world.secrets.send(new PutSecretValueCommand({ SecretId: other.secretArn, SecretBinary, ClientRequestToken: a.firstVersion }));

    await expect(a.import({ secretArn: other.secretArn })).rejects.toThrow(/holds other bytes than the key material that is to be imported again/);
    expect((await a.key()).KeyState).toBe('PendingImport');
  });
});
