import { randomBytes } from 'node:crypto';
import { isUnfinished } from '../../../lambda/key-family/resource/delete-family';
import type { KeyUsage } from '../../../lambda/ports/key-family';
import { ALIAS, DAY, RotatingKeyWorld } from '../../support/world/rotating-key-world';

const HOUR = 3_600_000;

let world: RotatingKeyWorld;

beforeEach(async () => { world = await RotatingKeyWorld.open(); });
afterEach(async () => world.close());

test('a generation that KMS shows as never used is retained: a use of the last hour is not visible', async () => {
  world.localKms.propagation.set({ usageMilliseconds: HOUR });
  await world.create();
  const { current: { keyId } } = await world.family();
  world.clock.advance(2 * HOUR);
  const blob = await world.encrypt();
  world.clock.advance(10 * 60_000);
  const mark = world.mark;

  expect(await world.delete()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ALIAS });

  expect(world.changes(mark)).toEqual([]);
  expect(await world.key(keyId)).toMatchObject({ KeyState: 'Enabled' });
  expect(await world.decrypt(blob)).toBe('order');
});

test('a family that is created again after its deletion continues with its generation', async () => {
  await world.create();
  const { current: { keyId } } = await world.family();
  await world.delete();
  expect(await world.create()).toMatchObject({ Status: 'SUCCESS' });
  expect((await world.family()).generations.map((generation) => generation.keyId)).toEqual([keyId]);
});

describe('a first creation that failed', () => {
  const failedCreation = async () => {
    await world.close();
    world = await RotatingKeyWorld.openWithSecret();
    await world.putMaterial(randomBytes(16));
    const { Status, PhysicalResourceId } = await world.create();
    expect([Status, Object.keys(await world.aliases())]).toEqual(['FAILED', ['alias/orders/g1']]);
    return { PhysicalResourceId };
  };

  test('is undone: the alias of its generation at once, and the key after 30 days', async () => {
    const failed = await failedCreation();
    const [keyId] = await world.keyIds();
    expect(await world.delete(failed)).toMatchObject({ Status: 'SUCCESS' });
    expect(await world.aliases()).toEqual({});
    const deletionDate = new Date(world.clock.now().getTime() + 30 * DAY);
    expect(await world.key(keyId!)).toMatchObject({ KeyState: 'PendingDeletion', DeletionDate: deletionDate });
  });

  test('is undone once, and the next creation takes the next number', async () => {
    const failed = await failedCreation();
    await world.delete(failed);
    const mark = world.mark;
    expect(await world.delete(failed)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.changes(mark)).toEqual([]);
    await world.putMaterial(randomBytes(32));
    expect(await world.create()).toMatchObject({ Status: 'SUCCESS' });
    expect((await world.family()).current).toMatchObject({ generation: 2, keyState: 'Enabled' });
  });

  test('is not undone a day later: the key may have been used since', async () => {
    const failed = await failedCreation();
    const [keyId] = await world.keyIds();
    world.clock.advance(DAY);
    expect(await world.delete(failed)).toMatchObject({ Status: 'SUCCESS' });
    expect(await world.key(keyId!)).toMatchObject({ KeyState: 'PendingImport' });
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

test('a generation that was never current is retained, because its alias names it', async () => {
  await world.create();
  const next = await world.addGeneration(2, { 'cdk-kms-lifecycle:phase': 'next' });
  await world.delete();
  expect(Object.keys(await world.aliases())).toEqual([ALIAS, 'alias/orders/g1', 'alias/orders/g2']);
  expect(await world.key(next)).toMatchObject({ KeyState: 'Enabled' });
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

describe('a generation is one that a failed deployment has just created', () => {
  const CREATED_AT = new Date('2026-11-01T00:00:00.000Z');
  const USE = { operation: 'Encrypt', at: CREATED_AT };
  const A_DAY_LATER = new Date(CREATED_AT.getTime() + DAY);
  test.each<[string, boolean, Partial<Parameters<typeof isUnfinished>[0]>, KeyUsage | undefined, Date]>([
    ['if no alias has named it as the current one, and it has no use', true, {}, undefined, CREATED_AT],
    ['if it has a use', false, {}, USE, CREATED_AT],
    ['if it was current', false, { currentSince: CREATED_AT.toISOString() }, undefined, CREATED_AT],
    ['if its phase is current', false, { phase: 'current' }, undefined, CREATED_AT],
    ['if a rotation created it', false, { run: 'arn:execution' }, undefined, CREATED_AT],
    ['if it was adopted', false, { tags: { 'cdk-kms-lifecycle:origin': 'adopted' } }, undefined, CREATED_AT],
    ['if its origin is unknown', false, { tags: {} }, undefined, CREATED_AT],
    ['if it is a day old', false, {}, undefined, A_DAY_LATER],
  ])('%s: %s', (_, expected, others, usage, now) => {
    const generation = {
      run: 'deployment',
      phase: 'next',
      createdAt: CREATED_AT,
      currentSince: undefined,
      tags: { 'cdk-kms-lifecycle:origin': 'created' },
      ...others,
    } as const;
    expect(isUnfinished(generation, usage, now)).toBe(expected);
  });
});
