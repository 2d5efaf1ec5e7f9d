import type { ReEncryptResponse, ReEncryptPermission, ReEncryptRefusal } from '../../../lambda/ports/re-encryption';
import type { StoredRecord } from '../../../lambda/ports/records';
import {
  decideAboutResponse, decideAboutPermissions, decideAboutRecord, decideAboutWrite, MAX_READS, type Pass, type ReEncryptCall, type Step,
} from '../../../lambda/reencrypt/record/decide-record';
import { ErrorName } from '../../../src/contract/error-names';
import type { PassMode } from '../../../src/contract/runs/reencryption';

const OLDER = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-1111-4111-8111-111111111111';
const OLD = 'arn:aws:kms:eu-west-1:111122223333:key/22222222-2222-4222-8222-222222222222';
const CURRENT = 'arn:aws:kms:eu-west-1:111122223333:key/33333333-3333-4333-8333-333333333333';
const FOREIGN = 'arn:aws:kms:eu-west-1:111122223333:key/99999999-9999-4999-8999-999999999999';

const BLOB = new Uint8Array([1, 2, 3]);
const CONTEXT = { tenant: 'north' };
const WITHOUT_KEY_ID: ReEncryptCall = { blob: BLOB, context: CONTEXT };
const WITH_KEY_ID: ReEncryptCall = { ...WITHOUT_KEY_ID, sourceKeyId: OLD };

const aPass = (mode: PassMode = 're-encrypt'): Pass => ({
  mode, where: 'alias/orders, store orders', generations: { current: CURRENT, all: [OLDER, OLD, CURRENT] },
});

const aRecord = (change: Partial<StoredRecord> = {}): StoredRecord => ({
  locator: '{}', blob: BLOB, encryptionContext: { kind: 'known', context: CONTEXT }, seen: undefined, ...change,
});

const answered = (sourceKeyArn: string, destinationKeyArn = CURRENT): ReEncryptResponse =>
  ({ kind: 'answered', blob: new Uint8Array([9]), sourceKeyArn, destinationKeyArn, requestId: 'request' });

const refused = (refusal: ReEncryptRefusal, message = 'no'): ReEncryptResponse => ({
  kind: 'refused',
  refusal,
  message,
  requestId: 'request',
});

/** A step in one or two words. */
function summarize(step: Step): string {
  switch (step.kind) {
    case 're-encrypt': return step.call.sourceKeyId === undefined ? 're-encrypt' : `re-encrypt with ${step.call.sourceKeyId}`;
    case 'finish': return step.outcome;
    case 'quarantine': return `quarantine ${step.reason}`;
    case 'stop': return `stop ${step.failure.name}`;
    default: return step.kind;
  }
}

describe('the first step for a record', () => {
  test.each<[string, Partial<StoredRecord>, string, string, string]>([
    // the record                          re-encrypt                     dry-run                        census
    ['without a data key', { blob: 'absent' }, 'withoutDataKey', 'withoutDataKey', 'withoutDataKey'],
    ['with a malformed blob', { blob: 'malformed' }, 'quarantine malformed-blob', 'quarantine malformed-blob', 'quarantine malformed-blob'],
    [
      'with an empty blob',
      { blob: new Uint8Array() },
      'quarantine malformed-blob',
      'quarantine malformed-blob',
      'quarantine malformed-blob',
    ],
    [
      'with 6145 bytes',
      { blob: new Uint8Array(6145) },
      'quarantine malformed-blob',
      'quarantine malformed-blob',
      'quarantine malformed-blob',
    ],
    ['with 6144 bytes', { blob: new Uint8Array(6144) }, 're-encrypt', 're-encrypt', 're-encrypt'],
    [
      'whose context is missing',
      { encryptionContext: { kind: 'missing', attribute: 'tenantId' } },
      'quarantine context-missing',
      'quarantine context-missing',
      'quarantine context-missing',
    ],
    ['recorded with the current ARN', { recordedKeyId: CURRENT }, 'alreadyCurrent', 'alreadyCurrent', 're-encrypt'],
    [
      'recorded with the current key id',
      { recordedKeyId: '33333333-3333-4333-8333-333333333333' },
      'alreadyCurrent',
      'alreadyCurrent',
      're-encrypt',
    ],
    ['recorded with an old ARN', { recordedKeyId: OLD }, `re-encrypt with ${OLD}`, `re-encrypt with ${OLD}`, 're-encrypt'],
    [
      'recorded with an old key id',
      { recordedKeyId: '11111111-1111-4111-8111-111111111111' },
      `re-encrypt with ${OLDER}`,
      `re-encrypt with ${OLDER}`,
      're-encrypt',
    ],
    ['recorded with the alias', { recordedKeyId: 'alias/orders' }, 're-encrypt', 're-encrypt', 're-encrypt'],
    ['recorded with the alias without its prefix', { recordedKeyId: 'orders' }, 're-encrypt', 're-encrypt', 're-encrypt'],
    ['recorded with a foreign key', { recordedKeyId: FOREIGN }, 're-encrypt', 're-encrypt', 're-encrypt'],
    ['without a recorded key id', {}, 're-encrypt', 're-encrypt', 're-encrypt'],
  ])('a record %s', (_name, change, reEncrypt, dryRun, census) => {
    expect(summarize(decideAboutRecord(aRecord(change), aPass('re-encrypt')))).toBe(reEncrypt);
    expect(summarize(decideAboutRecord(aRecord(change), aPass('dry-run')))).toBe(dryRun);
    expect(summarize(decideAboutRecord(aRecord(change), aPass('census')))).toBe(census);
  });
});

describe('the step after a response of KMS', () => {
  test.each<[string, ReEncryptResponse, string, string]>([
    // the response                                      re-encrypt                  census, dry-run
    ['from an old generation', answered(OLD), 'write', 'underOldGeneration'],
    ['from the oldest generation', answered(OLDER), 'write', 'underOldGeneration'],
    ['from the current generation', answered(CURRENT), 'alreadyCurrent', 'alreadyCurrent'],
    ['from a foreign key', answered(FOREIGN), 'quarantine foreign-key', 'quarantine foreign-key'],
    ['to a foreign key', answered(OLD, FOREIGN), 'stop VerificationFailed', 'stop VerificationFailed'],
    ['to an old generation', answered(OLD, OLDER), 'stop VerificationFailed', 'stop VerificationFailed'],
    ['from and to a foreign key', answered(FOREIGN, FOREIGN), 'stop VerificationFailed', 'stop VerificationFailed'],
  ])('a response %s', (_name, response, reEncrypt, counting) => {
    for (const call of [WITHOUT_KEY_ID, WITH_KEY_ID]) {
      expect(summarize(decideAboutResponse(response, call, aPass('re-encrypt')))).toBe(reEncrypt);
      expect(summarize(decideAboutResponse(response, call, aPass('census')))).toBe(counting);
      expect(summarize(decideAboutResponse(response, call, aPass('dry-run')))).toBe(counting);
    }
  });

  test('the blob that is written is the blob that KMS returned', () => {
    expect(decideAboutResponse(answered(OLD), WITHOUT_KEY_ID, aPass())).toEqual({ kind: 'write', blob: new Uint8Array([9]) });
  });
});

describe('the step after a refusal of KMS', () => {
  test.each<[string, ReEncryptResponse, string, string]>([
    // the refusal, with a recorded key id, without
    ['incorrect key', refused('incorrect-key'), 're-encrypt', 'quarantine foreign-key'],
    ['invalid ciphertext', refused('invalid-ciphertext'), 'quarantine context-or-blob-wrong', 'quarantine context-or-blob-wrong'],
    ['access denied', refused('access-denied'), 'probe-permissions', 'probe-permissions'],
    [
      'the generation of the recorded key id is disabled',
      refused('key-not-ready', `DisabledException ${OLD} is disabled.`),
      're-encrypt',
      'stop KeyNotReady',
    ],
    [
      'another generation is disabled',
      refused('key-not-ready', `DisabledException ${OLDER} is disabled.`),
      'stop KeyNotReady',
      'stop KeyNotReady',
    ],
    [
      'the current generation is disabled',
      refused('key-not-ready', `DisabledException ${CURRENT} is disabled.`),
      'stop KeyNotReady',
      'stop KeyNotReady',
    ],
    [
      'a foreign key is disabled',
      refused('key-not-ready', `DisabledException ${FOREIGN} is disabled.`),
      're-encrypt',
      'quarantine foreign-key',
    ],
    ['an unnamed key is disabled', refused('key-not-ready', 'KMSInvalidStateException'), 'stop KeyNotReady', 'stop KeyNotReady'],
  ])('%s', (_name, response, withKeyId, without) => {
    expect(summarize(decideAboutResponse(response, WITH_KEY_ID, aPass()))).toBe(withKeyId);
    expect(summarize(decideAboutResponse(response, WITHOUT_KEY_ID, aPass()))).toBe(without);
  });

  test('the error for an unusable key names it and the remedy', () => {
    const step = decideAboutResponse(refused('key-not-ready', `DisabledException ${OLD} is disabled.`), WITHOUT_KEY_ID, aPass());
    expect(step.kind === 'stop' && step.failure.message).toBe(
      `alias/orders, store orders: a record needs a generation that is not usable, got DisabledException ${OLD} is disabled.; `
      + 'allowed: state Enabled for each generation under which a record is encrypted; '
      + `enable ${OLD} (if needed, first cancel its deletion or import its key material again), then resume the run`);
  });
});

describe('the step after AccessDeniedException', () => {
  const permissions = (older: ReEncryptPermission, old: ReEncryptPermission, current: ReEncryptPermission) =>
    new Map([[OLDER, older], [OLD, old], [CURRENT, current]]);

  test.each<[string, ReadonlyMap<string, ReEncryptPermission>, string, string]>([
    // permissions for g1, g2, g3, with a recorded key id, without
    [
      'every permission is granted: the record is foreign',
      permissions('allowed', 'allowed', 'allowed'),
      're-encrypt',
      'quarantine foreign-key',
    ],
    [
      'a disabled generation is not a mistake in a policy: the record is foreign',
      permissions('key-not-ready', 'allowed', 'allowed'),
      're-encrypt',
      'quarantine foreign-key',
    ],
    ['one generation is denied: the run stops', permissions('allowed', 'denied', 'allowed'), 'stop AccessDenied', 'stop AccessDenied'],
    [
      'the current generation is denied: the run stops',
      permissions('denied', 'denied', 'denied'),
      'stop AccessDenied',
      'stop AccessDenied',
    ],
  ])('%s', (_name, table, withKeyId, without) => {
    expect(summarize(decideAboutPermissions(table, WITH_KEY_ID, 'denied', aPass()))).toBe(withKeyId);
    expect(summarize(decideAboutPermissions(table, WITHOUT_KEY_ID, 'denied', aPass()))).toBe(without);
  });

  test.each<[string, ReadonlyMap<string, ReEncryptPermission>, string]>([
    ['for an old generation', permissions('allowed', 'denied', 'allowed'), `kms:ReEncryptFrom in the key policy of ${OLD}`],
    [
      'for the current generation',
      permissions('denied', 'denied', 'denied'),
      `kms:ReEncryptFrom and kms:ReEncryptTo in the key policy of ${CURRENT}`,
    ],
  ])('the error names the actions to allow: %s', (_name, table, allow) => {
    const step = decideAboutPermissions(table, WITHOUT_KEY_ID, 'denied', aPass());
    expect(step).toMatchObject({ kind: 'stop', failure: { name: ErrorName.ACCESS_DENIED } });
    expect(step.kind === 'stop' && step.failure.message).toContain(`allow the worker's role ${allow}`);
  });
});

describe('a census of some generations', () => {
  const counting = (mode: PassMode, counted?: string[]): Pass => ({ ...aPass(mode), generations: { ...aPass().generations, counted } });

  test.each<[string, string, string[] | undefined, string]>([
    // source, counted generations, outcome of the record
    ['a counted generation', OLD, [OLD], 'underOldGeneration'],
    ['an old generation that is not counted', OLDER, [OLD], 'underOtherGeneration'],
    ['an old generation, all of which are counted', OLDER, undefined, 'underOldGeneration'],
    ['an old generation, none of which is counted', OLD, [], 'underOtherGeneration'],
    ['the current generation', CURRENT, [OLD], 'alreadyCurrent'],
    ['a foreign key', FOREIGN, [OLD], 'quarantine foreign-key'],
  ])('a record under %s', (_name, source, counted, expected) => {
    expect(summarize(decideAboutResponse(answered(source), WITHOUT_KEY_ID, counting('census', counted)))).toBe(expected);
  });

  test('other modes include every generation', () => {
    expect(summarize(decideAboutResponse(answered(OLDER), WITHOUT_KEY_ID, counting('re-encrypt', [OLD])))).toBe('write');
    expect(summarize(decideAboutResponse(answered(OLDER), WITHOUT_KEY_ID, counting('dry-run', [OLD])))).toBe('underOldGeneration');
  });

  test.each<[string, string, string[] | undefined, string]>([
    ['an old generation', `DisabledException ${OLD} is disabled.`, undefined, 'underOldGeneration'],
    ['a counted generation', `KMSInvalidStateException ${OLD} is pending deletion.`, [OLD], 'underOldGeneration'],
    ['an old generation that is not counted', `KMSInvalidStateException ${OLDER} is pending import.`, [OLD], 'underOtherGeneration'],
    ['the current generation, which every call needs', `DisabledException ${CURRENT} is disabled.`, [OLD], 'stop KeyNotReady'],
    ['a foreign key', `DisabledException ${FOREIGN} is disabled.`, [OLD], 'quarantine foreign-key'],
    ['a key that KMS does not name', 'KMSInvalidStateException', [OLD], 'stop KeyNotReady'],
  ])('the key that is not usable is %s', (_name, message, counted, expected) => {
    expect(summarize(decideAboutResponse(refused('key-not-ready', message), WITHOUT_KEY_ID, counting('census', counted)))).toBe(expected);
  });
});

test.each<['replaced' | 'changed' | 'deleted', number, string]>([
  ['replaced', 1, 'reEncrypted'],
  ['deleted', 1, 'deleted'],
  ['changed', 1, 'read-again'],
  ['changed', MAX_READS - 1, 'read-again'],
  ['changed', MAX_READS, 'underOldGeneration'],
])('a write that finds the record %s after reading it %i times', (outcome, timesRead, expected) => {
  expect(summarize(decideAboutWrite(outcome, timesRead))).toBe(expected);
});
