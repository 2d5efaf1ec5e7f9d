import { isNeverUsed } from '../../../lambda/key-family/resource/delete-family';
import type { KeyUsage, Tags } from '../../../lambda/ports';
import { ALIAS, DAY, RotatingKeyWorld } from '../../support/world/rotating-key-world';

let world: RotatingKeyWorld;

beforeEach(async () => { world = await RotatingKeyWorld.open(); });
afterEach(async () => world.close());

test('a family that nobody has used goes: no alias is left, and its key in thirty days', async () => {
  await world.create();
  const [keyId] = await world.keyIds();

  expect(await world.delete()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ALIAS });

  expect(await world.aliases()).toEqual({});
  expect(await world.key(keyId!)).toMatchObject({ KeyState: 'PendingDeletion', DeletionDate: new Date(world.clock.now().getTime() + 30 * DAY) });
});

test('deleted a second time, it stays as it is; made again, it begins with the next number', async () => {
  await world.create();
  await world.delete();
  const mark = world.mark;
  expect(await world.delete()).toMatchObject({ Status: 'SUCCESS' });
  expect(world.changes(mark)).toEqual([]);

  expect(await world.create()).toMatchObject({ Status: 'SUCCESS' });
  const { current, generations } = await world.family();
  expect(current).toMatchObject({ generation: 2, keyState: 'Enabled' });
  // The old one was empty, and says so: no rotation has anything to do about it.
  expect(generations[0]).toMatchObject({ generation: 1, keyState: 'PendingDeletion', phase: 'fenced', emptiedSince: expect.stringMatching(/^2026/) });
});

test('a used generation is retained with its alias, and the log names it', async () => {
  await world.create();
  const { current: { keyId, keyArn } } = await world.family();
  const blob = await world.encrypt();
  const mark = world.mark;

  expect(await world.delete()).toMatchObject({ Status: 'SUCCESS' });

  expect(world.changes(mark)).toEqual([]);
  expect(await world.decrypt(blob)).toBe('order');
  expect((await world.aliases())[ALIAS]).toBe(keyId);
  expect(world.lines).toContainEqual({ level: 'WARN', event: 'generation-retained', generation: 'alias/orders/g1', keyArn, isCurrent: true });
});

test('unused and used generations part: one goes, the other stays', async () => {
  await world.create();
  await world.encrypt();
  const next = await world.addGeneration(2, { 'cdk-kms-lifecycle:phase': 'next' });

  await world.delete();

  expect(Object.keys(await world.aliases())).toEqual([ALIAS, 'alias/orders/g1']);
  expect(await world.key(next)).toMatchObject({ KeyState: 'PendingDeletion' });
});

test('a key that people had before is retained, though nobody has used it', async () => {
  const { keyId, keyArn } = await world.foreignKey(ALIAS);
  await world.create({ StartFromKeyArn: keyArn });
  expect(await world.delete()).toMatchObject({ Status: 'SUCCESS' });
  expect(await world.key(keyId)).toMatchObject({ KeyState: 'Enabled' });
  expect((await world.aliases())[ALIAS]).toBe(keyId);
});

test('keys that were made in vain go as well, for there is no tick any more to find them', async () => {
  await world.create();
  const vain = await world.addGeneration(2, { 'cdk-kms-lifecycle:state': 'unclaimed', 'cdk-kms-lifecycle:phase': 'next' });
  await world.deleteAlias('alias/orders/g2');
  await world.delete();
  expect(await world.key(vain)).toMatchObject({ KeyState: 'PendingDeletion' });
});

test('a family that another stack has taken over is not touched', async () => {
  await world.create();
  const former = world.description;
  world.description = { ...former, owner: 'Archive/Orders' };
  await world.create({ AdoptFrom: former.owner });
  const mark = world.mark;

  world.description = former;
  expect(await world.delete()).toMatchObject({ Status: 'SUCCESS' });

  expect(world.changes(mark)).toEqual([]);
  expect(world.events()).toContain('family-belongs-to-another');
});

test('deleting what could not be created does nothing: the answer to the creation gave it no name', async () => {
  await world.foreignKey(ALIAS);
  const { Status, PhysicalResourceId } = await world.create();
  expect(Status).toBe('FAILED');
  expect(PhysicalResourceId).not.toBe(ALIAS);
  const mark = world.mark;

  expect(await world.delete({ PhysicalResourceId })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });

  expect(world.changes(mark)).toEqual([]);
});

test('a name that CloudFormation has made up for a creation without answer is no family', async () => {
  await world.create();
  const mark = world.mark;
  expect(await world.delete({ PhysicalResourceId: 'Shop-Orders-1A2B3C' })).toMatchObject({ Status: 'SUCCESS' });
  expect(world.changes(mark)).toEqual([]);
});

test.each<[string, () => Promise<unknown>, object]>([
  ['cannot be read', async () => world.moveAlias((await world.foreignKey()).keyId), {}],
  ['is described in words of another version', async () => undefined, { ResourceProperties: { Family: '{"schema":2}' } }],
])('a family that %s is left in place, and the stack can go', async (_, disturb, event) => {
  await world.create();
  await disturb();
  const mark = world.mark;
  expect(await world.delete(event)).toMatchObject({ Status: 'SUCCESS' });
  expect(world.changes(mark)).toEqual([]);
  expect(world.events()).toContain('family-left-in-place');
});

describe('nobody can have used a generation', () => {
  const SINCE = '2026-11-01T00:00:00.000Z';
  const use = (moment: string, operation = 'Encrypt'): KeyUsage => ({ operation, at: new Date(moment) });
  test.each<[string, boolean, { run?: string; currentSince?: string; tags?: Tags; isCurrent?: boolean }, KeyUsage | undefined]>([
    ['that a deployment made and only its canary has touched', true, {}, use(SINCE)],
    ['that no alias came to and that KMS knows no use of', true, { currentSince: undefined }, undefined],
    ['that was used a moment after the alias came', false, {}, use('2026-11-01T00:00:00.001Z')],
    ['that somebody decrypted with before', false, {}, use(SINCE, 'Decrypt')],
    ['whose canary KMS does not show yet', false, {}, undefined],
    ['that a rotation has brought into use', false, { run: 'arn:execution' }, use(SINCE)],
    ['that the alias names, though no tag says since when', false, { currentSince: undefined, isCurrent: true }, undefined],
    ['that no alias came to, but that has encrypted', false, { currentSince: undefined }, use(SINCE)],
    ['that people had before', false, { currentSince: undefined, tags: { 'cdk-kms-lifecycle:origin': 'adopted' } }, undefined],
  ])('%s: %s', (_, expected, { isCurrent = false, ...generation }, usage) => {
    expect(isNeverUsed({ run: 'deployment', currentSince: SINCE, tags: {}, ...generation }, isCurrent, usage)).toBe(expected);
  });
});
