import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DisableKeyCommand, ReEncryptCommand } from '@aws-sdk/client-kms';
import type { KmsKey } from '../../local/kms/model/keys/kms-key';
import { checkLaws, type Law } from '../../simulation/laws/laws';
import { leaks } from '../../simulation/laws/leaks';
import { Liveness, unconverged } from '../../simulation/laws/liveness';
import type { Life } from '../../simulation/life/life';
import { World, type Failure } from '../../simulation/world/world';

/** Each law is broken on purpose, in memory: a law that cannot fail proves nothing. */
const LIFE: Life = {
  seed: 0,
  days: 1,
  events: [],
  shape: {
    rotationDays: 30,
    propagationMinutes: 5,
    firstWatchHours: 1,
    dataKeyMaxAgeHours: 1,
    stores: 1,
    material: 'aws-kms',
    materialDelayDays: 0,
    kmsDelaySeconds: 0,
    lateReadSeconds: 0,
    lateUsageMinutes: 0,
    reads: 'daily',
    trail: { lateMinutes: 0, doubled: 0, missing: 0 },
    deletion: { observationDays: 1, soakDays: 1, backupRetentionDays: 5, pendingWindowDays: 7, onUse: 'start-over' },
  },
};
const DAY = 24 * 3_600_000;

let world: World;

beforeEach(async () => {
  world = await World.open(LIFE);
  await world.application.write(0, 1, false, 'arn');
});
afterEach(() => world.close());

const broken = (): Law[] => checkLaws(world).map(({ law }) => law);
const current = () => world.keys.current as KmsKey;

async function oneRotation(): Promise<KmsKey> {
  world.keys.observe();
  const old = current();
  await world.account.runFor(31 * DAY);
  expect(current()).not.toBe(old);
  return old;
}

test('nothing is broken at first, nor after a rotation', async () => {
  expect(broken()).toEqual([]);
  await oneRotation();
  expect(broken()).toEqual([]);
  expect(unconverged(world, world.now - DAY, [])).toEqual([]);
});

describe('lost', () => {
  test('the key of a record is deleted', () => {
    current().deletionAt = world.now;
    expect(broken()).toContain('lost');
  });

  test('the key of a record has lost its key material', () => {
    const { materials } = current();
    materials.forget(materials.current?.id as string);
    expect(broken()).toContain('lost');
  });

  test('a backup still contains a record of a deleted key, until its retention is over', async () => {
    const old = await oneRotation();
    old.deletionAt = world.now;
    expect(checkLaws(world)).toEqual([{ law: 'lost', detail: 'order-1 in a backup needs generation 1, which is deleted' }]);
    await world.account.runFor(6 * DAY);
    expect(broken()).toEqual([]);
  });
});

describe('the alias', () => {
  test('names no key', () => {
    world.keys.store.aliases.delete('alias/orders');
    expect(broken()).toEqual(['alias']);
  });

  test.each<[string, (key: KmsKey) => void]>([
    ['a disabled key', (key) => { key.disabled = true; }],
    ['a key that is pending deletion', (key) => { key.deletionAt = world.now + DAY; }],
    ['a key of another principal', ({ keyId }) => { world.strangers.add(keyId); }],
    ['a key that denies encryption', (key) => {
      key.policy = JSON.stringify({ Statement: [{ Effect: 'Deny', Principal: '*', Action: ['kms:Encrypt'], Resource: '*' }] });
    }],
  ])('names %s', (_, change) => {
    change(current());
    expect(broken()).toEqual(['alias']);
  });
});

test('a data key that was replaced by another one', async () => {
  await world.application.write(0, 2, false, 'arn');
  const [one, other] = [await world.application.read(0, 1), await world.application.read(0, 2)];
  await world.application.put(0, { ...one, dataKey: other?.dataKey as never });
  expect(checkLaws(world)).toEqual([{ law: 'wrong-data-key', detail: 'order-1 has a data key that is not its own' }]);
});

test('a function that writes an older data key back: the write of the application is lost', async () => {
  const [old] = world.records.inTables;
  await world.application.write(0, 1, false, 'arn');
  const kms = world.account.laptop.kmsClient('worker', 1);
  const context = { tenant: 'globex', purpose: 'orders' };
  const { CiphertextBlob } = await kms.send(new ReEncryptCommand({
    CiphertextBlob: old?.item.dataKey?.B, DestinationKeyId: 'alias/orders', SourceEncryptionContext: context, DestinationEncryptionContext: context,
  }));
  const item = { ...old?.item, dataKey: { B: CiphertextBlob as Uint8Array } };
  await world.account.laptop.dynamoClient('worker', 1).send(new PutItemCommand({ TableName: world.tableNames[0], Item: item }));
  expect(checkLaws(world)).toEqual([{ law: 'wrong-data-key', detail: 'order-1 has an older data key: a write of the application is lost' }]);
});

test('a number with two claimed keys', async () => {
  const old = await oneRotation();
  old.tags = current().tags;
  expect(broken()).toEqual(['claimed-twice']);
});

test('a plaintext data key in the log', () => {
  expect(leaks(world)).toEqual([]);
  const [dataKey] = world.records.dataKeys;
  (world.lines as string[]).push(`{"message":"${Buffer.from(dataKey as Uint8Array).toString('base64')}"}`);
  expect(leaks(world)).toEqual(['the log contains key material']);
});

test('a family that stopped rotating, and a generation that is never deleted, have not converged', async () => {
  const old = await oneRotation();
  await world.deploy({ paused: true });
  await world.account.runFor(40 * DAY);
  expect(unconverged(world, world.now - 35 * DAY, [])).toEqual(
    [expect.stringMatching(/^the current generation is \d+ days old$/), expect.stringMatching(/^not deleted: generation 1 \(\w+\)$/)]);
  expect(world.keys.find(old.keyId)).toBeDefined();
});

describe('the laws of progress', () => {
  const FAILS: Failure = { source: 'rotation', error: 'KeyNotReady', text: 'the key is not ready' };
  const lived = async (liveness: Liveness, days: number, ...failures: Failure[]): Promise<Law[]> => {
    const all: Law[] = [];
    for (let day = 0; day < days; day++) all.push(...(await liveness.endOfDay(failures)).map(({ law }) => law));
    return all;
  };

  test('the same error on 12 days in succession', async () => {
    const liveness = new Liveness(world);
    expect(await lived(liveness, 11, FAILS)).toEqual([]);
    expect(await lived(liveness, 1, FAILS)).toEqual(['same-error']);
  });

  test('an error that pauses for a day, or another one, is not the same error', async () => {
    const liveness = new Liveness(world);
    expect(await lived(liveness, 11, FAILS)).toEqual([]);
    expect(await lived(liveness, 1)).toEqual([]);
    expect(await lived(liveness, 11, FAILS)).toEqual([]);
    expect(await lived(liveness, 1, { ...FAILS, error: 'StoreMismatch' })).toEqual([]);
  });

  test('a record that cannot be decrypted on four days because its key is disabled', async () => {
    await world.account.laptop.kmsClient('operator', 1).send(new DisableKeyCommand({ KeyId: current().keyId }));
    const liveness = new Liveness(world);
    expect(await lived(liveness, 3)).toEqual([]);
    expect(await lived(liveness, 1)).toEqual(['unreadable']);
  });

  test('an error while the family is paused does not count, but a record that cannot be decrypted does', async () => {
    await world.deploy({ paused: true });
    expect(await lived(new Liveness(world), 30, FAILS)).toEqual([]);
    await world.account.laptop.kmsClient('operator', 1).send(new DisableKeyCommand({ KeyId: current().keyId }));
    expect(await lived(new Liveness(world), 4, FAILS)).toEqual(['unreadable']);
  });
});
