import { succeeded, type DemoResult } from '../../../local/demo/demo-result';
import { summarize } from '../../../local/demo/summary';
import type { Certificate } from '../../../src/contract/evidence/certificate';

const EXPECTED = { call: 'kms:Encrypt by role/Orders-ControlRole', expected: true };
const RESULT: DemoResult = {
  records: 10,
  writtenDuringRotation: 5,
  reEncrypted: 5,
  alreadyCurrent: 5,
  writeConflicts: 0,
  quarantined: 0,
  lost: 0,
  reEncryptCallsPerRecord: 1,
  censusCallsPerRecord: 1,
  underOldGeneration: 0,
  throttled: 0,
  workerDecryptCalls: 0,
  oldGenerationState: 'PendingDeletion',
  newGenerationState: 'Enabled',
  aliasMoves: 1,
  passes: 1,
  certificate: { hash: 'f'.repeat(64), census: { startedAt: '2026-11-30T00:00:00Z' } } as Certificate,
  executedStates: { rotation: [], retirement: [] },
  refusedCalls: [EXPECTED],
  missingRefusals: [],
  seconds: 1,
  virtualDays: 129,
};

test('the demo succeeds if policies refused the intended calls only, and lists them', () => {
  expect(succeeded(RESULT)).toBe(true);
  expect(summarize(RESULT)).toContain(`    expected    ${EXPECTED.call}\n`);
});

test.each<[string, Partial<DemoResult>, string]>([
  ['another call is refused', { refusedCalls: [EXPECTED, { call: 's3:GetObject by role/X', expected: false }] }, 'UNEXPECTED  s3:GetObject by role/X'],
  ['an intended call is not refused', { missingRefusals: ['/^kms:Encrypt/'] }, 'MISSING     /^kms:Encrypt/'],
  ['a record is lost', { lost: 1 }, '1  lost'],
])('the demo fails if %s', (_, changed, line) => {
  expect(succeeded({ ...RESULT, ...changed })).toBe(false);
  expect(summarize({ ...RESULT, ...changed })).toContain(line);
  expect(summarize({ ...RESULT, ...changed })).toContain('FAILED');
});
