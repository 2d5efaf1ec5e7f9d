import { createPrivateKey, createSecretKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { LocalKms } from '../../../../local/kms/local-kms';
import { VirtualClock } from '../../../../local/kms/model/time/clock';
import { readGraph, writeGraph, type KeptClass } from '../../../../local/kms/service/snapshot/object-graph';
import { readSnapshot } from '../../../../local/kms/service/snapshot/snapshot';
import {
  ACCOUNT, aKey, aLocalKms, anExternalKey, anImportedKey, DAY, decryptText, describeKey, encryptText, importBytes, refusalOf, REGION,
} from '../local-kms-bench';

let folder: string;
beforeAll(async () => folder = await mkdtemp(join(tmpdir(), 'local-kms-')));
afterAll(async () => rm(folder, { recursive: true }));

/** Written, through text, and read again. */
function travelled(value: unknown, ...classes: KeptClass[]): unknown {
  return readGraph(JSON.parse(JSON.stringify(writeGraph(value, classes))), classes);
}

test('data that was encrypted before a snapshot can be decrypted after its restore', async () => {
  const [before, after] = [await aLocalKms(), await aLocalKms()];
  const { kms } = before;
  const rotated = await aKey(kms);
  const imported = await anImportedKey(kms, randomBytes(32), { ValidTo: new Date('2026-02-01T00:00:00Z') });
  const multiRegion = (await kms.createKey({ MultiRegion: true, Tags: [{ TagKey: 'Team', TagValue: 'Orders' }] })).KeyMetadata!;
  const blobs = [await encryptText(kms, rotated.KeyId, 'first', { tenant: 'acme' })];
  await kms.rotateKeyOnDemand({ KeyId: rotated.KeyId });
  blobs.push(await encryptText(kms, rotated.KeyId, 'second', { tenant: 'acme' }));
  blobs.push(await encryptText(kms, imported.KeyId, 'third', { tenant: 'acme' }));
  blobs.push(await encryptText(kms, multiRegion.KeyId!, 'fourth', { tenant: 'acme' }));
  await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: rotated.KeyId });
  const doomed = await aKey(before.as('999900001111', 'us-east-1'));
  await before.as('999900001111', 'us-east-1').scheduleKeyDeletion({ KeyId: doomed.KeyId, PendingWindowInDays: 7 });

  after.server.restore(JSON.parse(JSON.stringify(before.server.snapshot())));

  const told = [];
  for (const blob of blobs) told.push(await decryptText(after.kms, blob, { tenant: 'acme' }));
  expect(told).toEqual(['first', 'second', 'third', 'fourth']);
  for (const { KeyId } of [rotated, imported, multiRegion]) {
    expect((await after.kms.describeKey({ KeyId })).KeyMetadata).toEqual((await kms.describeKey({ KeyId })).KeyMetadata);
  }
  expect((await after.kms.listAliases({})).Aliases).toEqual((await kms.listAliases({})).Aliases);
  const { Rotations } = await kms.listKeyRotations({ KeyId: rotated.KeyId });
  expect(Rotations).toHaveLength(1);
  expect((await after.kms.listKeyRotations({ KeyId: rotated.KeyId })).Rotations).toEqual(Rotations);
  expect((await after.kms.listResourceTags({ KeyId: multiRegion.KeyId! })).Tags).toEqual([{ TagKey: 'Team', TagValue: 'Orders' }]);

  // What is due happens as without the snapshot.
  after.server.clock.advance(32 * DAY);
  expect(await refusalOf(describeKey(after.as('999900001111', 'us-east-1'), doomed.KeyId))).toMatch(/^NotFoundException/);
  expect((await describeKey(after.kms, imported.KeyId)).KeyState).toBe('PendingImport');
  // The same key material is imported again, and the data can be decrypted.
  await importBytes(after.kms, imported.KeyId, imported.bytes);
  expect(await decryptText(after.kms, blobs[2]!, { tenant: 'acme' })).toBe('third');
});

test('related keys stay related, and grants stay effective', async () => {
  const [before, after] = [await aLocalKms(), await aLocalKms()];
  const { KeyId, Arn } = (await before.kms.createKey({ MultiRegion: true })).KeyMetadata!;
  await before.kms.replicateKey({ KeyId, ReplicaRegion: 'eu-west-1' });
  const grantee = '999900001111';
  const { GrantId } = await before.kms.createGrant({
    KeyId,
    GranteePrincipal: `arn:aws:iam::${grantee}:user/${grantee}`,
    Operations: ['Encrypt'],
    Constraints: { EncryptionContextSubset: { tenant: 'acme' } },
  });
  const blob = await encryptText(before.kms, KeyId!, 'text');

  after.server.restore(JSON.parse(JSON.stringify(before.server.snapshot())));

  const replica = after.as(ACCOUNT, 'eu-west-1');
  expect(await decryptText(replica, blob)).toBe('text');
  await after.kms.updatePrimaryRegion({ KeyId, PrimaryRegion: 'eu-west-1' });
  const configuration = (await describeKey(replica, KeyId!)).MultiRegionConfiguration!;
  expect(configuration.PrimaryKey!.Region).toBe('eu-west-1');
  expect(configuration.ReplicaKeys!.map(({ Region }) => Region)).toEqual([REGION]);
  // Both keys still share their key material: a rotation of one changes both.
  await replica.rotateKeyOnDemand({ KeyId });
  expect(await decryptText(after.kms, await encryptText(replica, KeyId!, 'rotated'))).toBe('rotated');

  const stranger = after.as(grantee);
  await encryptText(stranger, Arn!, 'text', { tenant: 'acme' });
  expect(await refusalOf(encryptText(stranger, Arn!, 'text', { tenant: 'other' }))).toMatch(/^AccessDeniedException/);
  await after.kms.revokeGrant({ KeyId, GrantId });
  expect(await refusalOf(encryptText(stranger, Arn!, 'text', { tenant: 'acme' }))).toMatch(/^AccessDeniedException/);
});

test('private keys are part of a snapshot', async () => {
  const [before, after] = [await aLocalKms(), await aLocalKms()];
  const { KeyMetadata } = await before.kms.createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  after.server.restore(before.server.snapshot());
  expect(await describeKey(after.kms, KeyMetadata!.KeyId!)).toEqual(KeyMetadata);

  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const again = travelled({ privateKey }) as { privateKey: KeyObject };
  expect(again.privateKey.equals(privateKey)).toBe(true);
  expect(createPrivateKey(again.privateKey.export({ type: 'pkcs8', format: 'pem' })).asymmetricKeyType).toBe('ec');
});

describe('the graph of objects', () => {
  class Account {
    public readonly owner: { name: string };
    public readonly limits = new Map<unknown, number>([['daily', Infinity], ['weekly', 7]]);
    private note: string | undefined = undefined;
    public constructor(owner: { name: string }) {
      this.owner = owner;
    }
    public greeting(): string {
      return `${this.owner.name} ${this.note ?? 'without a note'}`;
    }
  }

  test('plain data is restored unchanged, even if its names look like marks', () => {
    const names = fc.oneof(fc.string(), fc.constantFrom('$ref', '$id', '$class', '$map', '$entries', '__proto__', '1', '10'));
    const values = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constantFrom(null, Infinity, -Infinity),
        fc.date({ noInvalidDate: true }),
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(names, tie('any'), { maxKeys: 4 }),
        fc.array(fc.tuple(names, tie('any')), { maxLength: 4 }).map((entries) => new Map(entries)),
        fc.array(names).map((members) => new Set(members)),
      ),
    })).any;
    fc.assert(fc.property(values, (value) => expect(travelled({ value })).toEqual({ value })), { numRuns: 300 });
  });

  test('shared objects are shared again, also in cycles', () => {
    const owner: { name: string; friends: unknown[] } = { name: 'Alice', friends: [] };
    const [one, other] = [new Account(owner), new Account(owner)];
    owner.friends.push(one, owner.friends);
    const [first, second] = travelled([one, other], Account) as [Account, Account];
    expect(first).toBeInstanceOf(Account);
    expect(first.greeting()).toBe('Alice without a note');
    expect(first.limits.get('daily')).toBe(Infinity);
    expect(first.owner).toBe(second.owner);
    const { friends } = first.owner as typeof owner;
    expect(friends[0]).toBe(first);
    expect(friends[1]).toBe(friends);
  });

  test('a shared secret is one object again', () => {
    const secret = createSecretKey(randomBytes(32));
    const [first, second] = travelled([secret, secret]) as [KeyObject, KeyObject];
    expect(first).toBe(second);
    expect(first.equals(secret)).toBe(true);
  });

  test('values that cannot be kept are an error', () => {
    expect(() => travelled(new Account({ name: 'Bob' }))).toThrow('objects of Account cannot be kept in a snapshot');
    expect(() => travelled({ hook: () => undefined })).toThrow('a function cannot be kept in a snapshot');
  });
});

describe('the state file', () => {
  test('it holds the state of the next start, and only its owner can read it', async () => {
    const path = join(folder, 'keys.json');
    const first = await aLocalKms({ stateFile: path });
    const { KeyId } = await aKey(first.kms);
    const blob = await encryptText(first.kms, KeyId, 'text');
    first.server.clock.advance(DAY);
    await first.server.stop();

    expect((await stat(path)).mode % 0o1000).toBe(0o600);
    expect((await readFile(path, 'utf8')).split('\n')[1]).toMatch(/^ {2}"warning": "This file holds key material in the clear\./);
    expect(await readdir(folder)).toEqual(['keys.json']);

    const second = await aLocalKms({ stateFile: path });
    expect(second.server.clock.now()).toEqual(new Date('2026-01-02T00:00:00Z'));
    expect(await decryptText(second.kms, blob)).toBe('text');
  });

  test('it is written on request', async () => {
    const path = join(folder, 'on-request.json');
    const { server, kms } = await aLocalKms({ stateFile: path });
    const { KeyId } = await aKey(kms);
    await server.save();
    expect(readSnapshot(JSON.parse(await readFile(path, 'utf8')), path).stores.findKey('eu-central-1', KeyId)?.keyId).toBe(KeyId);
  });

  const written = { schema: 'cdk-kms-lifecycle local KMS', version: 1, clock: '2026-01-01T00:00:00.000Z' };
  const REMEDY = 'use a snapshot that this version of the local KMS has written, or start without one';
  test.each([
    ['not JSON', '{', 'the state file is not JSON; give another file, or delete this one to start without keys'],
    [
      'something else',
      '{"name":"package"}',
      `is not a snapshot of the local KMS, got no schema; allowed: cdk-kms-lifecycle local KMS; ${REMEDY}`,
    ],
    [
      'of another version',
      JSON.stringify({ ...written, version: 2 }),
      `the snapshot has a version that this program does not read, got 2; allowed: 1; ${REMEDY}`,
    ],
    ['without its contents', JSON.stringify(written), `the snapshot is damaged: it holds no stores of keys; ${REMEDY}`],
    [
      'of parts that are not there',
      JSON.stringify({ ...written, stores: { $ref: 7 } }),
      `the snapshot is damaged: it refers to object 7, which does not exist; ${REMEDY}`,
    ],
  ])('one that is %s is refused, and nothing starts', async (_, contents, complaint) => {
    const path = join(folder, 'broken.json');
    await writeFile(path, contents);
    await expect(LocalKms.start({ stateFile: path, clock: new VirtualClock() })).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: `${path}: ${complaint}`,
    });
    expect(await readFile(path, 'utf8')).toBe(contents);
  });

  test('a path that cannot be written is refused at the start', async () => {
    const path = join(folder, 'no-such-folder', 'keys.json');
    await expect(LocalKms.start({ stateFile: path })).rejects.toMatchObject({
      message: `${path}: cannot write the state file (ENOENT); give the path of a file that may be written`,
    });
  });
});

test('an EXTERNAL key without key material is pending import after a restore', async () => {
  const [before, after] = [await aLocalKms(), await aLocalKms()];
  const { KeyId } = await anExternalKey(before.kms);
  after.server.restore(before.server.snapshot());
  const bytes = randomBytes(32);
  await importBytes(after.kms, KeyId, Buffer.from(bytes));
  expect((await describeKey(after.kms, KeyId)).KeyState).toBe('Enabled');
});
