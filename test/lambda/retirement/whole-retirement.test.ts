import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { decryptOfDisabled } from './cloudtrail-events';
import { verifyCertificate } from '../../../lambda/retirement/evidence/hash-certificate';
import { isCertificateKey, type Certificate } from '../../../src/contract/evidence/certificate';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { DAY, failure, HOUR, RetirementWorld } from '../../support/world/retirement-world';

let world: RetirementWorld;

beforeEach(async () => {
  world = await RetirementWorld.open();
});

afterEach(async () => world.close());

/** Performs one run a day at the same hour, as the schedule does. */
async function runDaily(days: number): Promise<string[]> {
  const done: string[] = [];
  for (let day = 0; day < days && (await exists()); day++) {
    const { run, steps } = await world.run();
    done.push(run.action.kind === 'wait' ? 'wait' : steps.join(' '));
    if (steps.includes('probe-watch')) await world.deliverProbeEvent();
    world.advance(DAY);
  }
  return done;
}

async function exists(): Promise<boolean> {
  return world.client.send(new DescribeKeyCommand({ KeyId: world.oldArn })).then(() => true, () => false);
}

/** Joins equal neighbours: `wait x 3, probe-watch`. */
function summarize(done: readonly string[]): string[] {
  const rows: { what: string; times: number }[] = [];
  for (const what of done) {
    const last = rows.at(-1);
    if (last?.what === what) last.times += 1;
    else rows.push({ what, times: 1 });
  }
  return rows.map(({ what, times }) => (times === 1 ? what : `${what} x ${times}`));
}

test('an old generation is certified, observed, disabled, counted again, scheduled for deletion, counted again and deleted', async () => {
  const count = 'begin-count conclude-count';
  expect(summarize(await runDaily(60))).toEqual([
    // Applications can still use data keys from before the fence.
    'wait',
    `${count} certify`,
    'wait x 6',
    'begin-soak probe-watch',
    // The soak is complete long before the last backup expires.
    'probe-watch x 22',
    `${count} schedule-deletion`,
    'wait x 4',
    `${count} record-recount`,
    'wait x 4',
  ]);
  expect(await exists()).toBe(false);
  expect(await world.state(world.currentArn)).toBe('Enabled');
  const key = world.evidence.keys().find((each) => isCertificateKey('alias/orders', each)) as string;
  const certificate = await world.evidence.read<Certificate>(key) as Certificate;
  expect(verifyCertificate(certificate)).toBe(true);
  expect(certificate).toMatchObject({
    generation: 1, keyArn: world.oldArn, currentGeneration: 2, currentKeyArn: world.currentArn, total: { scanned: 20 }, quarantined: 0,
  });
});

test('a use in soak enables the generation, and its retirement starts again after a rotation has emptied it', async () => {
  await world.advanceToSoak();
  await world.deliverEvent(world.asEvent(decryptOfDisabled()));
  world.advance(DAY);
  expect((await world.run()).steps).toEqual(['start-over']);
  expect(await world.state()).toBe('Enabled');
  expect(await world.tags()).toMatchObject({ phase: 'fenced' });
  expect(Object.keys(await world.tags())).not.toEqual(expect.arrayContaining(['emptied-since', 'certified-since', 'disabled-since']));
  expect(summarize(await runDaily(3))).toEqual(['wait x 3']);

  await world.tag({ [GenerationTag.EMPTIED_SINCE]: world.now.toISOString() });
  expect(summarize(await runDaily(9))).toEqual(['wait', 'begin-count conclude-count certify', 'wait x 6', 'begin-soak probe-watch']);
});

test('a record that is found in the pending window cancels the deletion', async () => {
  await world.advanceToPendingWindow();
  expect(await world.state()).toBe('PendingDeletion');
  const { run, steps } = await world.run({ underOldGeneration: 1, alreadyCurrent: 9 });
  expect(steps).toEqual(['begin-count', 'conclude-count', 'start-over']);
  expect(run.count).toEqual({ underOldGeneration: 1, quarantined: 0, verdict: 'start-over' });
  expect(await world.state()).toBe('Enabled');
  world.advance(60 * DAY);
  expect(await world.state()).toBe('Enabled');
});

test('a record that is found by the recount prevents the deletion', async () => {
  await world.advanceToRecount();
  expect((await world.run({ underOldGeneration: 3, alreadyCurrent: 7 })).steps).toEqual(['begin-count', 'conclude-count', 'start-over']);
  expect(await world.state()).toBe('Enabled');
  expect(world.localKms.audit.count({ operation: 'ScheduleKeyDeletion' })).toBe(0);
});

test('days without the event of a probe do not count as soak, and after three of them each run fails', async () => {
  await world.advanceToSoak();
  for (let day = 0; day < 2; day++) {
    world.advance(DAY);
    expect((await world.run()).steps).toEqual(['probe-watch']);
  }
  world.advance(DAY);
  await expect(world.run()).rejects.toEqual(failure('VerificationFailed', /no event since 2026-01-09.*logs read-only management events/));
  world.advance(60 * DAY);
  await expect(world.run()).rejects.toEqual(failure('VerificationFailed', /watch receives no events of its own probes/));
  expect(await world.state()).toBe('Disabled');
  // The trail is repaired: the event of the last probe arrives late, and days count again.
  await world.deliverProbeEvent();
  expect((await world.decide()).action).toMatchObject({ kind: 'wait', reason: expect.stringMatching(/2 of 7 days without use/) });
});

test('a deletion without a recount is cancelled two days before its date, and the soak starts again', async () => {
  await world.advanceToPendingWindow();
  world.advance(3 * DAY + HOUR);
  expect((await world.run()).steps).toEqual(['cancel-deletion']);
  expect(await world.state()).toBe('Disabled');
  const tags = await world.tags();
  expect(tags).toMatchObject({ 'phase': 'retiring', 'disabled-since': world.now.toISOString() });
  expect(tags).not.toHaveProperty('recounted-at');
  expect((await world.decide()).action).toEqual({ kind: 'probe-watch' });
});

test('pausing the family cancels a pending deletion', async () => {
  await world.advanceToPendingWindow();
  world.description = { ...world.description, paused: true };
  expect((await world.run()).steps).toEqual(['cancel-deletion']);
  expect(await world.state()).toBe('Disabled');
  expect((await world.run()).run.action).toMatchObject({ kind: 'wait', reason: 'the family is paused' });
});

test('a request cancels a pending deletion', async () => {
  await world.advanceToPendingWindow();
  expect((await world.run({}, { cancelDeletion: true })).steps).toEqual(['cancel-deletion']);
  expect(await world.state()).toBe('Disabled');
});

test.each(['advanceToRecount', 'advanceToPendingWindow'] as const)(
  'a table that was created again after the certificate starts the retirement over: %s', async (advance) => {
    await world[advance]();
    world.table = { ...world.table, id: 'table-2' };
    const { run, steps } = await world.run();
    expect(steps).toEqual(['begin-count', 'conclude-count', 'start-over']);
    expect(run.count).toEqual({
      underOldGeneration: 0,
      quarantined: 0,
      verdict: 'start-over',
      reason: 'the store orders is not the certified one: its table was created again, or it was declared later, changed or removed',
    });
    expect(await world.state(world.oldArn)).toBe('Enabled');
  },
);
