import { CancelKeyDeletionCommand, DisableKeyCommand, EnableKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { decryptOfDisabled } from './cloudtrail-events';
import type { EvidencePort } from '../../../lambda/ports/evidence';
import { isCertificateKey, type Certificate } from '../../../src/contract/evidence/certificate';
import { deletionEvidenceKey, type DeletionEvidence } from '../../../src/contract/evidence/deletion-evidence';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
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

/** Evidence in which the certificates are changed. */
function tampering(evidence: EvidencePort, change: (certificate: Certificate) => Certificate | undefined): EvidencePort {
  return {
    list: (prefix) => evidence.list(prefix),
    writeOnce: (key, content) => evidence.writeOnce(key, content),
    read: async <T>(key: string) => {
      const found = await evidence.read<T>(key);
      return found !== undefined && isCertificateKey(ALIAS, key) ? change(found as unknown as Certificate) as unknown as T : found;
    },
  };
}

/** Changes that can occur between a decision and the step that follows from it. */
const CHANGES: [string, () => Promise<unknown>][] = [
  ['the family is paused', async () => { world.description = { ...world.description, paused: true }; }],
  ['deletion is no longer declared', async () => { world.description = { ...world.description, deletion: undefined }; }],
  ['a record is found under the generation', () => world.tag({ [GenerationTag.EMPTIED_SINCE]: '' })],
  ['the certificate is withdrawn', () => world.tag({ [GenerationTag.CERTIFIED_SINCE]: '' })],
  ['the gate is closed', () => world.tag({ [GenerationTag.PHASE]: 'fenced' })],
  ['the generation becomes current again', () => world.tag({ [GenerationTag.PHASE]: 'current', [GenerationTag.FENCED_SINCE]: '' })],
];

describe('certify', () => {
  beforeEach(() => world.advanceToCertification());

  test('records the start of the census in a tag of the key', async () => {
    const run = await counted();
    world.advance(5_000);
    await world.step('certify', run);
    expect(await world.tags()).toMatchObject({ 'certified-since': run.pass?.startedAt });
  });

  test('ignores the counts of the message and reads those of the evidence', async () => {
    const begun = await world.step('begin-count', await world.decide());
    await world.count(begun, { underOldGeneration: 1, alreadyCurrent: 9 });
    const forged: RetirementRun = { ...begun, count: { underOldGeneration: 0, quarantined: 0, verdict: 'certify' } };
    await expect(world.step('certify', forged)).rejects.toEqual(failure('CensusNotZero', /got 1; allowed: 0/));
    expect(await world.tags()).not.toHaveProperty('certified-since');
    expect(world.evidence.keys().filter((key) => key.startsWith('certificates'))).toEqual([]);
  });

  test('rejects a census that began too early', async () => {
    const run = await counted();
    const early: RetirementRun = { ...run, pass: { ...run.pass!, startedAt: '2026-01-01T13:04:59.000Z' } };
    await expect(world.step('certify', early)).rejects.toEqual(
      failure('VerificationFailed', /had reached their maximum age, got 2026-01-01T13:04:59.000Z; allowed: 2026-01-01T13:05:00/));
  });

  test.each(CHANGES.filter(([name]) => !/certificate|gate/.test(name)))('changes nothing if %s after the decision', async (_, change) => {
    const run = await counted();
    await change();
    await expect(world.step('certify', run)).rejects.toEqual(failure('RunSuperseded', /no longer due, got count \(certify\)/));
    expect(await world.tags()).not.toHaveProperty('certified-since');
  });
});

describe('begin-soak', () => {
  beforeEach(() => world.advanceToEndOfObservation());

  test('disables the key and records the time in a tag', async () => {
    await world.step('begin-soak', await world.decide());
    expect(await world.state()).toBe('Disabled');
    expect(await world.tags()).toMatchObject({ 'disabled-since': world.now.toISOString() });
  });

  test.each(CHANGES)('changes nothing if %s after the decision', async (_, change) => {
    const run = await world.decide();
    await change();
    await expect(world.step('begin-soak', run)).rejects.toEqual(
      failure('RunSuperseded', /no longer due, got disable; allowed: (wait|count)/),
    );
    expect(await world.state()).toBe('Enabled');
  });

  test('changes nothing while the current generation is not usable', async () => {
    const run = await world.decide();
    await world.client.send(new DisableKeyCommand({ KeyId: world.currentArn }));
    await expect(world.step('begin-soak', run)).rejects.toEqual(failure('KeyNotReady', /current generation is not usable/));
    expect(await world.state()).toBe('Enabled');
  });

  test.each<[string, (certificate: Certificate) => Certificate | undefined, string, RegExp]>([
    ['is missing', () => undefined, 'RunSuperseded', /allowed: count \(certify\)/],
    ['was changed', (certificate) => ({ ...certificate, total: { ...certificate.total, scanned: 1 } }), 'VerificationFailed', /was changed/],
    ['certifies another key', (certificate) => ({ ...certificate, keyArn: world.currentArn }), 'VerificationFailed', /was changed/],
  ])('changes nothing if the certificate %s', async (_, change, name, message) => {
    const run = await world.decide();
    const evidence = tampering(world.evidence, change);
    await expect(world.step('begin-soak', run, { ...world.ports, evidence })).rejects.toEqual(failure(name, message));
    expect(await world.state()).toBe('Enabled');
  });
});

describe('probe-watch', () => {
  test('succeeds if the fence denies the probe', async () => {
    await world.advanceToSoak();
    world.advance(DAY);
    await world.step('probe-watch', await world.decide());
    expect(world.localKms.audit.records.filter(({ operation }) => operation === 'Encrypt').at(-1)).toMatchObject({
      status: 'AccessDeniedException', encryptionContext: { 'cdk-kms-lifecycle:purpose': 'watch-probe', 'cdk-kms-lifecycle:family': ALIAS },
    });
  });

  test('fails if the generation can encrypt', async () => {
    await world.advanceToSoak();
    const run = await world.decide();
    await world.client.send(new EnableKeyCommand({ KeyId: world.oldArn }));
    const Policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }] });
    await world.client.send(new PutKeyPolicyCommand({ KeyId: world.oldArn, Policy }));
    await expect(world.step('probe-watch', run)).rejects.toEqual(failure('VerificationFailed', /fence is not in force/));
  });
});

describe('schedule-deletion', () => {
  beforeEach(() => world.advanceToRecount());

  test('records the recount in a tag, then schedules the deletion with the declared window', async () => {
    const run = await counted();
    await world.step('schedule-deletion', run);
    expect(await world.state()).toBe('PendingDeletion');
    expect(await world.tags()).toMatchObject({ 'recounted-at': run.pass?.startedAt });
    const key = await world.ports.kms.describeKey(world.oldArn);
    expect(key?.deletionDate).toEqual(new Date(world.now.getTime() + DELETION.pendingWindowDays * DAY));
  });

  test('writes the result of observation, soak and recount to the evidence before the deletion', async () => {
    const { 'certified-since': certifiedSince = '', 'disabled-since': disabledSince = '' } = await world.tags();
    const run = await counted();
    await world.step('schedule-deletion', run);
    const [certificateKey] = world.evidence.keys().filter((key) => isCertificateKey(ALIAS, key));
    const certificate = await world.evidence.read<Certificate>(certificateKey as string);
    const key = deletionEvidenceKey(ALIAS, 1, certifiedSince, run.pass?.startedAt as string);
    const written = await world.evidence.read<DeletionEvidence>(key);
    expect(written).toMatchObject({
      schema: 1,
      family: ALIAS,
      generation: 1,
      keyArn: world.oldArn,
      certificateHash: certificate?.hash,
      observed: { from: certifiedSince, to: disabledSince },
      soak: { from: disabledSince, to: run.pass?.startedAt },
      recount: { run: run.run, census: { startedAt: run.pass?.startedAt }, total: { underOldGeneration: 0 } },
      pendingWindowDays: DELETION.pendingWindowDays,
    });
    expect(written?.soak.watchProbeDays.length).toBeGreaterThanOrEqual(DELETION.soakDays);
    expect(written?.soak).not.toHaveProperty('lastUsedOn');
  });

  test.each<[string, () => Promise<unknown>]>([
    ...CHANGES, ['the generation is used', () => world.deliverEvent(world.asEvent(decryptOfDisabled()))],
  ])('changes nothing if %s after the decision', async (_, change) => {
    const run = await counted();
    await change();
    await expect(world.step('schedule-deletion', run)).rejects.toEqual(failure('RunSuperseded', /got count \(recount\); allowed: /));
    expect(await world.state()).toBe('Disabled');
  });

  test('changes nothing if the recount is older than a day', async () => {
    const run = await counted();
    world.advance(DAY + 1000);
    await world.deliverProbeEvent();
    await expect(world.step('schedule-deletion', run)).rejects.toEqual(failure('VerificationFailed', /recount is too old/));
    expect(await world.state()).toBe('Disabled');
  });

  test('changes nothing if the evidence of the recount contradicts the message', async () => {
    const begun = await world.step('begin-count', await world.decide());
    await world.count(begun, { underOldGeneration: 1, alreadyCurrent: 9 });
    const forged: RetirementRun = { ...begun, count: { underOldGeneration: 0, quarantined: 0, verdict: 'schedule-deletion' } };
    await expect(world.step('schedule-deletion', forged)).rejects.toEqual(failure('CensusNotZero', /got 1/));
    expect(await world.state()).toBe('Disabled');
  });

  test('changes nothing without a certificate', async () => {
    const run = await counted();
    const evidence = tampering(world.evidence, () => undefined);
    await expect(world.step('schedule-deletion', run, { ...world.ports, evidence })).rejects.toEqual(
      failure('RunSuperseded', /disabled without a valid certificate/),
    );
    expect(await world.state()).toBe('Disabled');
  });

  test('changes nothing while the current generation is not usable', async () => {
    const run = await counted();
    await world.client.send(new DisableKeyCommand({ KeyId: world.currentArn }));
    await expect(world.step('schedule-deletion', run)).rejects.toEqual(failure('KeyNotReady', /current generation is not usable/));
    expect(await world.state()).toBe('Disabled');
  });

  test('does not schedule a cancelled deletion again if it is late', async () => {
    const run = await counted();
    await world.step('schedule-deletion', run);
    await world.client.send(new CancelKeyDeletionCommand({ KeyId: world.oldArn }));
    // The next run detects the cancellation and starts the soak again.
    world.advance(DAY);
    expect((await world.run()).steps).toEqual(['begin-soak', 'probe-watch']);
    await expect(world.step('schedule-deletion', run)).rejects.toEqual(failure('RunSuperseded', /no longer due/));
    expect(await world.state()).toBe('Disabled');
  });
});
