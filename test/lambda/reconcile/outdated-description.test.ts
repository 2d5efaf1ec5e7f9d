import { isOutdated } from '../../../lambda/key-family/description-revision';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { reconcile } from '../../../lambda/reconcile/reconcile';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { aPolicy, DAY, RotatingKeyWorld } from '../../support/world/rotating-key-world';

const MACHINES = { rotation: 'arn:rotation', retirement: 'arn:retirement' };

let world: RotatingKeyWorld;
let older: FamilyDescription;

beforeEach(async () => {
  world = await RotatingKeyWorld.open();
  await world.create();
  older = world.description;
  await world.update({ policyDocument: aPolicy('second') });
});
afterEach(async () => world.close());

const policy = async () => world.policy((await world.family()).current.keyId);

test('a reconcile run with the description of an earlier deployment changes nothing, and is logged', async () => {
  const mark = world.mark;
  expect(await reconcile(older, MACHINES, world.ports())).toMatchObject({ actions: [] });
  expect(world.changes(mark)).toEqual([]);
  expect(world.events()).toContain('description-outdated');
  expect(await policy()).toBe(generationPolicy(world.description, 'current'));
});

test('a description that is still delivered a day later is the deployed one: the policies follow it', async () => {
  world.clock.advance(DAY);
  expect(await reconcile(older, MACHINES, world.ports())).toMatchObject({ actions: [{ kind: 'correct-drift', generation: 1 }] });
  expect(await policy()).toBe(generationPolicy(older, 'current'));
  expect(isOutdated(older, (await world.family()).generations, world.clock.now())).toBe(false);
});

test('after a rollback, the former description is the deployed one again at once', async () => {
  await world.update(older);
  expect(await reconcile(older, MACHINES, world.ports())).toMatchObject({ actions: [] });
  expect(world.events()).not.toContain('description-outdated');
});

test('an update that fails half-way leaves the former description in force', async () => {
  const ports = world.ports();
  const write = ports.kms.updateDescription.bind(ports.kms);
  ports.kms.updateDescription = async (keyId, description) => {
    if (description === 'third') throw new Error('stopped here');
    return write(keyId, description);
  };
  const before = world.description;
  await world.update({ policyDocument: aPolicy('third'), description: 'third' }, {}, ports);
  await reconcile(before, MACHINES, world.ports());
  expect(await policy()).toBe(generationPolicy(before, 'current'));
});

test('the order of members does not matter', async () => {
  const reversed = Object.fromEntries(Object.entries(world.description).reverse()) as unknown as FamilyDescription;
  expect(isOutdated(reversed, (await world.family()).generations, world.clock.now())).toBe(false);
});
