import { isNeverUsed } from '../../../lambda/key-family/resource/delete-family';
import type { KeyUsage } from '../../../lambda/ports/key-family';
import type { Tags } from '../../../lambda/ports/keys';
import { ALIAS, DAY, RotatingKeyWorld } from '../../support/world/rotating-key-world';

let world: RotatingKeyWorld;

beforeEach(async () => { world = await RotatingKeyWorld.open(); });
afterEach(async () => world.close());

test('a family that was never used is deleted: its aliases at once, and its key after 30 days', async () => {
  await world.create();
  const [keyId] = await world.keyIds();

  expect(await world.delete()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ALIAS });

  expect(await world.aliases()).toEqual({});
  const deletionDate = new Date(world.clock.now().getTime() + 30 * DAY);
  expect(await world.key(keyId!)).toMatchObject({ KeyState: 'PendingDeletion', DeletionDate: deletionDate });
});

test('a repeated delete event changes nothing, and a family that is created again begins with the next number', async () => {
  await world.create();
  await world.delete();
  const mark = world.mark;
  expect(await world.delete()).toMatchObject({ Status: 'SUCCESS' });
  expect(world.changes(mark)).toEqual([]);

  expect(await world.create()).toMatchObject({ Status: 'SUCCESS' });
  const { current, generations } = await world.family();
  expect(current).toMatchObject({ generation: 2, keyState: 'Enabled' });
  // The old generation is tagged as empty, so no rotation counts it.
  expect(generations[0]).toMatchObject({
    generation: 1, keyState: 'PendingDeletion', phase: 'fenced', emptiedSince: expect.stringMatching(/^2026/),
  });
});

test('a used generation is retained with its alias, and is logged', async () => {
  await world.create();
  const { current: { keyId, keyArn } } = await world.family();
  const blob = await world.encrypt();
  const mark = world.mark;

  expect(await world.delete()).toMatchObject({ Status: 'SUCCESS' });

  expect(world.changes(mark)).toEqual([]);
  expect(await world.decrypt(blob)).toBe('order');
  expect((await world.aliases())[ALIAS]).toBe(keyId);
  expect(world.lines).toContainEqual({
    level: 'WARN', event: 'generation-retained', generation: 'alias/orders/g1', keyArn, isCurrent: true,
  });
});

test('an unused generation is deleted even if a used one is retained', async () => {
  await world.create();
  await world.encrypt();
  const next = await world.addGeneration(2, { 'cdk-kms-lifecycle:phase': 'next' });

  await world.delete();

  expect(Object.keys(await world.aliases())).toEqual([ALIAS, 'alias/orders/g1']);
  expect(await world.key(next)).toMatchObject({ KeyState: 'PendingDeletion' });
});

test('an adopted key is retained even if it was never used', async () => {
  const { keyId, keyArn } = await world.foreignKey(ALIAS);
  await world.create({ StartFromKeyArn: keyArn });
  expect(await world.delete()).toMatchObject({ Status: 'SUCCESS' });
  expect(await world.key(keyId)).toMatchObject({ KeyState: 'Enabled' });
  expect((await world.aliases())[ALIAS]).toBe(keyId);
});

test('an unclaimed key is deleted, because no reconcile run will find it later', async () => {
  await world.create();
  const unclaimed = await world.addGeneration(2, { 'cdk-kms-lifecycle:state': 'unclaimed', 'cdk-kms-lifecycle:phase': 'next' });
  await world.deleteAlias('alias/orders/g2');
  await world.delete();
  expect(await world.key(unclaimed)).toMatchObject({ KeyState: 'PendingDeletion' });
});

test('a family that another stack has adopted is not changed', async () => {
  await world.create();
  const former = world.description;
  world.description = { ...former, owner: 'Archive/Orders' };
  await world.create({ AdoptFrom: former.owner });
  const mark = world.mark;

  world.description = former;
  expect(await world.delete()).toMatchObject({ Status: 'SUCCESS' });

  expect(world.changes(mark)).toEqual([]);
  expect(world.events()).toContain('family-has-other-owner');
});

test('a delete event after a failed creation changes nothing, because the physical resource id is not the alias', async () => {
  await world.foreignKey(ALIAS);
  const { Status, PhysicalResourceId } = await world.create();
  expect(Status).toBe('FAILED');
  expect(PhysicalResourceId).not.toBe(ALIAS);
  const mark = world.mark;

  expect(await world.delete({ PhysicalResourceId })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });

  expect(world.changes(mark)).toEqual([]);
});

test('a delete event with a physical resource id that CloudFormation generated changes nothing', async () => {
  await world.create();
  const mark = world.mark;
  expect(await world.delete({ PhysicalResourceId: 'Shop-Orders-1A2B3C' })).toMatchObject({ Status: 'SUCCESS' });
  expect(world.changes(mark)).toEqual([]);
});

test.each<[string, () => Promise<unknown>, object]>([
  ['cannot be read', async () => world.moveAlias((await world.foreignKey()).keyId), {}],
  ['is described by another version of the library', async () => undefined, { ResourceProperties: { Family: '{"schema":2}' } }],
])('a family that %s is retained, and the deletion of the stack succeeds', async (_, change, event) => {
  await world.create();
  await change();
  const mark = world.mark;
  expect(await world.delete(event)).toMatchObject({ Status: 'SUCCESS' });
  expect(world.changes(mark)).toEqual([]);
  expect(world.events()).toContain('family-deletion-failed');
});

describe('a generation counts as never used', () => {
  const SINCE = '2026-11-01T00:00:00.000Z';
  const use = (time: string, operation = 'Encrypt'): KeyUsage => ({ operation, at: new Date(time) });
  test.each<[string, boolean, { run?: string; currentSince?: string; tags?: Tags; isCurrent?: boolean }, KeyUsage | undefined]>([
    ['if a deployment created it and its canary is the only use', true, {}, use(SINCE)],
    ['if it was never current and has no use', true, { currentSince: undefined }, undefined],
    ['if it was used a millisecond after it became current', false, {}, use('2026-11-01T00:00:00.001Z')],
    ['if its last use is a Decrypt call', false, {}, use(SINCE, 'Decrypt')],
    ['if KMS does not show its canary yet', false, {}, undefined],
    ['if a rotation created it', false, { run: 'arn:execution' }, use(SINCE)],
    ['if it is current, but has no tag that says since when', false, { currentSince: undefined, isCurrent: true }, undefined],
    ['if it was never current, but has encrypted', false, { currentSince: undefined }, use(SINCE)],
    ['if it was adopted', false, { currentSince: undefined, tags: { 'cdk-kms-lifecycle:origin': 'adopted' } }, undefined],
  ])('%s: %s', (_, expected, { isCurrent = false, ...generation }, usage) => {
    expect(isNeverUsed({ run: 'deployment', currentSince: SINCE, tags: {}, ...generation }, isCurrent, usage)).toBe(expected);
  });
});
