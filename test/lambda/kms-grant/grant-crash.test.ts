import type { CustomResourceKind } from '../../../lambda/runtime/custom-resource';
import { AN_EVENT } from '../../support/an-event';
import { Crash, CrashedHere, crashPoints } from '../../support/crashing-client';
import { GrantWorld, properties, READER, WRITER } from '../../support/world/grant-world';

let world: GrantWorld;
let keyArn: string;

beforeAll(async () => { world = await GrantWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => { keyArn = await world.newKey(); });

/** A request, and the grantees that must have a grant afterwards, after any number of interruptions. */
interface Scenario {
  readonly name: string;
  readonly grantees: readonly string[];
  /** Prepares the key and returns the physical id. */
  prepare(): Promise<string>;
  request(resource: CustomResourceKind, physicalResourceId: string): Promise<unknown>;
}

const toWriter = { granteePrincipal: WRITER };
const update = (physicalResourceId: string, now: object, before: object) =>
  ({ physicalResourceId, properties: properties(keyArn, now), oldProperties: properties(keyArn, before) });
const created = async () => (await world.resource().create(properties(keyArn), AN_EVENT)).physicalResourceId;

const SCENARIOS: readonly Scenario[] = [
  { name: 'a Create', grantees: [READER], prepare: async () => '', request: async (resource) => resource.create(properties(keyArn), AN_EVENT) },
  {
    name: 'an Update',
    grantees: [READER, WRITER],
    prepare: created,
    request: async (resource, physicalResourceId) => resource.update(update(physicalResourceId, toWriter, {}), AN_EVENT),
  },
  {
    name: 'the rollback of an Update that failed after it took effect',
    grantees: [READER],
    prepare: async () => {
      await world.resource().create(properties(keyArn, toWriter), AN_EVENT);
      return created();
    },
    request: async (resource, physicalResourceId) => resource.update(update(physicalResourceId, {}, toWriter), AN_EVENT),
  },
  {
    name: 'a Delete',
    grantees: [],
    prepare: created,
    request: async (resource, physicalResourceId) => resource.delete({ physicalResourceId, properties: properties(keyArn) }, AN_EVENT),
  },
  {
    name: 'the rollback of a failed Create',
    grantees: [],
    prepare: created,
    request: async (resource) => resource.undoCreate?.(properties(keyArn), AN_EVENT),
  },
];

test.each(SCENARIOS)('$name can be interrupted before and after every call, and a repeated request completes it', async (scenario) => {
  const counting = new Crash();
  await scenario.request(world.resource(counting), await scenario.prepare());
  expect(counting.calls).toBeGreaterThan(0);

  for (const point of crashPoints(counting.calls)) {
    keyArn = await world.newKey();
    const physicalResourceId = await scenario.prepare();
    await expect(scenario.request(world.resource(new Crash(point)), physicalResourceId)).rejects.toThrow(CrashedHere);
    await scenario.request(world.resource(), physicalResourceId);
    expect((await world.grants(keyArn)).map(({ GranteePrincipal }) => GranteePrincipal).sort()).toEqual(scenario.grantees);
  }
});
