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

/** Every day at the same hour, as the tick does it. */
async function liveDays(days: number, hears = true): Promise<string[]> {
  const done: string[] = [];
  for (let day = 0; day < days && (await exists()); day++) {
    const { run, steps } = await world.run();
    done.push(run.action.kind === 'wait' ? 'wait' : steps.join(' '));
    if (hears && steps.includes('echo')) await world.hearEcho();
    world.advance(DAY);
  }
  return done;
}

async function exists(): Promise<boolean> {
  return world.client.send(new DescribeKeyCommand({ KeyId: world.oldArn })).then(() => true, () => false);
}

/** `wait x 3, echo`: how often each in a row. */
function told(done: readonly string[]): string[] {
  const rows: { what: string; times: number }[] = [];
  for (const what of done) {
    const last = rows.at(-1);
    if (last?.what === what) last.times += 1;
    else rows.push({ what, times: 1 });
  }
  return rows.map(({ what, times }) => (times === 1 ? what : `${what} x ${times}`));
}

test('an old generation goes its whole way: certified, observed, in soak, counted again, pending, counted once more, gone', async () => {
  const count = 'begin-count conclude-count';
  expect(told(await liveDays(60))).toEqual([
    // The writers still have data keys from before the fence.
    'wait',
    `${count} certify`,
    'wait x 6',
    'begin-soak echo',
    // The soak is long over when the last backup expires.
    'echo x 22',
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

test('somebody who asks for it in soak brings it back, and the whole way begins anew when a rotation has emptied it', async () => {
  await world.bringToSoak();
  await world.hear(world.about(decryptOfDisabled()));
  world.advance(DAY);
  expect((await world.run()).steps).toEqual(['start-over']);
  expect(await world.state()).toBe('Enabled');
  expect(await world.tags()).toMatchObject({ phase: 'fenced' });
  expect(Object.keys(await world.tags())).not.toEqual(expect.arrayContaining(['emptied-since', 'certified-since', 'disabled-since']));
  expect(told(await liveDays(3))).toEqual(['wait x 3']);

  await world.tag({ [GenerationTag.EMPTIED_SINCE]: world.now.toISOString() });
  expect(told(await liveDays(9))).toEqual(['begin-count conclude-count certify', 'wait x 6', 'begin-soak echo', 'echo']);
});

test('a record that turns up in the pending window cancels the deletion', async () => {
  await world.bringToPendingWindow();
  expect(await world.state()).toBe('PendingDeletion');
  const { run, steps } = await world.run({ underOldGeneration: 1, alreadyCurrent: 9 });
  expect(steps).toEqual(['begin-count', 'conclude-count', 'start-over']);
  expect(run.count).toEqual({ underOldGeneration: 1, quarantined: 0, verdict: 'start-over' });
  expect(await world.state()).toBe('Enabled');
  world.advance(60 * DAY);
  expect(await world.state()).toBe('Enabled');
});

test('a record that turns up before the deletion is scheduled prevents it', async () => {
  await world.bringToRecount();
  expect((await world.run({ underOldGeneration: 3, alreadyCurrent: 7 })).steps).toEqual(['begin-count', 'conclude-count', 'start-over']);
  expect(await world.state()).toBe('Enabled');
  expect(world.localKms.audit.count({ operation: 'ScheduleKeyDeletion' })).toBe(0);
});

test('days without an echo are no soak, and after three of them every run says what the trail lacks', async () => {
  await world.bringToSoak();
  for (let day = 0; day < 2; day++) {
    world.advance(DAY);
    expect((await world.run()).steps).toEqual(['echo']);
  }
  world.advance(DAY);
  await expect(world.run()).rejects.toEqual(failure('VerificationFailed', /silence since 2026-01-09.*log read-only management events/));
  world.advance(60 * DAY);
  await expect(world.run()).rejects.toEqual(failure('VerificationFailed', /no echo of our own calls has been heard/));
  expect(await world.state()).toBe('Disabled');
  // The trail is mended: yesterday's echo arrives after all, and days count again.
  await world.hearEcho();
  expect((await world.decide()).action).toMatchObject({ kind: 'wait', reason: expect.stringMatching(/2 of 7 quiet days/) });
});

test('a deletion that is not counted once more is cancelled before it is too late, and its soak begins anew', async () => {
  await world.bringToPendingWindow();
  world.advance(3 * DAY + HOUR);
  expect((await world.run()).steps).toEqual(['cancel-deletion']);
  expect(await world.state()).toBe('Disabled');
  const tags = await world.tags();
  expect(tags).toMatchObject({ 'phase': 'retiring', 'disabled-since': world.now.toISOString() });
  expect(tags).not.toHaveProperty('recounted-at');
  expect((await world.decide()).action).toEqual({ kind: 'echo' });
});

test('pausing stops a deletion that is pending', async () => {
  await world.bringToPendingWindow();
  world.description = { ...world.description, paused: true };
  expect((await world.run()).steps).toEqual(['cancel-deletion']);
  expect(await world.state()).toBe('Disabled');
  expect((await world.run()).run.action).toMatchObject({ kind: 'wait', reason: 'the family is paused' });
});

test('a deletion is cancelled on request', async () => {
  await world.bringToPendingWindow();
  expect((await world.run({}, { cancelDeletion: true })).steps).toEqual(['cancel-deletion']);
  expect(await world.state()).toBe('Disabled');
});
