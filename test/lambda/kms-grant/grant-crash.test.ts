import type { CustomResourceKind } from '../../../lambda/runtime/custom-resource';
import { Crash, CrashedHere, crashPoints } from '../../support/crashing-client';
import { GrantWorld, properties, READER, WRITER } from '../../support/world/grant-world';

let world: GrantWorld;
let keyArn: string;

beforeAll(async () => { world = await GrantWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => { keyArn = await world.newKey(); });

/** What is asked of a resource, and whose grants stand afterwards, however often the asking was cut short. */
interface Story {
  readonly name: string;
  readonly grantees: readonly string[];
  /** What has been before. Answers the physical id. */
  prepare(): Promise<string>;
  ask(resource: CustomResourceKind, physicalResourceId: string): Promise<unknown>;
}

const toWriter = { granteePrincipal: WRITER };
const update = (physicalResourceId: string, now: object, before: object) =>
  ({ physicalResourceId, properties: properties(keyArn, now), oldProperties: properties(keyArn, before) });
const created = async () => (await world.resource().create(properties(keyArn))).physicalResourceId;

const STORIES: readonly Story[] = [
  { name: 'creating', grantees: [READER], prepare: async () => '', ask: async (resource) => resource.create(properties(keyArn)) },
  {
    name: 'changing',
    grantees: [READER, WRITER],
    prepare: created,
    ask: async (resource, physicalResourceId) => resource.update(update(physicalResourceId, toWriter, {})),
  },
  {
    name: 'rolling back a change that failed after it had its effect',
    grantees: [READER],
    prepare: async () => {
      await world.resource().create(properties(keyArn, toWriter));
      return created();
    },
    ask: async (resource, physicalResourceId) => resource.update(update(physicalResourceId, {}, toWriter)),
  },
  {
    name: 'deleting',
    grantees: [],
    prepare: created,
    ask: async (resource, physicalResourceId) => resource.delete({ physicalResourceId, properties: properties(keyArn) }),
  },
  { name: 'taking a failed create back', grantees: [], prepare: created, ask: async (resource) => resource.undoCreate?.(properties(keyArn)) },
];

test.each(STORIES)('$name may be stopped before and after every call, and ends right when it is asked again', async (story) => {
  const counting = new Crash();
  await story.ask(world.resource(counting), await story.prepare());
  expect(counting.calls).toBeGreaterThan(0);

  for (const point of crashPoints(counting.calls)) {
    keyArn = await world.newKey();
    const physicalResourceId = await story.prepare();
    await expect(story.ask(world.resource(new Crash(point)), physicalResourceId)).rejects.toThrow(CrashedHere);
    await story.ask(world.resource(), physicalResourceId);
    expect((await world.grants(keyArn)).map(({ GranteePrincipal }) => GranteePrincipal).sort()).toEqual(story.grantees);
  }
});
