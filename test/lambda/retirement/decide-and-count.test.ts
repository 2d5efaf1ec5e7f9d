import { DeleteAliasCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { retirementFunction } from '../../../lambda/retirement/function/retirement-function';
import { STEP_SCHEMA } from '../../../src/contract/runs/function-steps';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { aFamilyDescription } from '../../support/world/a-family-description';
import { DAY, failure, RetirementWorld } from '../../support/world/retirement-world';

let world: RetirementWorld;

beforeEach(async () => {
  world = await RetirementWorld.open();
});

afterEach(async () => world.close());

/** A run after its census. */
async function counted(found = {}): Promise<RetirementRun> {
  const begun = await world.step('begin-count', await world.decide());
  await world.count(begun, found);
  return world.step('conclude-count', begun);
}

describe('decide', () => {
  test('a census counts the records of this generation only', async () => {
    world.advance(DAY);
    expect(await world.decide()).toMatchObject({
      action: { kind: 'count', purpose: 'certify' },
      generation: { generation: 1, keyArn: world.oldArn },
      generations: { current: world.currentArn, all: [world.oldArn, world.currentArn], counted: [world.oldArn] },
      shards: [{ storeId: 'orders', shard: 0 }, { storeId: 'orders', shard: 1 }],
    });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined], ['a word', 'g1'], ['a list', [1]],
    ['a number as text', { generation: '1' }], ['a negative number', { generation: -1 }],
    ['a misspelled member', { generation: 1, cancelDeletoin: true }],
    ['a flag that is not a boolean', { generation: 1, cancelDeletion: 'yes' }],
  ])('an input that is %s is an error', async (_, input) => {
    const request = { schema: STEP_SCHEMA, step: 'decide', family: world.description, execution: 'e', startedAt: world.now.toISOString(), input };
    await expect(retirementFunction(world.ports)(request))
      .rejects.toEqual(failure('InvalidRequest', /input of a retirement run: input is invalid, .*allowed: {"generation": 3}/));
  });

  test('a generation that does not exist is an error', async () => {
    await expect(world.decide({ generation: 7 })).rejects.toEqual(
      failure('InvalidRequest', /generation does not exist, got generation 7; allowed: 1, 2/),
    );
  });
});

describe('a key that is deleted, even between two calls of the decision', () => {
  /** Schedules the deletion, and ends one millisecond before KMS deletes the key. */
  async function advanceToLastMoment(): Promise<void> {
    await world.advanceToRecount();
    expect((await world.run()).steps).toContain('schedule-deletion');
    world.advance(world.description.deletion!.pendingWindowDays * DAY - 1);
    expect(await world.state()).toBe('PendingDeletion');
  }
  const RETIRED = { action: { kind: 'wait', reason: 'its key is deleted, so its retirement is complete' }, shards: [] };

  test('is retired, and nothing is due', async () => {
    await advanceToLastMoment();
    world.advance(1);
    expect(await world.decide()).toMatchObject({ ...RETIRED, generation: { generation: 1, keyArn: world.oldArn } });
  });

  test.each(['listTags', 'describeKey', 'lastUsage'] as const)('is retired if KMS deletes it immediately before %s', async (call) => {
    await advanceToLastMoment();
    const { kms, ...ports } = world.ports;
    const deleting = new Proxy(kms, {
      get: (port, name: keyof typeof kms) => (...given: never[]) => {
        if (name === call) world.advance(1);
        return (port[name] as (...args: never[]) => unknown)(...given);
      },
    });
    expect(await world.decide({}, { ...ports, kms: deleting })).toMatchObject(RETIRED);
  });

  test('cannot be recovered: a request to cancel its deletion is an error', async () => {
    await advanceToLastMoment();
    world.advance(1);
    await expect(world.decide({ cancelDeletion: true })).rejects.toEqual(
      failure('InvalidRequest', /no key of this account and Region has this name.*a deleted key cannot be restored/),
    );
  });

  test('is not reported as deleted if only its alias was deleted', async () => {
    await advanceToLastMoment();
    await world.client.send(new DeleteAliasCommand({ AliasName: 'alias/orders/g1' }));
    await expect(world.decide()).rejects.toEqual(failure('InvalidRequest', /generation does not exist, got generation 1; allowed: 2; /));
  });

  test('is not reported as retired if another principal deleted it', async () => {
    await world.client.send(new ScheduleKeyDeletionCommand({ KeyId: world.oldArn, PendingWindowInDays: 7 }));
    world.advance(7 * DAY);
    await expect(world.decide()).rejects.toEqual(failure('InvalidRequest', /generation does not exist, got generation 1; allowed: 2; /));
  });
});

describe('conclude-count', () => {
  beforeEach(() => world.advance(DAY));

  test('a census without records leads to the certificate', async () => {
    expect((await counted()).count).toEqual({ underOldGeneration: 0, quarantined: 0, verdict: 'certify' });
  });

  test('a single record starts the retirement over, with any other counts', async () => {
    expect((await counted({ underOldGeneration: 1, quarantined: 4, withoutDataKey: 5, alreadyCurrent: 0 })).count)
      .toEqual({ underOldGeneration: 1, quarantined: 4, verdict: 'start-over' });
  });

  test('quarantined records stop the run', async () => {
    await expect(counted({ quarantined: 2 })).rejects.toEqual(failure('RecordsQuarantined', /got 2; allowed: 0/));
  });

  test('a store that was read with the wrong attribute is an error', async () => {
    const begun = await world.step('begin-count', await world.decide());
    const wrongAttribute = { withoutDataKey: 10, alreadyCurrent: 0 };
    await world.count(begun, wrongAttribute, wrongAttribute);
    await expect(world.step('conclude-count', begun)).rejects.toEqual(failure('StoreMismatch', /none of 20 items has the attribute/));
  });

  test('a shard that was not counted to its end is an error', async () => {
    const begun = await world.step('begin-count', await world.decide());
    await world.count({ ...begun, shards: begun.shards.slice(0, 1) });
    await expect(world.step('conclude-count', begun)).rejects.toEqual(
      failure('VerificationFailed', /evidence does not reach the end of the shard/),
    );
  });

  test('a run with another action cannot count', async () => {
    const run: RetirementRun = { ...await world.decide(), action: { kind: 'disable' } };
    await expect(world.step('begin-count', run)).rejects.toEqual(
      failure('InvalidRequest', /action of this run is not a count, got disable/),
    );
    const count: RetirementRun = { ...run, action: { kind: 'count', purpose: 'certify' } };
    await expect(world.step('conclude-count', count)).rejects.toEqual(failure('InvalidRequest', /no census has begun/));
  });
});

test('a request that is not valid is refused', async () => {
  const request = { schema: STEP_SCHEMA, step: 'certify', family: aFamilyDescription(), run: null };
  await expect(retirementFunction(world.ports)(request)).rejects.toEqual(
    failure('InvalidRequest', /^retirement function, step certify, member run: value is missing/),
  );
});
