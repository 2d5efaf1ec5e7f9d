import { CreateAliasCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import { orderId } from './application';
import { ALIAS } from './stacks';
import { DAY, HOUR, type World } from './world';
import { GenerationTag } from '../../src/contract/family/generation-tags';
import { describeEvent, type Action, type DeploymentChange, type LifeEvent, type OperatorStart } from '../life/event';

/** Something that an event does later. */
export type Later = (at: number, act: () => Promise<void>) => void;

/** Performs an event. An application or a principal whose call fails goes on, as in an account. */
export async function perform(event: LifeEvent, world: World, later: Later): Promise<void> {
  world.trace.add(`event: ${describeEvent(event)}`);
  try {
    await act(event, world, later);
  } catch (error) {
    world.trace.add(`the event failed: ${(error as Error).name}: ${(error as Error).message}`);
  }
}

async function act(action: Action, world: World, later: Later): Promise<void> {
  const { application, now, life: { shape } } = world;
  switch (action.do) {
    case 'write': return application.write(action.store, action.item, action.cached, action.keyId);
    case 'put-back': {
      const item = await application.read(action.store, action.item);
      if (item === undefined) return;
      const held = Math.min(action.heldHours, shape.dataKeyMaxAgeHours) * HOUR;
      later(now + held, async () => {
        // The promise of the application: it writes back nothing that it has held for longer than declared.
        if (world.now > now + shape.dataKeyMaxAgeHours * HOUR) return;
        await application.put(action.store, item);
        world.trace.add('item written back');
      });
      return;
    }
    case 'delete': return application.delete(action.store, action.item);
    case 'restore': {
      const versions = world.records.restorable(action.store, orderId(action.item));
      const version = versions[Math.floor((1 - action.age) * (versions.length - 1))];
      if (version === undefined) return;
      world.trace.add(`restored from ${new Date(version.since).toISOString()}, under ${world.keys.nameOf(version.keyId)}`);
      return application.put(action.store, version.item);
    }
    case 'deploy': return deploy(action.change, world, later);
    case 'stores': return changeStores(action, world, later);
    case 'pause': {
      await world.deploy({ paused: true });
      return later(now + action.days * DAY, async () => { await world.deploy({ paused: false }); });
    }
    case 'without-deletion': {
      await world.deploy({ deletes: false });
      return later(now + action.days * DAY, async () => { await world.deploy({ deletes: true }); });
    }
    case 'miss-runs':
      world.runsToMiss += action.count;
      return;
    case 'extra-run': return world.account.fireSchedules();
    case 'stranger': return appear(action.what, world);
    case 'alias-consumer':
      application.decryptsByAlias = true;
      return;
    case 'stop': return world.stops.endAtThisCall(action.moment);
    case 'faults': return world.faults.begin(action);
    case 'secret':
      if (action.change === 'new') return world.putKeyMaterial();
      return world.account.laptop.secrets.deleteUnlabelledVersions();
    case 'operator': return start(action.starts, action.name, world);
  }
}

/** An event that must not be performed while an execution waits for it. */
export function waitsForExecutions(event: LifeEvent): boolean {
  return event.do === 'extra-run';
}

/** Later the team corrects it, unless the operator has done so before. */
async function changeStores(
  { change, store, days }: Extract<Action, { readonly do: 'stores' }>, world: World, later: Later,
): Promise<void> {
  const last = world.tableNames.length - 1;
  if (change === 'removed') await world.deploy({ removed: last });
  else await world.deploy({ misspelled: store, released: [] });
  return later(world.now + days * DAY, async () => void await world.deploy({ removed: undefined, misspelled: undefined }));
}

async function deploy(change: DeploymentChange, world: World, later: Later): Promise<void> {
  // A new evidence bucket knows no store that was removed before (docs/rotating-key.md), so the team waits.
  const isIncomplete = world.declared.removed !== undefined || world.declared.misspelled !== undefined;
  if (isIncomplete && (change === 'renamed' || change === 'destroyed-and-created')) return;
  switch (change) {
    case 'nothing': return void await world.deploy();
    case 'another-user': return void await world.deploy({ users: world.declared.users + 1 });
    case 'fails': return void await world.deploy({ users: world.declared.users + 1, fails: true });
    case 'renamed': return void await world.deploy({ constructId: `${world.declared.constructId}B`, adoptFrom: undefined });
    case 'destroyed-and-created': {
      await world.destroy();
      return later(world.now + HOUR, async () => { await world.deploy(); });
    }
  }
}

/** Another principal creates a key, with an alias or tags that look as if it belonged to the family. */
async function appear(what: 'alias-below' | 'copied-tags' | 'forged-next', world: World): Promise<void> {
  const kms = world.account.laptop.kmsClient('stranger', 1);
  const newest = world.keys.generations.at(-1);
  const copied = (newest?.key.tags ?? []).map(({ TagKey, TagValue }) => ({ TagKey, TagValue }));
  const forged = copied
    .map((tag) => (tag.TagKey === (GenerationTag.GENERATION as string) ? { ...tag, TagValue: String(Number(tag.TagValue) + 1) } : tag))
    .map((tag) => (tag.TagKey === (GenerationTag.STATE as string) ? { ...tag, TagValue: 'unclaimed' } : tag));
  const tags = { 'alias-below': [], 'copied-tags': copied, 'forged-next': forged }[what].filter(({ TagValue }) => TagValue !== '');
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Tags: tags }));
  const keyId = KeyMetadata?.KeyId as string;
  world.strangers.add(keyId);
  if (what === 'alias-below') await kms.send(new CreateAliasCommand({ AliasName: `${ALIAS}/archive`, TargetKeyId: keyId }));
}

async function start(what: OperatorStart, name: string | undefined, world: World): Promise<void> {
  const current = world.keys.generations.find(({ key }) => key === world.keys.current)?.number ?? 0;
  const unique = name ?? `operator-${world.account.stepFunctions.executions.length}`;
  const old = world.keys.generations.filter(({ number }) => number < current).map(({ number }) => number);
  switch (what) {
    case 'rotation': return world.start('Rotation', {}, unique);
    case 'retirement': return old[0] === undefined ? undefined : world.start('Retirement', { generation: old[0] }, unique);
    case 'roll-back': return old.at(-1) === undefined ? undefined : world.start('Rotation', { rollBackTo: old.at(-1) }, unique);
    case 'cancel-deletion': {
      const pending = world.keys.generations.find(({ state }) => state === 'PendingDeletion');
      return pending === undefined ? undefined : world.start('Retirement', { generation: pending.number, cancelDeletion: true }, unique);
    }
  }
}
