import { DisableKeyCommand } from '@aws-sdk/client-kms';
import { isOutdated } from '../../../lambda/key-family/description-revision';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { reconcile } from '../../../lambda/reconcile/reconcile';
import { useEvidencePrefix } from '../../../src/contract/evidence/evidence';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { DELETION } from '../../support/world/a-retiring-generation';
import { aPolicy, DAY, RotatingKeyWorld } from '../../support/world/rotating-key-world';

const SOAKING = {
  'cdk-kms-lifecycle:phase': 'retiring',
  'cdk-kms-lifecycle:certified-since': '2020-01-01T12:00:00.000Z',
  'cdk-kms-lifecycle:disabled-since': '2020-01-10T12:00:00.000Z',
};
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

test('but it enables a key in soak that a principal has called', async () => {
  const [used, unused] = [await world.addGeneration(2, SOAKING), await world.addGeneration(3, SOAKING)];
  for (const KeyId of [used, unused]) await world.operator.send(new DisableKeyCommand({ KeyId }));
  const at = world.clock.now().toISOString();
  await world.evidence.writeOnce(`${useEvidencePrefix(used)}${at.slice(0, 10)}/caller.json`, { kind: 'use', at });
  await reconcile({ ...older, deletion: DELETION }, MACHINES, world.ports());
  const states = (await world.family()).generations.map(({ generation, keyState }) => [generation, keyState]);
  expect(states).toEqual([[1, 'Enabled'], [2, 'Enabled'], [3, 'Disabled']]);
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
