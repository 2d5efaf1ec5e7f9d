import { randomBytes } from 'node:crypto';
import { DisableKeyCommand } from '@aws-sdk/client-kms';
import { ImportWorld, type ImportCase } from '../../support/world/import-world';

let world: ImportWorld;
let a: ImportCase;

beforeAll(async () => { world = await ImportWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => {
  world.localKms.faults.clear();
  a = await world.newCase();
});

describe('another version', () => {
  test('is imported as new key material and becomes current, and old ciphertext can still be decrypted', async () => {
    await a.import();
    const blob = await a.encrypt('an order');
    const second = await a.newVersion();

    const imported = await a.import({ versionId: second });

    expect(imported).toMatchObject({ secretVersionId: second, keyMaterialId: (await a.key()).CurrentKeyMaterialId });
    expect(await a.decrypt(blob)).toBe('an order');
    expect((await a.labelledVersions()).sort()).toEqual([a.firstVersion, second].sort());
  });

  test('continues with key material that an earlier attempt left pending rotation', async () => {
    await a.import();
    const second = await a.newVersion();
    const ports = world.ports();
    ports.kms.rotateKeyOnDemand = async () => { throw new Error('power cut'); };
    await expect(a.import({ versionId: second }, ports)).rejects.toThrow('power cut');

    await a.import({ versionId: second });

    expect(await a.materialSummaries()).toEqual([
      `NON_CURRENT secret-version:${a.firstVersion} IMPORTED`,
      `CURRENT secret-version:${second} IMPORTED`,
    ]);
  });

  test('does not become current again: a rollback succeeds, changes nothing, logs a warning, and returns the current version', async () => {
    await a.import({ versionId: a.firstVersion });
    const second = await a.newVersion();
    await a.import({ versionId: second });
    const ports = world.ports();

    const imported = await a.import({ versionId: a.firstVersion }, ports);

    expect(imported).toMatchObject({ secretVersionId: second });
    expect(ports.lines.map((line) => JSON.parse(line) as object)).toContainEqual(expect.objectContaining({
      level: 'WARN', event: 'material-rollback-ignored', requestedVersion: a.firstVersion, secretVersionId: second,
    }));
  });

  test('with key material that the key already has changes nothing and logs a warning', async () => {
    const bytes = randomBytes(32);
    const one = await a.newVersion(Buffer.from(bytes));
    await a.import({ versionId: one });
    const other = await a.newVersion(Buffer.from(bytes));
    const ports = world.ports();

    expect(await a.import({ versionId: other }, ports)).toMatchObject({ secretVersionId: one });
    expect(ports.lines.join()).toContain('material-rollback-ignored');
    expect(await a.materials()).toHaveLength(1);
  });

  test('is refused while other key material is pending rotation', async () => {
    await a.import();
    const ports = world.ports();
    ports.kms.rotateKeyOnDemand = async () => { throw new Error('power cut'); };
    await a.import({ versionId: await a.newVersion() }, ports).catch(() => undefined);

    await expect(a.import({ versionId: await a.newVersion() })).rejects.toMatchObject({
      name: 'InvalidRequest', message: expect.stringContaining('other key material is pending rotation'),
    });
    // The current version is not new key material, so it is allowed.
    await expect(a.import()).resolves.toMatchObject({ secretVersionId: a.firstVersion });
  });

  test('is refused while the key is disabled', async () => {
    await a.import();
    await world.kms.send(new DisableKeyCommand({ KeyId: a.keyArn }));
    await expect(a.import({ versionId: await a.newVersion() })).rejects.toThrow(/cannot become current while the key is disabled/);
  });
});
