import { randomBytes, randomUUID } from 'node:crypto';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { DAY, ImportWorld, type ImportCase } from '../../support/world/import-world';

let world: ImportWorld;
let a: ImportCase;

beforeAll(async () => { world = await ImportWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => {
  world.localKms.faults.clear();
  a = await world.newCase();
});

describe('a first import', () => {
  test('uses AWSCURRENT, enables the key, and returns the key material of the key', async () => {
    const imported = await a.import();

    const key = await a.key();
    expect(key).toMatchObject({ KeyState: 'Enabled', ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
    expect(imported).toEqual({
      keyArn: key.Arn, keyId: key.KeyId, keyMaterialId: key.CurrentKeyMaterialId, secretVersionId: a.firstVersion, validTo: undefined,
    });
    expect(await a.materialSummaries()).toEqual([`CURRENT secret-version:${a.firstVersion} IMPORTED`]);
  });

  test('uses the named version, not AWSCURRENT', async () => {
    await a.newVersion();
    expect(await a.import({ versionId: a.firstVersion })).toMatchObject({ secretVersionId: a.firstVersion });
  });

  test('labels the version, so that Secrets Manager does not delete it', async () => {
    await a.import();
    await a.newVersion();
    await a.newVersion();
    world.localSecrets.deleteUnlabelledVersions();

    expect(await a.labelledVersions()).toEqual([a.firstVersion]);
  });

  test('imports exactly the key material of the secret: an import of it by an operator has the same key material id', async () => {
    const bytes = randomBytes(32);
    const { keyMaterialId } = await a.import({ versionId: await a.newVersion(bytes) });
    await a.deleteMaterial();

    expect(await a.importAsOperator(bytes)).toBe(keyMaterialId);
    expect(await a.key()).toMatchObject({ KeyState: 'Enabled' });
  });

  test.each(['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1'])('can be wrapped with %s', async (wrappingAlgorithm) => {
    await a.import({ wrappingAlgorithm });
    expect(await a.key()).toMatchObject({ KeyState: 'Enabled' });
  });

  test('waits for a key that has not propagated', async () => {
    const ports = world.ports();
    const describeKey = ports.kms.describeKey.bind(ports.kms);
    const notPropagated = { ...a.request(), keyArn: a.keyArn.replace(/[^/]+$/, randomUUID()) };
    let calls = 0;
    ports.kms.describeKey = async (keyArn) => {
      calls += 1;
      return describeKey(calls < 4 ? notPropagated.keyArn : keyArn);
    };
    const before = world.clock.now();

    await a.import({}, ports);

    expect(await a.key()).toMatchObject({ KeyState: 'Enabled' });
    // 1 + 2 + 4 seconds: longer each time.
    expect(world.clock.now().getTime() - before.getTime()).toBe(7_000);
  });

  test('fails after more than five minutes for a key that does not exist, and names the key', async () => {
    const before = world.clock.now();
    const missing = a.keyArn.replace(/[^/]+$/, randomUUID());
    const ports = world.ports();
    ports.kms.describeKey = async () => { throw await world.ports().kms.describeKey(missing).catch((error: unknown) => error); };

    await expect(a.import({}, ports)).rejects.toMatchObject({
      name: 'KeyNotReady',
      message: expect.stringContaining(`${missing}: AWS KMS refused`),
    });
    expect(world.clock.now().getTime() - before.getTime()).toBeLessThan(350_000);
  });
});

describe('a repeated request', () => {
  test('changes nothing if the key has the requested key material', async () => {
    await a.import();
    const imports = world.localKms.audit.count({ operation: 'ImportKeyMaterial' });
    const label = await a.labelledVersions();

    await a.import();

    expect(world.localKms.audit.count({ operation: 'ImportKeyMaterial' })).toBe(imports);
    expect(await a.labelledVersions()).toEqual(label);
  });

  test('uses the recorded version although AWSCURRENT has changed', async () => {
    await a.import();
    await a.newVersion();
    expect(await a.import()).toMatchObject({ secretVersionId: a.firstVersion });
    expect(await a.materials()).toHaveLength(1);
  });

  test('does not import again for an expiry that differs by some minutes', async () => {
    await a.import({ expiration: { kind: 'after', seconds: 300 * 86400 } });
    const imports = world.localKms.audit.count({ operation: 'ImportKeyMaterial' });
    world.clock.advance(5 * 60_000);

    await a.import({ expiration: { kind: 'after', seconds: 300 * 86400 } });

    expect(world.localKms.audit.count({ operation: 'ImportKeyMaterial' })).toBe(imports);
  });
});

describe('another expiry', () => {
  test('imports the recorded version again, never AWSCURRENT', async () => {
    await a.import();
    const blob = await a.encrypt('an order');
    await a.newVersion();
    const at = new Date(world.clock.now().getTime() + 100 * DAY);

    const imported = await a.import({ expiration: { kind: 'at', at: at.toISOString() } });

    expect(imported).toMatchObject({ secretVersionId: a.firstVersion, validTo: at });
    expect(await a.key()).toMatchObject({ ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: at });
    expect(await a.decrypt(blob)).toBe('an order');
  });

  test('applies to every key material of the key', async () => {
    await a.import();
    await a.import({ versionId: await a.newVersion() });
    const at = new Date(world.clock.now().getTime() + 30 * DAY);

    await a.import({ expiration: { kind: 'at', at: at.toISOString() } });

    expect((await a.materials()).map(({ ValidTo }) => ValidTo)).toEqual([at, at]);
  });

  test('can be removed', async () => {
    await a.import({ expiration: { kind: 'after', seconds: 86400 } });
    await a.import({ expiration: { kind: 'never' } });
    expect((await a.key()).ExpirationModel).toBe('KEY_MATERIAL_DOES_NOT_EXPIRE');
  });
});

describe('missing key material', () => {
  test('is imported again after it was deleted, and old ciphertext can be decrypted again', async () => {
    await a.import();
    const blob = await a.encrypt('an order');
    await a.deleteMaterial();
    await a.newVersion();

    await a.import();

    expect(await a.decrypt(blob)).toBe('an order');
  });

  test('is imported again after it has expired', async () => {
    await a.import({ expiration: { kind: 'after', seconds: 86400 } });
    const blob = await a.encrypt('an order');
    world.clock.advance(2 * DAY);
    expect((await a.key()).KeyState).toBe('PendingImport');

    await a.import({ expiration: { kind: 'after', seconds: 86400 } });

    expect(await a.decrypt(blob)).toBe('an order');
  });

  test('is imported again from its own version, before new key material is imported', async () => {
    await a.import();
    const blob = await a.encrypt('first');
    const second = await a.newVersion();
    await a.import({ versionId: second });
    for (const { KeyMaterialId } of await a.materials()) await a.deleteMaterial(KeyMaterialId);
    const third = await a.newVersion();

    await a.import({ versionId: third });

    expect(await a.materialSummaries()).toEqual([
      `NON_CURRENT secret-version:${a.firstVersion} IMPORTED`,
      `NON_CURRENT secret-version:${second} IMPORTED`,
      `CURRENT secret-version:${third} IMPORTED`,
    ]);
    expect(await a.decrypt(blob)).toBe('first');
  });

  test('is named in the error if its version is missing in the secret', async () => {
    await a.import();
    await a.deleteMaterial();
    await world.deleteSecretVersion(a.secretArn, a.firstVersion);

    await expect(a.import()).rejects.toThrow(
      `secret ${a.secretArn} version ${a.firstVersion}: AWS Secrets Manager refused, got ResourceNotFoundException`);
  });
});

test('a missing older version is logged, and the request succeeds', async () => {
  await a.import();
  const second = await a.newVersion();
  await a.import({ versionId: second });
  const moved = await world.newCase();
  const { SecretBinary } = await world.secrets.send(new GetSecretValueCommand({ SecretId: a.secretArn, VersionId: second }));
  await world.secrets.send(new PutSecretValueCommand({ SecretId: moved.secretArn, SecretBinary, ClientRequestToken: second }));
  const ports = world.ports();

  await a.import({ secretArn: moved.secretArn, versionId: second }, ports);

  expect(ports.lines.join()).toContain('material-version-missing');
});
