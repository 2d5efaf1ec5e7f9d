import type { ReEncryptResponse, ReEncryptPermission, ReEncryptRefusal } from '../../../lambda/ports/re-encryption';
import type { StoredRecord } from '../../../lambda/ports/records';
import {
  decideAboutResponse, decideAboutPermissions, decideAboutRecord, decideAboutWrite, MAX_READS, olderGenerationOf, type Pass,
  type ReEncryptCall, type Step,
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
  locator: '{}', blob: BLOB, form: 'binary of 3 bytes', encryptionContext: { kind: 'known', context: CONTEXT }, seen: undefined, ...change,
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
      'underOldGeneration',
    ],
    [
      'another generation is disabled',
      refused('key-not-ready', `DisabledException ${OLDER} is disabled.`),
      'underOldGeneration',
      'underOldGeneration',
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
    const step = decideAboutResponse(refused('key-not-ready', `DisabledException ${CURRENT} is disabled.`), WITHOUT_KEY_ID, aPass());
    expect(step.kind === 'stop' && step.failure.message).toBe(
      `alias/orders, store orders: a record needs a generation that is not usable, got DisabledException ${CURRENT} is disabled.; `
      + 'allowed: state Enabled for each generation under which a record is encrypted; '
      + `enable ${CURRENT} (if needed, first cancel its deletion or import its key material again), then resume the run`);
  });
});

test.each<[string, ReEncryptResponse, ReEncryptCall, string | undefined]>([
  ['an older generation as the source', answered(OLD), WITHOUT_KEY_ID, OLD],
  ['the current generation as the source', answered(CURRENT), WITHOUT_KEY_ID, undefined],
  ['a foreign source', answered(FOREIGN), WITHOUT_KEY_ID, undefined],
  ['an older generation that is disabled', refused('key-not-ready', `DisabledException ${OLD} is disabled.`), WITHOUT_KEY_ID, OLD],
  ['only the recorded key id, which proves nothing', refused('key-not-ready', `DisabledException ${OLD} is disabled.`), WITH_KEY_ID, undefined],
  ['no key', refused('invalid-ciphertext', OLD), WITHOUT_KEY_ID, undefined],
])('the older generation of a record is known from the response of KMS: it names %s', (_, response, call, expected) => {
  expect(olderGenerationOf(response, call, aPass())).toBe(expected);
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

describe('a census of a store that may hold records of other keys proves each of them', () => {
  const skipping = (counted?: readonly string[], mode: PassMode = 'census'): Pass => {
    const pass = aPass(mode);
    return { ...pass, skipsForeignRecords: true, generations: { ...pass.generations, counted } };
  };
  const allowed = new Map([OLDER, OLD, CURRENT].map((arn) => [arn, 'allowed' as ReEncryptPermission]));

  /** The steps after AccessDeniedException without a named key, with the responses that KMS then gives. */
  function stepsAfterDenial(pass: Pass, ...responses: ReEncryptResponse[]): string[] {
    let step = decideAboutPermissions(allowed, WITHOUT_KEY_ID, 'denied', pass);
    const steps = [summarize(step)];
    for (const response of responses) {
      if (step.kind !== 're-encrypt') throw new Error(`no call after ${steps.join(', ')}`);
      step = decideAboutResponse(response, step.call, pass);
      steps.push(summarize(step));
    }
    return steps;
  }

  test('KMS refuses each counted generation as the wrong key', () => {
    const wrong = refused('incorrect-key');
    expect(stepsAfterDenial(skipping(), wrong, wrong)).toEqual([`re-encrypt with ${OLDER}`, `re-encrypt with ${OLD}`, 'foreign']);
    expect(stepsAfterDenial(skipping([OLD]), wrong)).toEqual([`re-encrypt with ${OLD}`, 'foreign']);
  });

  test('a policy denies this encryption context under a generation of the family: the record is not foreign', () => {
    expect(stepsAfterDenial(skipping([OLD]), refused('access-denied'))).toEqual([`re-encrypt with ${OLD}`, 'quarantine foreign-key']);
  });

  test('the record is under that generation after all', () => {
    expect(stepsAfterDenial(skipping([OLD]), answered(OLD))).toEqual([`re-encrypt with ${OLD}`, 'underOldGeneration']);
    expect(stepsAfterDenial(skipping([OLD]), refused('invalid-ciphertext'))).toEqual([`re-encrypt with ${OLD}`, 'quarantine context-or-blob-wrong']);
  });

  test('a generation in soak is disabled: the census that certified it has excluded it', () => {
    const disabled = refused('key-not-ready', `DisabledException ${OLD} is disabled.`);
    expect(stepsAfterDenial(skipping([OLD]), disabled)).toEqual([`re-encrypt with ${OLD}`, 'foreign']);
  });

  test('a pass that writes needs no such proof, because no deletion is based on it', () => {
    expect(stepsAfterDenial(skipping(undefined, 're-encrypt'))).toEqual(['foreign']);
  });

  test('KMS names the foreign key itself', () => {
    expect(summarize(decideAboutResponse(answered(FOREIGN), WITHOUT_KEY_ID, skipping()))).toBe('foreign');
    const disabled = refused('key-not-ready', `DisabledException ${FOREIGN} is disabled.`);
    expect(summarize(decideAboutResponse(disabled, WITHOUT_KEY_ID, skipping()))).toBe('foreign');
  });
});

test('a record that the store refuses to write is quarantined, with the name of the error', () => {
  expect(decideAboutWrite({ refused: 'ValidationException' }, 1)).toEqual({ kind: 'quarantine', reason: 'not-writable', given: 'ValidationException' });
});
