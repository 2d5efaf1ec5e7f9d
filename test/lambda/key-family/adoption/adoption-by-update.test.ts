import { AdoptingStack } from './adopting-stack';
import type { ResourceProperties } from '../../../../lambda/runtime/custom-resource';
import type { FamilyDescription } from '../../../../src/contract/family/family-description';
import { ALIAS, aPolicy, DAY, type RotatingKeyWorld } from '../../../support/world/rotating-key-world';

const [OURS, THEIRS] = ['Shop/Orders', 'Other/Orders'];

let stack: AdoptingStack;
let world: RotatingKeyWorld;
let keyIds: string[];
let policies: string[];

/** Our family, which another stack has adopted: its evidence is in another bucket. */
beforeEach(async () => {
  stack = await AdoptingStack.open();
  world = stack.world;
  await world.create();
  await world.addGeneration(2, { 'cdk-kms-lifecycle:phase': 'fenced' });
  expect(await world.invoke({ ResourceProperties: stack.takeover() })).toMatchObject({ Status: 'SUCCESS' });
  keyIds = (await world.family()).generations.map(({ keyId }) => keyId);
  policies = await currentPolicies();
  world.clock.advance(DAY);
});
afterEach(async () => stack.close());

const currentPolicies = async () => Promise.all(keyIds.map((keyId) => world.policy(keyId)));
const owners = async () => (await world.family()).generations.map(({ owner }) => owner);
const ours = (others: ResourceProperties = {}, changed: Partial<FamilyDescription> = {}) =>
  world.properties(others, { ...world.description, ...changed });
const update = async (OldResourceProperties: ResourceProperties, properties: ResourceProperties, its = stack.ports()) =>
  stack.invoke({ RequestType: 'Update', PhysicalResourceId: ALIAS, OldResourceProperties, ResourceProperties: properties }, its);

/** The remedy that the error of another owner names. */
const back = () => ours({ AdoptFrom: THEIRS }, { description: 'back' });

async function expectTheirs(): Promise<void> {
  expect([await owners(), await currentPolicies()]).toEqual([[THEIRS, THEIRS], policies]);
}

describe('a family that an update adopts returns to its former owner if the update is rolled back,', () => {
  test.each<[string, ResourceProperties]>([
    ['and did not name that owner before', {}],
    ['and named that owner before', { AdoptFrom: THEIRS }],
  ])('%s', async (_, others) => {
    expect(await update(ours(others), back())).toMatchObject({ Status: 'SUCCESS' });
    expect(await owners()).toEqual([OURS, OURS]);
    expect(await update(back(), ours(others))).toMatchObject({ Status: 'SUCCESS' });
    await expectTheirs();
  });

  test('also if the event of the rollback is repeated, and in a second attempt two days later', async () => {
    for (const attempt of [1, 2]) {
      expect([attempt, await update(ours(), back())]).toMatchObject([attempt, { Status: 'SUCCESS' }]);
      for (const repeated of [1, 2]) expect([repeated, await update(back(), ours())]).toMatchObject([repeated, { Status: 'SUCCESS' }]);
      await expectTheirs();
      world.clock.advance(2 * DAY);
    }
  });

  test('also if the update failed after it had changed one generation, or none', async () => {
    for (const allowed of [0, 1]) {
      const failing = stack.ports();
      const putKeyPolicy = failing.kms.putKeyPolicy.bind(failing.kms);
      const written: string[] = [];
      failing.kms.putKeyPolicy = async (keyId, policy) => {
        if (written.length === allowed) throw new Error('stopped');
        written.push(keyId);
        return putKeyPolicy(keyId, policy);
      };
      expect(await update(ours(), back(), failing)).toMatchObject({ Status: 'FAILED' });
      expect(await update(back(), ours())).toMatchObject({ Status: 'SUCCESS' });
      await expectTheirs();
    }
  });
});

describe('a family that an update has adopted stays', () => {
  test.each<[string, number, ResourceProperties]>([
    ['if adoptFrom is removed together with another change', 0, { description: 'other' }],
    ['if adoptFrom is removed from an otherwise unchanged declaration', 0, { description: 'back' }],
    ['if the former declaration is deployed two days later', 2 * DAY, {}],
  ])('%s', async (_, later, changed) => {
    await update(ours(), back());
    world.clock.advance(later);
    expect(await update(back(), ours({}, changed))).toMatchObject({ Status: 'SUCCESS' });
    expect(await owners()).toEqual([OURS, OURS]);
  });

  test('if a later update is rolled back', async () => {
    await update(ours(), back());
    await update(back(), ours({ AdoptFrom: THEIRS }, { description: 'later' }));
    expect(await update(ours({ AdoptFrom: THEIRS }, { description: 'later' }), back())).toMatchObject({ Status: 'SUCCESS' });
    expect(await owners()).toEqual([OURS, OURS]);
  });

  test('if a rotation has created a generation since', async () => {
    await update(ours(), back());
    await world.addGeneration(3);
    expect(await update(back(), ours())).toMatchObject({ Status: 'SUCCESS' });
    expect(await owners()).toEqual([OURS, OURS, OURS]);
  });
});

describe('the rollback of an update that was refused before its first change succeeds, and changes nothing:', () => {
  const TOO_LARGE = aPolicy('x'.repeat(33_000));

  test.each<[string, () => ResourceProperties, string]>([
    ['an adoption with a policy that is too large', () => ours({ AdoptFrom: THEIRS }, { policyDocument: TOO_LARGE }), 'too large'],
    ['an adoption from an owner that does not own the family', () => ours({ AdoptFrom: 'Third/Orders' }), 'has another owner'],
    ['an adoption that is declared in an unknown version', () => ({ ...ours({ AdoptFrom: THEIRS }), Family: '{"schema":0}' }), 'schema'],
    ['another description, while another stack owns the family', () => ours({}, { description: 'other' }), 'has another owner'],
  ])('%s', async (_, refused, reason) => {
    const mark = world.mark;
    expect(await update(ours(), refused())).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(reason) });
    world.clock.advance(1000);
    for (const repeated of [1, 2]) expect([repeated, await update(refused(), ours())]).toMatchObject([repeated, { Status: 'SUCCESS' }]);
    expect(world.changes(mark)).toEqual([]);
    await expectTheirs();
    expect(world.lines).toContainEqual({ level: 'WARN', event: 'refused-update-rolled-back', alias: ALIAS, owner: OURS });
  });

  test('but another update is refused, and so is the same one days later', async () => {
    await update(ours(), ours({}, { description: 'other' }));
    const refused = { Status: 'FAILED', Reason: expect.stringContaining('has another owner') };
    expect(await update(ours({}, { description: 'other' }), ours({}, { description: 'third' }))).toMatchObject(refused);
    world.clock.advance(2 * DAY);
    expect(await update(ours({}, { description: 'other' }), ours())).toMatchObject(refused);
    await expectTheirs();
  });
});
