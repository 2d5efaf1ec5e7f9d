import type { ControlPorts } from '../../../lambda/key-family/control-ports';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { rotatingKeyResource } from '../../../lambda/key-family/resource/rotating-key-resource';
import { Crash, CrashedHere, crashPoints, type CrashPoint } from '../../support/crashing-client';
import { ALIAS, aPolicy, RotatingKeyWorld } from '../../support/world/rotating-key-world';

/** One thing that CloudFormation asks for: from which world, with what, and what holds in the end. */
interface Case {
  readonly open: () => Promise<RotatingKeyWorld>;
  readonly ask: (world: RotatingKeyWorld, ports: ControlPorts) => Promise<unknown>;
  /** What holds wherever it was stopped. */
  readonly always: (world: RotatingKeyWorld) => Promise<void>;
  readonly inTheEnd: (world: RotatingKeyWorld) => Promise<void>;
}

async function inWorld(theCase: Case, use: (world: RotatingKeyWorld) => Promise<void>): Promise<void> {
  const world = await theCase.open();
  try {
    await use(world);
  } finally {
    await world.close();
  }
}

async function countCalls(theCase: Case): Promise<number> {
  const crash = new Crash();
  await inWorld(theCase, async (world) => void await theCase.ask(world, world.ports(crash)));
  return crash.calls;
}

async function stopAndAskAgain(theCase: Case, point: CrashPoint): Promise<void> {
  await inWorld(theCase, async (world) => {
    try {
      await expect(theCase.ask(world, world.ports(new Crash(point)))).rejects.toBeInstanceOf(CrashedHere);
      await theCase.always(world);
      await theCase.ask(world, world.ports());
      await theCase.always(world);
      await theCase.inTheEnd(world);
    } catch (error) {
      throw new Error(`stopped ${point.moment} the effect of call ${point.call}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  });
}

/** The alias names a key that encrypts, or there is no alias yet. */
async function aliasIsFit(world: RotatingKeyWorld): Promise<void> {
  if ((await world.aliases())[ALIAS] !== undefined) expect(await world.decrypt(await world.encrypt())).toBe('order');
}

/** One generation in use; a key that was made in vain may be left, unclaimed and unused. */
async function expectOneGeneration(world: RotatingKeyWorld): Promise<void> {
  const aliases = await world.aliases();
  const { current, generations, unclaimed } = await world.family();
  expect(generations).toEqual([current]);
  expect(current).toMatchObject({ generation: 1, keyState: 'Enabled', phase: 'current', owner: 'Shop/Orders', currentSince: expect.stringMatching(/^2026/) });
  expect(await world.policy(current.keyId)).toBe(generationPolicy(world.description, 'current'));
  expect(aliases).toEqual({ [ALIAS]: current.keyId, 'alias/orders/g1': current.keyId });
  expect(unclaimed.length).toBeLessThanOrEqual(1);
  for (const { keyArn } of unclaimed) {
    expect(world.localKms.audit.records.filter(({ keyArns, operation }) => keyArns.includes(keyArn) && operation === 'Encrypt')).toEqual([]);
  }
}

const CREATE: Case = {
  open: RotatingKeyWorld.openWithSecret,
  ask: async (world, ports) => rotatingKeyResource(ports).create(world.properties()),
  always: aliasIsFit,
  inTheEnd: expectOneGeneration,
};

const ADOPT: Case = {
  open: async () => {
    const world = await RotatingKeyWorld.open();
    await world.foreignKey(ALIAS);
    return world;
  },
  ask: async (world, ports) => {
    const [keyId] = await world.keyIds();
    const { Arn } = await world.key(keyId!);
    return rotatingKeyResource(ports).create(world.properties({ StartFromKeyArn: Arn }));
  },
  always: aliasIsFit,
  inTheEnd: async (world) => {
    const { current } = await world.family();
    expect(current).toMatchObject({ generation: 0, phase: 'current', owner: 'Shop/Orders' });
    expect(await world.policy(current.keyId)).toBe(generationPolicy(world.description, 'current'));
  },
};

const UPDATE: Case = {
  open: async () => {
    const world = await RotatingKeyWorld.open();
    await world.create();
    const second = await world.addGeneration(2);
    await world.tag((await world.family()).current.keyId, { 'cdk-kms-lifecycle:phase': 'fenced' });
    await world.moveAlias(second);
    await world.deleteAlias('alias/orders/g1');
    return world;
  },
  ask: async (world, ports) => {
    const old = world.properties();
    world.description = { ...world.description, policyDocument: aPolicy('second'), tags: { team: 'market' } };
    return rotatingKeyResource(ports).update({ physicalResourceId: ALIAS, properties: world.properties(), oldProperties: old });
  },
  always: async (world) => {
    await aliasIsFit(world);
    const { [ALIAS]: current, 'alias/orders/g2': second } = await world.aliases();
    expect(current).toBe(second);
  },
  inTheEnd: async (world) => {
    expect(Object.keys(await world.aliases())).toEqual([ALIAS, 'alias/orders/g1', 'alias/orders/g2']);
    const { generations } = await world.family();
    expect(generations.map(({ phase, tags }) => [phase, tags.team])).toEqual([['fenced', 'market'], ['current', 'market']]);
    for (const { keyId, phase } of generations) expect(await world.policy(keyId)).toBe(generationPolicy(world.description, phase));
  },
};

const DELETE: Case = {
  open: async () => {
    const world = await RotatingKeyWorld.open();
    await world.create();
    return world;
  },
  ask: async (world, ports) => rotatingKeyResource(ports).delete({ physicalResourceId: ALIAS, properties: world.properties() }),
  // No alias ever names a key that nobody can use.
  always: async (world) => {
    for (const keyId of Object.values(await world.aliases())) expect((await world.key(keyId)).KeyState).toBe('Enabled');
  },
  inTheEnd: async (world) => {
    expect(await world.aliases()).toEqual({});
    const [keyId] = await world.keyIds();
    expect((await world.key(keyId!)).KeyState).toBe('PendingDeletion');
  },
};

test.each<[string, Case, number]>([
  ['creating a family', CREATE, 25],
  ['adopting a key', ADOPT, 15],
  ['updating a family', UPDATE, 20],
  ['deleting a family', DELETE, 10],
])('%s may be stopped before and after every call, and asked for again', async (name, theCase, atLeast) => {
  const calls = await countCalls(theCase);
  for (const point of crashPoints(calls)) await stopAndAskAgain(theCase, point);
  console.log(`${name}: stopped and asked again at ${2 * calls} points`);
  expect(calls).toBeGreaterThanOrEqual(atLeast);
});
