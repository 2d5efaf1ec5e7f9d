import { randomBytes } from 'node:crypto';
import type { ControlPorts } from '../../../lambda/key-family/control-ports';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { recordCreatedKey } from '../../../lambda/key-family/proof/created-keys';
import { rotatingKeyResource } from '../../../lambda/key-family/resource/rotating-key-resource';
import { AN_EVENT } from '../../support/an-event';
import { Crash, CrashedHere, crashPoints, type CrashPoint } from '../../support/crashing-client';
import { ALIAS, aPolicy, RotatingKeyWorld } from '../../support/world/rotating-key-world';

/** One request of CloudFormation: the initial world, the request, and the conditions that hold after it. */
interface Case {
  readonly open: () => Promise<RotatingKeyWorld>;
  readonly send: (world: RotatingKeyWorld, ports: ControlPorts) => Promise<unknown>;
  /** Holds after every stop. */
  readonly always: (world: RotatingKeyWorld) => Promise<void>;
  /** Holds after the request was repeated. */
  readonly afterRepeat: (world: RotatingKeyWorld) => Promise<void>;
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
  await inWorld(theCase, async (world) => void await theCase.send(world, world.ports(crash)));
  return crash.calls;
}

async function stopAndRepeat(theCase: Case, point: CrashPoint): Promise<void> {
  await inWorld(theCase, async (world) => {
    try {
      await expect(theCase.send(world, world.ports(new Crash(point)))).rejects.toBeInstanceOf(CrashedHere);
      await theCase.always(world);
      await theCase.send(world, world.ports());
      await theCase.always(world);
      await theCase.afterRepeat(world);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`stopped ${point.moment} the effect of call ${point.call}: ${reason}`, { cause: error });
    }
  });
}

/** The alias names a key that encrypts, or does not exist yet. */
async function expectUsableAlias(world: RotatingKeyWorld): Promise<void> {
  if ((await world.aliases())[ALIAS] !== undefined) expect(await world.decrypt(await world.encrypt())).toBe('order');
}

/** One generation is current. One other key may exist, unclaimed and unused. */
async function expectOneGeneration(world: RotatingKeyWorld): Promise<void> {
  const aliases = await world.aliases();
  const { current, generations, unclaimed } = await world.family();
  expect(generations).toEqual([current]);
  expect(current).toMatchObject({
    generation: 1, keyState: 'Enabled', phase: 'current', owner: 'Shop/Orders', currentSince: expect.stringMatching(/^2026/),
  });
  expect(await world.policy(current.keyId)).toBe(generationPolicy(world.description, 'current'));
  expect(aliases).toEqual({ [ALIAS]: current.keyId, 'alias/orders/g1': current.keyId });
  expect(unclaimed.length).toBeLessThanOrEqual(1);
  for (const { keyArn } of unclaimed) {
    const { records } = world.localKms.audit;
    expect(records.filter(({ keyArns, operation }) => keyArns.includes(keyArn) && operation === 'Encrypt')).toEqual([]);
  }
}

const CREATE: Case = {
  open: RotatingKeyWorld.openWithSecret,
  send: async (world, ports) => rotatingKeyResource(ports).create(world.properties(), AN_EVENT),
  always: expectUsableAlias,
  afterRepeat: expectOneGeneration,
};

const ADOPT: Case = {
  open: async () => {
    const world = await RotatingKeyWorld.open();
    await world.foreignKey(ALIAS);
    return world;
  },
  send: async (world, ports) => {
    const [keyId] = await world.keyIds();
    const { Arn } = await world.key(keyId!);
    return rotatingKeyResource(ports).create(world.properties({ StartFromKeyArn: Arn }), AN_EVENT);
  },
  always: expectUsableAlias,
  afterRepeat: async (world) => {
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
    await recordCreatedKey(ALIAS, (await world.family()).current, world.evidence);
    await world.moveAlias(second);
    await world.deleteAlias('alias/orders/g1');
    return world;
  },
  send: async (world, ports) => {
    const old = world.properties();
    world.description = { ...world.description, policyDocument: aPolicy('second'), tags: { team: 'market' } };
    return rotatingKeyResource(ports).update({ physicalResourceId: ALIAS, properties: world.properties(), oldProperties: old }, AN_EVENT);
  },
  always: async (world) => {
    await expectUsableAlias(world);
    const { [ALIAS]: current, 'alias/orders/g2': second } = await world.aliases();
    expect(current).toBe(second);
  },
  afterRepeat: async (world) => {
    expect(Object.keys(await world.aliases())).toEqual([ALIAS, 'alias/orders/g1', 'alias/orders/g2']);
    const { generations } = await world.family();
    expect(generations.map(({ phase, tags }) => [phase, tags.team])).toEqual([['fenced', 'market'], ['current', 'market']]);
    for (const { keyId, phase } of generations) expect(await world.policy(keyId)).toBe(generationPolicy(world.description, phase));
  },
};

/** The creation failed because its key material has the wrong length. */
const UNDO: Case = {
  open: async () => {
    const world = await RotatingKeyWorld.openWithSecret();
    await world.putMaterial(randomBytes(16));
    await world.create();
    return world;
  },
  send: async (world, ports) => rotatingKeyResource(ports).undoCreate(world.properties(), AN_EVENT),
  // Applications never get a key that is pending deletion: only the alias of its number names it, until it is deleted.
  always: async (world) => expect(Object.keys(await world.aliases())).not.toContain(ALIAS),
  afterRepeat: async (world) => {
    expect(await world.aliases()).toEqual({});
    const [keyId] = await world.keyIds();
    expect((await world.key(keyId!)).KeyState).toBe('PendingDeletion');
  },
};

test.each<[string, Case, number]>([
  ['creating a family', CREATE, 25],
  ['adopting a key', ADOPT, 15],
  ['updating a family', UPDATE, 20],
  ['undoing the creation of a family', UNDO, 10],
])('%s completes if it is repeated after a stop before or after any call', async (name, theCase, atLeast) => {
  const calls = await countCalls(theCase);
  for (const point of crashPoints(calls)) await stopAndRepeat(theCase, point);
  console.log(`${name}: stopped and repeated at ${2 * calls} points`);
  expect(calls).toBeGreaterThanOrEqual(atLeast);
});
