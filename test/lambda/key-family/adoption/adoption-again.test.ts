import { AdoptingStack } from './adopting-stack';
import { ALIAS, aPolicy, DAY, type RotatingKeyWorld } from '../../../support/world/rotating-key-world';

let stack: AdoptingStack;
let world: RotatingKeyWorld;

beforeEach(async () => {
  stack = await AdoptingStack.open();
  world = stack.world;
});
afterEach(async () => stack.close());

const SOAK = { 'cdk-kms-lifecycle:certified-since': '2026-11-01T12:00:00.000Z', 'cdk-kms-lifecycle:disabled-since': '2026-11-01T12:00:00.000Z' };

describe('each attempt of an adoption, with the same evidence bucket, can be undone:', () => {
  test.each([DAY / 48, DAY / 2, 2 * DAY])('an existing key gets its policy back, with attempts %d milliseconds apart', async (between) => {
    const former = aPolicy('former');
    const { keyId, keyArn } = await world.foreignKey(ALIAS);
    await world.putPolicy(keyId, former);
    const properties = world.properties({ StartFromKeyArn: keyArn, PrincipalsToDrop: ['*'] });
    for (const attempt of [1, 2, 3]) {
      await stack.adopt(properties);
      await stack.rollBack(properties);
      expect([attempt, await world.policy(keyId)]).toEqual([attempt, former]);
      world.clock.advance(between);
    }
  });

  test('a family returns to its owner, with attempts two days apart', async () => {
    await world.create();
    for (const attempt of [1, 2]) {
      await stack.adopt(stack.takeover());
      await stack.rollBack(stack.takeover());
      expect([attempt, (await world.family()).current.owner]).toEqual([attempt, world.description.owner]);
      world.clock.advance(2 * DAY);
    }
  });

  test.each([0, DAY / 2])('tags that the owner wrote between two attempts stay, %d milliseconds after the first one', async (between) => {
    await world.create();
    const second = await world.addGeneration(2, { 'cdk-kms-lifecycle:phase': 'fenced', 'cdk-kms-lifecycle:certified-since': '' });
    await stack.adopt(stack.takeover());
    await stack.rollBack(stack.takeover());
    world.clock.advance(between);
    // A retirement run of the owner: the soak has begun.
    await world.tag(second, SOAK);
    await stack.adopt(stack.takeover());
    await stack.rollBack(stack.takeover());
    expect(await world.tags(second)).toMatchObject({ ...SOAK, 'cdk-kms-lifecycle:owner': world.description.owner });
  });
});

test('a repeated event of an adoption stores nothing new: the state before it is restored', async () => {
  await world.create();
  const { keyId } = (await world.family()).current;
  const former = await world.policy(keyId);
  await stack.adopt(stack.takeover());
  await stack.adopt(stack.takeover());
  expect(await stack.evidence.list('adoptions/')).toHaveLength(1);
  await stack.rollBack(stack.takeover());
  expect(await world.policy(keyId)).toBe(former);
});

test.each(['whose alias was deleted', 'with its alias'])('a family %s returns to its owner with policy and tags', async (kind) => {
  await world.create();
  const { keyId } = (await world.family()).current;
  const [policy, tags] = [await world.policy(keyId), await world.tags(keyId)];
  if (kind === 'whose alias was deleted') await world.deleteAlias(ALIAS);
  await stack.adopt(stack.takeover());
  expect(await world.policy(keyId)).toContain('theirs');
  await stack.rollBack(stack.takeover());
  expect([await world.policy(keyId), await world.tags(keyId)]).toEqual([policy, tags]);
});
