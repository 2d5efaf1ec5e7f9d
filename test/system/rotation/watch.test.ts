import { CreateKeyCommand, DecryptCommand, DisableKeyCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { Duration } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { AccountWorld, type Item } from './account-world';
import { familyStack, type FamilyStackOptions } from './family-stack';
import { errors, expectAllIntact, expectRotation, runUntil, STAGES } from './stages';
import { ACCEPTED, isWatchEvent } from './watch-events';
import type { UseEvidence } from '../../../src/contract/evidence/evidence';
import { Deletion, OnUse } from '../../../src/index';

function watched(onUse: OnUse, change?: FamilyStackOptions['change']) {
  const deletion = Deletion.afterProof({
    observationPeriod: Duration.days(1),
    soakPeriod: Duration.days(3),
    backupRetention: Duration.days(0),
    pendingWindow: Duration.days(7),
    onUse,
  });
  return familyStack({ props: { deletion }, change });
}

const STARTING_OVER = watched(OnUse.START_OVER);
const HOLDING = watched(OnUse.HOLD);
/** A rule without read-only events, which is the default of EventBridge. */
const WITHOUT_READ_EVENTS = watched(OnUse.START_OVER, (stack) => {
  for (const each of stack.node.findAll()) if (each instanceof CfnRule) each.state = 'ENABLED';
});

let world: AccountWorld;
/** The item of an order under generation 1. */
let old: Item;
afterEach(() => world.close());

async function openRotated(stack: ReturnType<typeof watched>): Promise<void> {
  world = await AccountWorld.open({}, stack);
  await world.writeOrders(4);
  old = await world.readItem(world.application.orders[0]!);
  await expectRotation(world);
}

/** A consumer calls Decrypt for a data key under generation 1, and fails. */
async function failToDecrypt(): Promise<void> {
  const request = new DecryptCommand({
    CiphertextBlob: old.dataKey?.B,
    EncryptionContext: { tenant: old.tenantId?.S ?? '', purpose: 'orders' },
  });
  await expect(world.kms.send(request)).rejects.toThrow();
  await world.account.idle();
}

async function expectDeletedLater(): Promise<void> {
  await runUntil(world, '2 Enabled current');
  await expectAllIntact(world);
}

function recorded(kind: UseEvidence['kind']): UseEvidence[] {
  return world
    .evidence()
    .flatMap(([key, content]) => (key.startsWith('watch/') && (content as UseEvidence).kind === kind ? [content as UseEvidence] : []));
}

/** Intercepts the events before they reach the retirement function. */
function interceptEvents(deliver: (proceed: () => Promise<unknown>) => Promise<unknown>): void {
  world.interceptors.invocation = async (_, event, proceed) =>
    isWatchEvent(event) ? await deliver(proceed) ?? ACCEPTED : proceed();
}

function latestFailure() {
  return world.account.stepFunctions.executions.filter(({ result }) => result?.error !== undefined).at(-1)?.result;
}

const NO_EVENTS_RECEIVED = {
  error: 'VerificationFailed',
  cause: expect.stringMatching(
    /^alias\/orders\/g1: watch receives no events of its own probes.*no event since .*CloudTrail trail.*read-only management events/,
  ),
};

test('an undisturbed soak records a watch probe on each of its days, and nothing else', async () => {
  await openRotated(STARTING_OVER);
  await runUntil(world, STAGES['the pending window']);
  const days = recorded('watch-probe').map(({ at }) => at.slice(0, 10));
  expect(days.length).toBeGreaterThanOrEqual(3);
  expect(new Set(days).size).toBe(days.length);
  expect(recorded('use')).toEqual([]);
  await expectDeletedLater();
  expect(errors(world)).toEqual([]);
});

test('without events the soak never ends, and the reason names the trail; with events it continues', async () => {
  await openRotated(STARTING_OVER);
  interceptEvents(async () => null);
  await world.live(25);
  expect((await world.generations())[0]).toBe(STAGES.soak);
  expect(latestFailure()).toMatchObject(NO_EVENTS_RECEIVED);
  expect(world.countCalls('ScheduleKeyDeletion')).toBe(0);
  interceptEvents((proceed) => proceed());
  await expectDeletedLater();
});

test('a rule without read-only events does not work as a watch', async () => {
  await openRotated(WITHOUT_READ_EVENTS);
  await world.live(15);
  expect((await world.generations())[0]).toBe(STAGES.soak);
  expect(recorded('watch-probe')).toEqual([]);
  expect(latestFailure()).toMatchObject(NO_EVENTS_RECEIVED);
  await world.account.deploy(STARTING_OVER);
  await expectDeletedLater();
});

test('days without an event do not count as soak', async () => {
  const lastsFor = async (lostDays: readonly number[]) => {
    await openRotated(STARTING_OVER);
    await runUntil(world, STAGES.soak);
    let days = 0;
    interceptEvents(async (proceed) => (lostDays.includes(days) ? null : proceed()));
    await runUntil(world, STAGES['the pending window'], async () => { days += 1; });
    expect(new Set(recorded('watch-probe').map(({ at }) => at.slice(0, 10))).size).toBeGreaterThanOrEqual(3);
    return days;
  };
  const undisturbed = await lastsFor([]);
  await world.close();
  expect(await lastsFor([0, 1, 2])).toBe(undisturbed + 3);
});

test('an event that is delivered twice is recorded once', async () => {
  await openRotated(STARTING_OVER);
  interceptEvents(async (proceed) => { await proceed(); return proceed(); });
  await runUntil(world, STAGES.soak);
  await failToDecrypt();
  expect(recorded('use')).toHaveLength(1);
});

test('failed calls on foreign keys are ignored', async () => {
  await openRotated(STARTING_OVER);
  await runUntil(world, STAGES.soak);
  const { KeyMetadata } = await world.kms.send(new CreateKeyCommand({}));
  await world.kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
  await expect(world.kms.send(new EncryptCommand({ KeyId: KeyMetadata?.KeyId, Plaintext: Buffer.from('mine') }))).rejects.toMatchObject({
    name: 'DisabledException',
  });
  await world.account.idle();
  expect(recorded('use')).toEqual([]);
  await expectDeletedLater();
  expect(errors(world)).toEqual([]);
});

describe('onUse: HOLD', () => {
  beforeEach(() => openRotated(HOLDING));

  test('a use in soak is reported, the key stays disabled, and the days without use start again', async () => {
    await runUntil(world, STAGES.soak);
    for (let day = 0; day < 10; day++) {
      await world.live(1);
      await failToDecrypt();
    }
    expect((await world.generations())[0]).toBe(STAGES.soak);
    expect(world.countCalls('ScheduleKeyDeletion')).toBe(0);
    expect(recorded('use')).toHaveLength(10);
    expect(world.lines.filter((line) => line.includes('generation-use-recorded') && line.includes('DisabledException'))).toHaveLength(10);
    const scheduled = await daysUntil(STAGES['the pending window']);
    expect(scheduled).toBeGreaterThanOrEqual(3);
    await expectDeletedLater();
  });

  test('a use after the deletion was scheduled also starts the retirement over', async () => {
    await runUntil(world, STAGES['the pending window']);
    await failToDecrypt();
    await world.live(1);
    expect(errors(world)).toEqual(['StillInUse']);
    expect((await world.generations())[0]).toBe('1 Enabled fenced');
    await expectDeletedLater();
  });

  async function daysUntil(expected: string): Promise<number> {
    let days = 0;
    await runUntil(world, expected, async () => { days += 1; });
    return days;
  }
});
