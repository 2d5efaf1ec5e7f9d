import { CreateAliasCommand, CreateKeyCommand, DeleteAliasCommand, type KMSClient } from '@aws-sdk/client-kms';
import { expectReadableAfterEnabling, liveThroughFailures, openAt, stateOf, type RetiringWorld } from './retirement-life';
import type { AccountWorld } from '../rotation/account-world';
import { ALIAS, familyStack } from '../rotation/family-stack';
import { requestDeletion } from '../rotation/stack-changes';

/** The pending window, and a day in which KMS deletes the key. */
const WINDOW_DAYS = 9;

let life: RetiringWorld;
let world: AccountWorld;
afterEach(() => world.close());

async function openPending(): Promise<void> {
  life = await openAt('the pending window');
  ({ world } = life);
}

async function foreignAlias(kms: KMSClient, aliasName: string): Promise<void> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  await kms.send(new CreateAliasCommand({ AliasName: aliasName, TargetKeyId: KeyMetadata?.KeyId }));
}

/** Every call of one kind to AWS fails. */
function failing(pattern: RegExp): void {
  world.interceptors.call = async ({ asset, operation }, proceed) => {
    if (pattern.test(`${asset} ${operation}`)) throw Object.assign(new Error('unavailable'), { name: 'ServiceUnavailable' });
    return proceed();
  };
}

/** Whatever prevents the recount: the deletion is cancelled, and an item that was restored can be read. */
describe('a pending deletion that is not counted again is cancelled', () => {
  test.each<[string, () => Promise<unknown> | void]>([
    ['the alias of the generation was deleted', () => world.breakGlass.send(new DeleteAliasCommand({ AliasName: `${ALIAS}/g1` }))],
    ['the alias of the family was deleted', () => world.breakGlass.send(new DeleteAliasCommand({ AliasName: ALIAS }))],
    ['the evidence bucket does not answer', () => failing(/ (GetObject|ListObjectsV2|PutObject)$/)],
    ['no state machine starts', () => failing(/ StartExecution$/)],
    ['the worker cannot read the table', () => failing(/^worker (Scan|Query)$/)],
    ['the retirement function fails', () => {
      world.interceptors.invocation = async (asset, _, proceed) => {
        if (asset === 'retirement') throw new Error('the function was deleted');
        return proceed();
      };
    }],
    ['the tags of the key cannot be read', () => failing(/ ListResourceTags$/)],
  ])('if %s', async (_, disturb) => {
    await openPending();
    await world.putItem(life.old);
    await disturb();
    await liveThroughFailures(world, WINDOW_DAYS);
    world.interceptors.call = (__, proceed) => proceed();
    expect(world.lines.join()).toContain('"deletion-cancelled"');
    await expectReadableAfterEnabling(life);
  });

  test('while reconcile runs fail, each of them reports the failure', async () => {
    await openPending();
    await world.breakGlass.send(new DeleteAliasCommand({ AliasName: ALIAS }));
    const failures = await liveThroughFailures(world, WINDOW_DAYS);
    expect([failures.length, new Set(failures)]).toEqual([WINDOW_DAYS, new Set(['FamilyContradiction'])]);
    expect(world.lines.filter((line) => line.includes('"deletion-cancelled"'))).toHaveLength(1);
  });

  test('a key of another owner under an alias of the family disturbs nothing: it is counted again', async () => {
    await openPending();
    await foreignAlias(world.kms, `${ALIAS}/g9`);
    expect(await liveThroughFailures(world, WINDOW_DAYS)).toEqual([]);
    expect(await stateOf(world, life.keyId)).toBe('NotFoundException');
  });

  test('without a disturbance it is counted again, and KMS deletes the key', async () => {
    await openPending();
    await world.live(WINDOW_DAYS);
    expect(await stateOf(world, life.keyId)).toBe('NotFoundException');
    expect(await world.unreadableOrders()).toEqual([]);
  });
});

describe('an operator cancels a deletion', () => {
  beforeEach(openPending);
  afterEach(async () => expect(await stateOf(world, life.keyId)).toBe('Disabled'));

  test('although the family cannot be read', async () => {
    await foreignAlias(world.kms, `${ALIAS}/g9`);
    expect((await world.run('retirement', { generation: 1, cancelDeletion: true })).status).toBe('SUCCEEDED');
  });

  test('by the id of the key, although the alias of the generation was deleted', async () => {
    await world.breakGlass.send(new DeleteAliasCommand({ AliasName: `${ALIAS}/g1` }));
    const { result } = await world.run('retirement', { generation: 1, cancelDeletion: true });
    expect(result).toMatchObject({ error: 'InvalidRequest', cause: expect.stringContaining('"keyId"') });
    expect((await world.run('retirement', { generation: 1, cancelDeletion: true, keyId: life.keyId })).status).toBe('SUCCEEDED');
  });

  test('although the evidence bucket does not answer', async () => {
    failing(/ (GetObject|ListObjectsV2|PutObject)$/);
    expect((await world.run('retirement', { generation: 1, cancelDeletion: true })).status).toBe('SUCCEEDED');
  });
});

describe('a stack that is deleted leaves every used generation able to decrypt', () => {
  test.each(['observe', 'soak', 'the pending window'] as const)('in %s', async (stage) => {
    life = await openAt(stage);
    ({ world } = life);
    await world.putItem(life.old);
    await world.stack.delete();
    world.account.laptop.kms.clock.advance(40 * 24 * 3_600_000);
    expect(await stateOf(world, life.keyId)).toBe('Enabled');
    expect(await world.unreadableOrders()).toEqual([]);
  });

  test('also if CloudFormation deletes the rotating key itself', async () => {
    life = await openAt('the pending window', { change: requestDeletion });
    ({ world } = life);
    await world.stack.delete();
    world.account.laptop.kms.clock.advance(40 * 24 * 3_600_000);
    expect(await stateOf(world, life.keyId)).toBe('Enabled');
  });

  test('or it is not deleted, and its reconcile runs continue', async () => {
    await openPending();
    failing(/^control CancelKeyDeletion$/);
    await expect(world.stack.delete()).rejects.toThrow(/VerificationFailed.*stack is not deleted.*CancelKeyDeletion/s);
    expect(await stateOf(world, life.keyId)).toBe('PendingDeletion');
  });
});

describe('a takeover while a deletion is pending', () => {
  test.each(['observe', 'soak', 'the pending window'] as const)(
    'with a new evidence bucket, in %s: nothing is deleted without a certificate of the new owner, and the retirement is completed',
    async (stage) => {
      life = await openAt(stage);
      ({ world } = life);
      const { owner = '' } = await world.generation(1);
      await world.account.deploy(familyStack({ constructId: 'Renamed', props: { adoptFrom: owner } }));
      const failed: string[] = [];
      const executions = () => world.account.stepFunctions.executions;
      const before = executions().length;
      await world.live(WINDOW_DAYS);
      expect(await stateOf(world, life.keyId)).not.toBe('NotFoundException');
      await world.account.runUntil('generation 1 is deleted', async () => await stateOf(world, life.keyId) === 'NotFoundException', 60);
      failed.push(...executions().slice(before).flatMap(({ result }) => result?.error ?? []));
      expect([...new Set(failed)]).toEqual([]);
      expect(await world.unreadableOrders()).toEqual([]);
    },
  );
});

test.each(['before', 'after'])(
  'a pending key is found by its tags if its alias is deleted %s a takeover with another evidence bucket', async (when) => {
    await openPending();
    const { owner = '' } = await world.generation(1);
    const deleteAlias = () => world.breakGlass.send(new DeleteAliasCommand({ AliasName: `${ALIAS}/g1` }));
    if (when === 'before') await deleteAlias();
    await world.account.deploy(familyStack({ constructId: 'Renamed', props: { adoptFrom: owner } }));
    if (when === 'after') await deleteAlias();
    await world.putItem(life.old);
    await liveThroughFailures(world, WINDOW_DAYS + 3);
    expect(await stateOf(world, life.keyId)).toMatch(/Disabled|Enabled/);
    await expectReadableAfterEnabling(life);
  },
);
