import { CancelKeyDeletionCommand, DisableKeyCommand, EnableKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { decryptOfDisabled } from './cloudtrail-events';
import type { EvidencePort } from '../../../lambda/ports';
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

/** A run that has counted, up to what follows from it. */
async function counted(): Promise<RetirementRun> {
  const begun = await world.step('begin-count', await world.decide());
  await world.count(begun);
  return world.step('conclude-count', begun);
}

/** Evidence in which somebody has changed the certificates. */
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

/** Ways in which the world may change between a decision and the step that follows from it. */
const MEANWHILE: [string, () => Promise<unknown>][] = [
  ['somebody has paused the family', async () => { world.description = { ...world.description, paused: true }; }],
  ['deletion is not declared any more', async () => { world.description = { ...world.description, deletion: undefined }; }],
  ['something was found under the generation', () => world.tag({ [GenerationTag.EMPTIED_SINCE]: '' })],
  ['the certificate was taken back', () => world.tag({ [GenerationTag.CERTIFIED_SINCE]: '' })],
  ['the gate was closed', () => world.tag({ [GenerationTag.PHASE]: 'fenced' })],
  ['the generation was brought back', () => world.tag({ [GenerationTag.PHASE]: 'current', [GenerationTag.FENCED_SINCE]: '' })],
];

describe('certify', () => {
  beforeEach(() => world.bringToCertification());

  test('notes on the key when the census began', async () => {
    const run = await counted();
    world.advance(5_000);
    await world.step('certify', run);
    expect(await world.tags()).toMatchObject({ 'certified-since': run.pass?.startedAt });
  });

  test('is not fooled by a message: the counts are read from the evidence', async () => {
    const begun = await world.step('begin-count', await world.decide());
    await world.count(begun, { underOldGeneration: 1, alreadyCurrent: 9 });
    const forged: RetirementRun = { ...begun, count: { underOldGeneration: 0, quarantined: 0, verdict: 'certify' } };
    await expect(world.step('certify', forged)).rejects.toEqual(failure('CensusNotZero', /got 1; allowed: 0/));
    expect(await world.tags()).not.toHaveProperty('certified-since');
    expect(world.evidence.keys().filter((key) => key.startsWith('certificates'))).toEqual([]);
  });

  test('refuses a census that began too early', async () => {
    const run = await counted();
    const early: RetirementRun = { ...run, pass: { ...run.pass!, startedAt: '2026-01-01T13:04:59.000Z' } };
    await expect(world.step('certify', early)).rejects.toEqual(
      failure('VerificationFailed', /before the last writer had forgotten its data keys, got 2026-01-01T13:04:59.000Z; allowed: 2026-01-01T13:05:00/));
  });

  test.each(MEANWHILE.filter(([name]) => !/certificate|gate/.test(name)))('does nothing when meanwhile %s', async (_, meanwhile) => {
    const run = await counted();
    await meanwhile();
    await expect(world.step('certify', run)).rejects.toEqual(failure('RunSuperseded', /not due any more, got count to certify/));
    expect(await world.tags()).not.toHaveProperty('certified-since');
  });
});

describe('begin-soak', () => {
  beforeEach(() => world.bringToEndOfObservation());

  test('disables the key and notes when', async () => {
    await world.step('begin-soak', await world.decide());
    expect(await world.state()).toBe('Disabled');
    expect(await world.tags()).toMatchObject({ 'disabled-since': world.now.toISOString() });
  });

  test.each(MEANWHILE)('does nothing when meanwhile %s', async (_, meanwhile) => {
    const run = await world.decide();
    await meanwhile();
    await expect(world.step('begin-soak', run)).rejects.toEqual(failure('RunSuperseded', /not due any more, got disable; allowed: (wait|count)/));
    expect(await world.state()).toBe('Enabled');
  });

  test('does nothing while the current generation cannot be used', async () => {
    const run = await world.decide();
    await world.client.send(new DisableKeyCommand({ KeyId: world.currentArn }));
    await expect(world.step('begin-soak', run)).rejects.toEqual(failure('KeyNotReady', /current generation cannot be used/));
    expect(await world.state()).toBe('Enabled');
  });

  test.each<[string, (certificate: Certificate) => Certificate | undefined, RegExp]>([
    ['is gone', () => undefined, /certificate of this generation is not in the evidence/],
    ['was altered', (certificate) => ({ ...certificate, total: { ...certificate.total, scanned: 1 } }), /has been altered/],
    ['is about another key', (certificate) => ({ ...certificate, keyArn: world.currentArn }), /has been altered/],
  ])('does nothing when the certificate %s', async (_, change, message) => {
    const run = await world.decide();
    await expect(world.step('begin-soak', run, { ...world.ports, evidence: tampering(world.evidence, change) })).rejects.toEqual(failure('VerificationFailed', message));
    expect(await world.state()).toBe('Enabled');
  });
});

describe('echo', () => {
  test('is refused by the fence, and nothing is wrong', async () => {
    await world.bringToSoak();
    world.advance(DAY);
    await world.step('echo', await world.decide());
    expect(world.localKms.audit.records.filter(({ operation }) => operation === 'Encrypt').at(-1)).toMatchObject({
      status: 'AccessDeniedException', encryptionContext: { 'cdk-kms-lifecycle:purpose': 'echo', 'cdk-kms-lifecycle:family': ALIAS },
    });
  });

  test('that is answered says that the fence is broken', async () => {
    await world.bringToSoak();
    const run = await world.decide();
    await world.client.send(new EnableKeyCommand({ KeyId: world.oldArn }));
    const Policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }] });
    await world.client.send(new PutKeyPolicyCommand({ KeyId: world.oldArn, Policy }));
    await expect(world.step('echo', run)).rejects.toEqual(failure('VerificationFailed', /fence does not hold/));
  });
});

describe('schedule-deletion', () => {
  beforeEach(() => world.bringToRecount());

  test('notes the recount, then schedules with the declared window', async () => {
    const run = await counted();
    await world.step('schedule-deletion', run);
    expect(await world.state()).toBe('PendingDeletion');
    expect(await world.tags()).toMatchObject({ 'recounted-at': run.pass?.startedAt });
    const key = await world.ports.kms.describeKey(world.oldArn);
    expect(key?.deletionDate).toEqual(new Date(world.now.getTime() + DELETION.pendingWindowDays * DAY));
  });

  test('writes down what observation, soak and the last count have shown, before the key tells nothing any more', async () => {
    const { 'certified-since': certifiedSince = '', 'disabled-since': disabledSince = '' } = await world.tags();
    const run = await counted();
    await world.step('schedule-deletion', run);
    const [certificateKey] = world.evidence.keys().filter((key) => isCertificateKey(ALIAS, key));
    const certificate = await world.evidence.read<Certificate>(certificateKey as string);
    const seen = await world.evidence.read<DeletionEvidence>(deletionEvidenceKey(ALIAS, 1, certifiedSince, run.pass?.startedAt as string));
    expect(seen).toMatchObject({
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
    expect(seen?.soak.echoDays.length).toBeGreaterThanOrEqual(DELETION.soakDays);
    expect(seen?.soak).not.toHaveProperty('lastUsedOn');
  });

  test.each<[string, () => Promise<unknown>]>([
    ...MEANWHILE, ['somebody has asked for it', () => world.hear(world.about(decryptOfDisabled()))],
  ])('does nothing when meanwhile %s', async (_, meanwhile) => {
    const run = await counted();
    await meanwhile();
    await expect(world.step('schedule-deletion', run)).rejects.toEqual(failure('RunSuperseded', /got count to recount; allowed: /));
    expect(await world.state()).toBe('Disabled');
  });

  test('does nothing when the recount is older than a day', async () => {
    const run = await counted();
    world.advance(DAY + 1000);
    await world.hearEcho();
    await expect(world.step('schedule-deletion', run)).rejects.toEqual(failure('VerificationFailed', /counted too long ago/));
    expect(await world.state()).toBe('Disabled');
  });

  test('does nothing when the evidence of the recount says otherwise than the message', async () => {
    const begun = await world.step('begin-count', await world.decide());
    await world.count(begun, { underOldGeneration: 1, alreadyCurrent: 9 });
    const forged: RetirementRun = { ...begun, count: { underOldGeneration: 0, quarantined: 0, verdict: 'schedule-deletion' } };
    await expect(world.step('schedule-deletion', forged)).rejects.toEqual(failure('CensusNotZero', /got 1/));
    expect(await world.state()).toBe('Disabled');
  });

  test('does nothing without a certificate', async () => {
    const run = await counted();
    const evidence = tampering(world.evidence, () => undefined);
    await expect(world.step('schedule-deletion', run, { ...world.ports, evidence })).rejects.toEqual(failure('VerificationFailed', /not in the evidence/));
    expect(await world.state()).toBe('Disabled');
  });

  test('does nothing while the current generation cannot be used', async () => {
    const run = await counted();
    await world.client.send(new DisableKeyCommand({ KeyId: world.currentArn }));
    await expect(world.step('schedule-deletion', run)).rejects.toEqual(failure('KeyNotReady', /current generation cannot be used/));
    expect(await world.state()).toBe('Disabled');
  });

  test('that comes late does not undo what a person has cancelled', async () => {
    const run = await counted();
    await world.step('schedule-deletion', run);
    await world.client.send(new CancelKeyDeletionCommand({ KeyId: world.oldArn }));
    // The next run has seen it, and begins the soak anew.
    world.advance(DAY);
    expect((await world.run()).steps).toEqual(['begin-soak', 'echo']);
    await expect(world.step('schedule-deletion', run)).rejects.toEqual(failure('RunSuperseded', /not due any more/));
    expect(await world.state()).toBe('Disabled');
  });
});
