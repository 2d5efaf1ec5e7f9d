import { readWatch } from '../../../lambda/retirement/watch/read-watch';
import { UseRecorder } from '../../../lambda/retirement/watch/record-use';
import { jsonLog } from '../../../lambda/runtime/log';
import { laterNoteName, noteName, readNoteName } from '../../../lambda/watch/note-name';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { EVIDENCE_SCHEMA, useEvidenceKey, type UseEvidence } from '../../../src/contract/evidence/evidence';

const KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';
const ALIAS = 'alias/orders';
const ROLES = { control: 'arn:control', worker: 'arn:worker', retirement: 'arn:retirement' };
const CALLER = 'arn:aws:iam::111122223333:role/reports';
const SCHEDULED = '2026-11-01T03:20:00.000Z';

/** A key whose deletion is pending since 03:20. */
function setUp() {
  const cancelled: string[] = [];
  let state = 'PendingDeletion';
  const evidence = new EvidenceInMemory();
  const clock = { now: () => new Date('2026-11-01T03:59:00.000Z'), sleep: async () => undefined };
  const kms = {
    listAliases: async () => [{ aliasName: `${ALIAS}/g1`, keyId: KEY }],
    describeKey: async () => ({ keyId: KEY, state }),
    listTags: async () => ({ 'cdk-kms-lifecycle:family': ALIAS, 'cdk-kms-lifecycle:recounted-at': SCHEDULED }),
    tagKey: async () => undefined,
    cancelKeyDeletion: async (keyId: string) => {
      cancelled.push(keyId);
      state = 'Disabled';
    },
  };
  const recorder = new UseRecorder({ evidence, clock, log: jsonLog(() => undefined), kms } as never);
  const call = async (eventID: string, eventTime: string) => recorder.record(ALIAS, ROLES, {
    eventID,
    eventTime,
    eventName: 'Decrypt',
    errorCode: 'AccessDenied',
    errorMessage: `arn:aws:kms:eu-central-1:111122223333:key/${KEY}`,
    userIdentity: { arn: `${CALLER}/s`, sessionContext: { sessionIssuer: { arn: CALLER } } },
  });
  return { cancelled, evidence, call };
}

test('a refused call after its deletion was scheduled cancels it', async () => {
  const { cancelled, call } = setUp();
  await call('one', '2026-11-01T03:50:00Z');
  expect(cancelled).toEqual([KEY]);
});

test('a call of the same caller in the same hour, before the deletion was scheduled, hides no later one', async () => {
  const { cancelled, call, evidence } = setUp();
  await call('first', '2026-11-01T03:05:00Z');
  expect(cancelled).toEqual([]);
  await call('second', '2026-11-01T03:50:00Z');
  expect(cancelled).toEqual([KEY]);
  // So that the retirement starts over, and does not only soak again.
  expect((await readWatch(KEY, SCHEDULED, evidence)).use?.at).toBe('2026-11-01T03:50:00.000Z');
});

test('a flood of calls of an hour is one note before a deletion is cancelled, and one after it', async () => {
  const { cancelled, call, evidence } = setUp();
  for (let second = 10; second < 60; second++) await call(`before-${second}`, `2026-11-01T03:10:${second}Z`);
  expect(evidence.keys()).toHaveLength(1);
  for (let second = 10; second < 60; second++) await call(`after-${second}`, `2026-11-01T03:50:${second}Z`);
  expect(evidence.keys()).toHaveLength(2);
  expect(cancelled).toEqual([KEY]);
});

test('the notes of an hour belong to the same caller and hour', () => {
  const use: UseEvidence = {
    schema: EVIDENCE_SCHEMA,
    kind: 'use',
    at: '2026-11-01T03:50:00.000Z',
    eventId: 'e',
    operation: 'Decrypt',
    errorCode: 'AccessDenied',
    principal: CALLER,
  };
  const [one, other] = [noteName(use), laterNoteName(use)].map((name) => readNoteName(useEvidenceKey(KEY, use, name)));
  expect([one?.caller, one?.hour]).toEqual([other?.caller, other?.hour]);
  expect(one?.key).not.toBe(other?.key);
});
