import { CreateAliasCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import { Duration } from 'aws-cdk-lib';
import { liveThroughFailures, openAt, readWith, stateOf, type RetiringWorld } from './retirement-life';
import { Deletion, OnUse } from '../../../src/index';
import { DAY, type AccountWorld } from '../rotation/account-world';
import { familyStack, type FamilyStackOptions } from '../rotation/family-stack';
import { errors, expectAllIntact, expectRotation, runUntil, STAGES } from '../rotation/stages';

const DELETED = 'NotFoundException';

let life: RetiringWorld;
let world: AccountWorld;
afterEach(() => world.close());

async function open(stage: Parameters<typeof openAt>[0], options?: FamilyStackOptions): Promise<void> {
  life = await openAt(stage, options);
  ({ world } = life);
}

/** An operator restores the item of the first order from before the rotation. */
async function restore(): Promise<void> {
  await world.putItem(life.old);
}

async function expectDeletedFinally(maxDays: number): Promise<void> {
  await world.account.runUntil('generation 1 is deleted', async () => await stateOf(world, life.keyId) === DELETED, maxDays);
  expect(await world.unreadableOrders()).toEqual([]);
}

describe('a rotation that finds a restored item enables its generation, re-encrypts it, and starts its retirement over', () => {
  test.each(['soak', 'the pending window'] as const)('in %s', async (stage) => {
    await open(stage);
    await restore();
    await expectRotation(world);
    await expectAllIntact(world);
    expect(await world.generation(1)).toMatchObject({
      keyState: 'Enabled', phase: 'fenced', emptiedSince: expect.any(String), certifiedSince: undefined, disabledSince: undefined,
    });
    await expectDeletedFinally(30);
  });

  test('by schedule: the reconcile run starts it, and no later run fails', async () => {
    await open('soak', { props: { deletion: longSoak(200) } });
    await restore();
    await world.live(100);
    expect(errors(world)).toEqual([]);
    expect((await world.readFamily()).current.generation).toBe(3);
    await expectAllIntact(world);
  });

  test('and leaves another generation in soak as it is', async () => {
    await open('fenced', { props: { deletion: longSoak() } });
    await expectRotation(world);
    const disabled = async () => (await world.generations()).slice(0, 2).every((each) => each.includes('Disabled'));
    await world.account.runUntil('both are in soak', disabled, 10);
    const { disabledSince } = await world.generation(2);
    await restore();
    await expectRotation(world);
    await expectAllIntact(world);
    expect(await world.generation(1)).toMatchObject({ keyState: 'Enabled' });
    expect(await world.generation(2)).toMatchObject({ keyState: 'Disabled', disabledSince });
  });
});

/** So long that generations stay in soak while something else happens. */
function longSoak(days = 30): Deletion {
  return Deletion.afterProof({
    observationPeriod: Duration.days(1),
    soakPeriod: Duration.days(days),
    backupRetention: Duration.days(0),
    pendingWindow: Duration.days(7),
  });
}

describe('backups of the time of a restored item expire before its key is deleted', () => {
  const RETENTION = 35;
  const deletion = Deletion.afterProof({
    observationPeriod: Duration.days(5),
    soakPeriod: Duration.days(1),
    backupRetention: Duration.days(RETENTION),
    pendingWindow: Duration.days(7),
  });

  /** A backup of the table, RETENTION days old, is restored. */
  async function expectReadableFromBackup(backupAt: Date): Promise<void> {
    const end = backupAt.getTime() + RETENTION * DAY;
    const days = Math.floor((end - world.account.clock.now().getTime()) / DAY);
    await world.live(days);
    await restore();
    expect(await stateOf(world, life.keyId)).not.toBe('PendingDeletion');
    expect(await stateOf(world, life.keyId)).not.toBe(DELETED);
  }

  test('if a rotation has moved the item: its certificate is withdrawn', async () => {
    await open('observe', { props: { deletion } });
    await world.live(3);
    await restore();
    const backupAt = world.account.clock.now();
    await expectRotation(world);
    expect(await world.generation(1)).toMatchObject({ certifiedSince: undefined, phase: 'fenced' });
    await expectReadableFromBackup(backupAt);
  });

  test('if an application has read the item', async () => {
    await open('observe', { props: { deletion } });
    await world.live(3);
    await restore();
    const backupAt = world.account.clock.now();
    expect(await readWith(world, life.old)).toBe('read');
    await world.putItem(await currentItem());
    await expectReadableFromBackup(backupAt);
  });

  /** The application writes the order again, under the current generation. */
  async function currentItem() {
    return world.readItem(world.application.orders[1]!).then((other) => ({ ...other, ...keyOf(life.old), payload: life.old.payload! }));
  }
});

function keyOf({ tenantId, orderId }: RetiringWorld['old']) {
  return { tenantId: tenantId!, orderId: orderId! };
}

describe('a disabled key that is used is enabled', () => {
  test.each<[string, FamilyStackOptions]>([
    ['while the family is paused', { props: { paused: true } }],
    ['while the family is paused and cannot be read', { props: { paused: true } }],
  ])('%s', async (name, options) => {
    await open('soak');
    await restore();
    await redeploy(options);
    if (name.includes('cannot be read')) await contradict();
    expect(await readWith(world, life.old)).toBe('DisabledException');
    await liveThroughFailures(world, 1);
    expect(await readWith(world, life.old)).toBe('read');
  });

  test('while a rotation is due and cannot start', async () => {
    await open('soak');
    await restore();
    world.interceptors.call = async ({ operation, input }, proceed) => {
      if (operation === 'StartExecution' && String(input.name).startsWith('rotate-')) throw new Error('unavailable');
      return proceed();
    };
    world.account.laptop.kms.clock.advance(100 * DAY);
    expect(await readWith(world, life.old)).toBe('DisabledException');
    await liveThroughFailures(world, 1);
    expect(await readWith(world, life.old)).toBe('read');
  });

  test('but stays disabled with onUse: hold, until it is not retired any more', async () => {
    await open('soak', { props: { deletion: held() } });
    await restore();
    expect(await readWith(world, life.old)).toBe('DisabledException');
    await world.live(1);
    expect(await stateOf(world, life.keyId)).toBe('Disabled');
    await redeploy({ props: { deletion: undefined } });
    await world.live(1);
    expect(await readWith(world, life.old)).toBe('read');
  });

  function held(): Deletion {
    return Deletion.afterProof({
      observationPeriod: Duration.days(1),
      soakPeriod: Duration.days(30),
      backupRetention: Duration.days(0),
      pendingWindow: Duration.days(7),
      onUse: OnUse.HOLD,
    });
  }
});

describe('a generation that nothing retires any more can decrypt', () => {
  test.each(['soak', 'the pending window'] as const)('after `deletion` was removed in %s', async (stage) => {
    await open(stage);
    await redeploy({ props: { deletion: undefined } });
    await world.live(1);
    expect(await world.generation(1)).toMatchObject({ keyState: 'Enabled', phase: 'fenced', certifiedSince: undefined, disabledSince: undefined });
    expect(await readWith(world, life.old)).toBe('read');
    expect(errors(world)).toEqual([]);
    await world.live(20);
    expect(await stateOf(world, life.keyId)).toBe('Enabled');
  });

  test('after the last store was removed in soak; when it is declared again, the retirement is completed', async () => {
    await open('soak');
    await redeploy({ props: { stores: [] } });
    await world.live(1);
    expect(await readWith(world, life.old)).toBe('read');
    await redeploy({});
    await runUntil(world, STAGES['the pending window']);
  });
});

async function redeploy(options: FamilyStackOptions): Promise<void> {
  await world.account.deploy(familyStack(options));
}

async function contradict(): Promise<void> {
  const { KeyMetadata } = await world.kms.send(new CreateKeyCommand({}));
  await world.kms.send(new CreateAliasCommand({ AliasName: 'alias/orders/g9', TargetKeyId: KeyMetadata?.KeyId }));
}

/** Step Functions frees the name of an execution 90 days after its end. */
describe('the name of an execution that is used again', () => {
  const NAME_IS_FREE = 91 * DAY;

  test('is another run: a rotation reads every record again', async () => {
    await open('fenced', { props: { deletion: undefined } });
    expect((await world.run('rotation', {}, 'quarterly')).status).toBe('SUCCEEDED');
    world.account.laptop.kms.clock.advance(NAME_IS_FREE);
    await world.writeOrders(3);
    const before = world.passes().length;
    expect((await world.run('rotation', {}, 'quarterly')).status).toBe('SUCCEEDED');
    await expectAllIntact(world);
    const [reEncrypted, census] = world.passes().slice(before);
    expect([reEncrypted?.counts.reEncrypted, census?.counts.alreadyCurrent]).toEqual([7, 7]);
  });

  test('is another run: a census of a retirement counts every record again', async () => {
    await open('fenced', { props: { deletion: longSoak() } });
    world.account.laptop.kms.clock.advance(DAY);
    expect((await world.run('retirement', { generation: 1 }, 'retire')).status).toBe('SUCCEEDED');
    expect(world.certificates()).toHaveLength(1);
    await restore();
    world.account.laptop.kms.clock.advance(NAME_IS_FREE);
    await expectRotation(world);
    await restore();
    world.account.laptop.kms.clock.advance(DAY);
    expect((await world.run('retirement', { generation: 1 }, 'retire')).result).toMatchObject({ error: 'StillInUse' });
    expect(world.certificates()).toHaveLength(1);
    expect(await world.unreadableOrders()).toEqual([]);
  });
});
