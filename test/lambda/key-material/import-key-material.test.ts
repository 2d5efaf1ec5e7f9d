import { randomBytes, randomUUID } from 'node:crypto';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
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
  test('takes AWSCURRENT, enables the key, and answers what the key has', async () => {
    const imported = await a.import();

    const key = await a.key();
    expect(key).toMatchObject({ KeyState: 'Enabled', ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
    expect(imported).toEqual({
      keyArn: key.Arn, keyId: key.KeyId, keyMaterialId: key.CurrentKeyMaterialId, secretVersionId: a.firstVersion, validTo: undefined,
    });
    expect(await a.inShort()).toEqual([`CURRENT secret-version:${a.firstVersion} IMPORTED`]);
  });

  test('takes the version that was named, not AWSCURRENT', async () => {
    await a.newVersion();
    expect(await a.import({ versionId: a.firstVersion })).toMatchObject({ secretVersionId: a.firstVersion });
  });

  test('pins the version, so that Secrets Manager never forgets it', async () => {
    await a.import();
    await a.newVersion();
    await a.newVersion();
    world.localSecrets.deleteUnlabelledVersions();

    expect(await a.pinned()).toEqual([a.firstVersion]);
  });

  test('gives KMS the very bytes of the secret: the same bytes, brought by hand, are the same material', async () => {
    const bytes = randomBytes(32);
    const { keyMaterialId } = await a.import({ versionId: await a.newVersion(bytes) });
    await a.loseMaterial();

    expect(await a.importByHand(bytes)).toBe(keyMaterialId);
    expect(await a.key()).toMatchObject({ KeyState: 'Enabled' });
  });

  test.each(['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1'])('works wrapped with %s', async (wrappingAlgorithm) => {
    await a.import({ wrappingAlgorithm });
    expect(await a.key()).toMatchObject({ KeyState: 'Enabled' });
  });

  test('waits for a key that is not seen everywhere yet', async () => {
    const ports = world.ports();
    const describeKey = ports.kms.describeKey.bind(ports.kms);
    const unseen = { ...a.request(), keyArn: a.keyArn.replace(/[^/]+$/, randomUUID()) };
    let looks = 0;
    ports.kms.describeKey = async (keyArn) => {
      looks += 1;
      return describeKey(looks < 4 ? unseen.keyArn : keyArn);
    };
    const before = world.clock.now();

    await a.import({}, ports);

    expect(await a.key()).toMatchObject({ KeyState: 'Enabled' });
    // 1 + 2 + 4 seconds: longer each time.
    expect(world.clock.now().getTime() - before.getTime()).toBe(7_000);
  });

  test('gives up on a key that does not exist after two minutes, and says which', async () => {
    const before = world.clock.now();
    const missing = a.keyArn.replace(/[^/]+$/, randomUUID());
    const ports = world.ports();
    ports.kms.describeKey = async () => { throw await world.ports().kms.describeKey(missing).catch((error: unknown) => error); };

    await expect(a.import({}, ports)).rejects.toMatchObject({ name: 'KeyNotReady', message: expect.stringContaining(`${missing}: AWS KMS refused`) });
    expect(world.clock.now().getTime() - before.getTime()).toBeLessThan(140_000);
  });
});

describe('asking again', () => {
  test('changes nothing when everything is as asked for', async () => {
    await a.import();
    const imports = world.localKms.audit.count({ operation: 'ImportKeyMaterial' });
    const label = await a.pinned();

    await a.import();

    expect(world.localKms.audit.count({ operation: 'ImportKeyMaterial' })).toBe(imports);
    expect(await a.pinned()).toEqual(label);
  });

  test('keeps to the recorded version although AWSCURRENT has moved', async () => {
    await a.import();
    await a.newVersion();
    expect(await a.import()).toMatchObject({ secretVersionId: a.firstVersion });
    expect(await a.materials()).toHaveLength(1);
  });

  test('does not import again what expires some minutes off, as a replay asks', async () => {
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

  test('reaches every material that the key still needs', async () => {
    await a.import();
    await a.import({ versionId: await a.newVersion() });
    const at = new Date(world.clock.now().getTime() + 30 * DAY);

    await a.import({ expiration: { kind: 'at', at: at.toISOString() } });

    expect((await a.materials()).map(({ ValidTo }) => ValidTo)).toEqual([at, at]);
  });

  test('may be taken back', async () => {
    await a.import({ expiration: { kind: 'after', seconds: 86400 } });
    await a.import({ expiration: { kind: 'never' } });
    expect((await a.key()).ExpirationModel).toBe('KEY_MATERIAL_DOES_NOT_EXPIRE');
  });
});

describe('material that is gone', () => {
  test('comes back after it was deleted, and old ciphertext can be read again', async () => {
    await a.import();
    const blob = await a.encrypt('an order');
    await a.loseMaterial();
    await a.newVersion();

    await a.import();

    expect(await a.decrypt(blob)).toBe('an order');
  });

  test('comes back after it has expired', async () => {
    await a.import({ expiration: { kind: 'after', seconds: 86400 } });
    const blob = await a.encrypt('an order');
    world.clock.advance(2 * DAY);
    expect((await a.key()).KeyState).toBe('PendingImport');

    await a.import({ expiration: { kind: 'after', seconds: 86400 } });

    expect(await a.decrypt(blob)).toBe('an order');
  });

  test('comes back for each material from its own version, and only then does new material come', async () => {
    await a.import();
    const blob = await a.encrypt('first');
    const second = await a.newVersion();
    await a.import({ versionId: second });
    for (const { KeyMaterialId } of await a.materials()) await a.loseMaterial(KeyMaterialId);
    const third = await a.newVersion();

    await a.import({ versionId: third });

    expect(await a.inShort()).toEqual([
      `NON_CURRENT secret-version:${a.firstVersion} IMPORTED`,
      `NON_CURRENT secret-version:${second} IMPORTED`,
      `CURRENT secret-version:${third} IMPORTED`,
    ]);
    expect(await a.decrypt(blob)).toBe('first');
  });

  test('is asked for by name when its version is gone from the secret', async () => {
    await a.import();
    await a.loseMaterial();
    const elsewhere = await world.newCase();

    await expect(a.import({ secretArn: elsewhere.secretArn })).rejects.toThrow(
      `secret ${elsewhere.secretArn} version ${a.firstVersion}: AWS Secrets Manager refused, got ResourceNotFoundException`);
  });
});

test('an old version that is gone is reported, and does not stand in the way', async () => {
  await a.import();
  const second = await a.newVersion();
  await a.import({ versionId: second });
  const moved = await world.newCase();
  await world.secrets.send(new PutSecretValueCommand({ SecretId: moved.secretArn, SecretBinary: randomBytes(32), ClientRequestToken: second }));
  const ports = world.ports();

  await a.import({ secretArn: moved.secretArn, versionId: second }, ports);

  expect(ports.lines.join()).toContain('material-version-missing');
});
