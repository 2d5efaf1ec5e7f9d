import { ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { isCertificateKey, type RecountEvidence } from '../../../src/contract/evidence/certificate';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import { DELETION } from '../../support/world/a-retiring-generation';
import { ALIAS, DAY, failure, RetirementWorld } from '../../support/world/retirement-world';

let world: RetirementWorld;

beforeEach(async () => {
  world = await RetirementWorld.open();
});

afterEach(async () => world.close());

/** A run after its census. */
async function counted(): Promise<RetirementRun> {
  const begun = await world.step('begin-count', await world.decide());
  await world.count(begun);
  return world.step('conclude-count', begun);
}

describe('record-recount', () => {
  beforeEach(() => world.advanceToPendingWindow());

  test('writes the recount beside the certificate, and no tag on the key', async () => {
    const before = await world.tags();
    const run = await counted();
    await world.step('record-recount', run);
    const beside = world.evidence.keys().filter((key) => key.startsWith('certificates/orders/'));
    const certificate = beside.find((key) => isCertificateKey(ALIAS, key));
    const recount = beside.find((key) => key.includes('recount'));
    expect(recount).toBe(certificate?.replace('.json', '.recount-20260201T120000000Z.json'));
    expect(await world.evidence.read<RecountEvidence>(recount as string)).toMatchObject({
      family: ALIAS, generation: 1, keyArn: world.oldArn, run: run.run, total: { scanned: 20 }, census: { startedAt: run.pass?.startedAt },
    });
    expect(await world.tags()).toEqual(before);
    const { action } = await world.decide();
    expect(action).toMatchObject({ kind: 'wait', reason: expect.stringMatching(/KMS deletes the key on 2026-02-11T12/) });
  });

  test('is not valid for a deletion that is scheduled later', async () => {
    await world.step('record-recount', await counted());
    await world.run({}, { cancelDeletion: true });
    for (let day = 0; day < DELETION.soakDays; day++) {
      await world.run();
      await world.deliverProbeEvent();
      world.advance(DAY);
    }
    expect((await world.run()).steps).toContain('schedule-deletion');
    world.advance(9 * DAY);
    expect((await world.run()).steps).toEqual(['cancel-deletion']);
  });

  test('writes nothing if the evidence contradicts the message', async () => {
    const begun = await world.step('begin-count', await world.decide());
    await world.count(begun, { underOldGeneration: 1, alreadyCurrent: 9 });
    await expect(world.step('record-recount', begun)).rejects.toEqual(failure('CensusNotZero', /got 1/));
    expect(world.evidence.keys().filter((key) => key.includes('recount'))).toEqual([]);
  });
});

describe('start-over', () => {
  test.each<[string, () => Promise<void>]>([
    ['in observation', () => world.advanceToEndOfObservation()],
    ['in soak', () => world.advanceToSoak()],
    ['while its deletion is pending', () => world.advanceToPendingWindow()],
  ])('makes a generation usable %s, and clears the tags of its proofs', async (_, advance) => {
    await advance();
    const run: RetirementRun = { ...await world.decide(), action: { kind: 'start-over', reason: 'it was used' } };
    await world.step('start-over', run);
    await world.closeGate(run);
    expect(await world.state()).toBe('Enabled');
    expect(Object.keys(await world.tags()).sort()).toEqual(['family', 'fenced-since', 'generation', 'owner', 'phase', 'schema', 'state']);
    expect(await world.tags()).toMatchObject({ phase: 'fenced' });
    // Its records can be decrypted again, but it cannot encrypt.
    expect(await world.ports.kms.tryEncrypt(world.oldArn, {})).toBe('access-denied');
  });
});

describe('cancel-deletion', () => {
  test('changes nothing if no deletion was scheduled', async () => {
    await world.advanceToSoak();
    const before = await world.tags();
    world.advance(DAY);
    await world.step('cancel-deletion', { ...await world.decide(), action: { kind: 'cancel-deletion', reason: 'late' } });
    expect(await world.tags()).toEqual(before);
  });

  test('cancels a deletion that another principal scheduled, and starts no soak', async () => {
    await world.client.send(new ScheduleKeyDeletionCommand({ KeyId: world.oldArn, PendingWindowInDays: 7 }));
    expect((await world.run()).run.action).toMatchObject({ kind: 'wait', reason: expect.stringMatching(/not scheduled by retirement/) });
    expect((await world.run({}, { cancelDeletion: true })).steps).toEqual(['cancel-deletion']);
    expect(await world.state()).toBe('Disabled');
    expect(await world.tags()).not.toHaveProperty('disabled-since');
  });
});
