import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { ALIAS, aPolicy, DAY, RotatingKeyWorld } from '../../support/world/rotating-key-world';

let world: RotatingKeyWorld;
let evidence: EvidenceInMemory;

beforeEach(async () => {
  world = await RotatingKeyWorld.open();
  evidence = new EvidenceInMemory();
});
afterEach(async () => world.close());

const invoke = (event: Parameters<RotatingKeyWorld['invoke']>[0]) => world.invoke(event, { ...world.ports(), evidence });
const adopt = async (properties: object) => expect(await invoke({ ResourceProperties: { ...properties } })).toMatchObject({ Status: 'SUCCESS' });
const rollBack = async (properties: object) =>
  invoke({ RequestType: 'Delete', PhysicalResourceId: ALIAS, ResourceProperties: { ...properties } });

const SOAK = { 'cdk-kms-lifecycle:certified-since': '2026-11-01T12:00:00.000Z', 'cdk-kms-lifecycle:disabled-since': '2026-11-01T12:00:00.000Z' };

/** The properties of another stack that adopts the family of this one. */
function takeover() {
  const theirs = { ...world.description, owner: 'Other/Orders', policyDocument: aPolicy('theirs') };
  return world.properties({ AdoptFrom: world.description.owner }, theirs);
}

describe('each attempt of an adoption, with the same evidence bucket, can be undone:', () => {
  test.each([DAY / 48, DAY / 2, 2 * DAY])('an existing key gets its policy back, with attempts %d milliseconds apart', async (between) => {
    const former = aPolicy('former');
    const { keyId, keyArn } = await world.foreignKey(ALIAS);
    await world.putPolicy(keyId, former);
    const properties = world.properties({ StartFromKeyArn: keyArn, PrincipalsToDrop: ['*'] });
    for (const attempt of [1, 2, 3]) {
      await adopt(properties);
      await rollBack(properties);
      expect([attempt, await world.policy(keyId)]).toEqual([attempt, former]);
      world.clock.advance(between);
    }
  });

  test('a family returns to its owner, with attempts two days apart', async () => {
    await world.create();
    for (const attempt of [1, 2]) {
      await adopt(takeover());
      await rollBack(takeover());
      expect([attempt, (await world.family()).current.owner]).toEqual([attempt, world.description.owner]);
      world.clock.advance(2 * DAY);
    }
  });

  test.each([0, DAY / 2])('tags that the owner wrote between two attempts stay, %d milliseconds after the first one', async (between) => {
    await world.create();
    const second = await world.addGeneration(2, { 'cdk-kms-lifecycle:phase': 'fenced', 'cdk-kms-lifecycle:certified-since': '' });
    await adopt(takeover());
    await rollBack(takeover());
    world.clock.advance(between);
    // A retirement run of the owner: the soak has begun.
    await world.tag(second, SOAK);
    await adopt(takeover());
    await rollBack(takeover());
    expect(await world.tags(second)).toMatchObject({ ...SOAK, 'cdk-kms-lifecycle:owner': world.description.owner });
  });
});

test('a repeated event of an adoption stores nothing new: the state before it is restored', async () => {
  await world.create();
  const { keyId } = (await world.family()).current;
  const former = await world.policy(keyId);
  await adopt(takeover());
  await adopt(takeover());
  expect(await evidence.list('adoptions/')).toHaveLength(1);
  await rollBack(takeover());
  expect(await world.policy(keyId)).toBe(former);
});

test.each(['whose alias was deleted', 'with its alias'])('a family %s returns to its owner with policy and tags', async (kind) => {
  await world.create();
  const { keyId } = (await world.family()).current;
  const [policy, tags] = [await world.policy(keyId), await world.tags(keyId)];
  if (kind === 'whose alias was deleted') await world.deleteAlias(ALIAS);
  await adopt(takeover());
  expect(await world.policy(keyId)).toContain('theirs');
  await rollBack(takeover());
  expect([await world.policy(keyId), await world.tags(keyId)]).toEqual([policy, tags]);
});
