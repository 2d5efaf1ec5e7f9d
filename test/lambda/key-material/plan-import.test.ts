import { randomUUID } from 'node:crypto';
import { planImport, type ImportPlan, type MaterialState } from '../../../lambda/key-material/plan-import';
import type { KeyMaterial } from '../../../lambda/ports/key-material';
import type { KeyDescription } from '../../../lambda/ports/keys';
import type { RequestedExpiration } from '../../../src/contract/requests/import-request';

const NOW = new Date('2026-11-01T00:00:00Z');
const IN_100_DAYS = new Date('2027-02-09T00:00:00Z');
const IN_300_DAYS = new Date('2027-08-28T00:00:00Z');
const KEY: KeyDescription = {
  keyId: randomUUID(),
  keyArn: 'key',
  state: 'Enabled',
  origin: 'EXTERNAL',
  keySpec: 'SYMMETRIC_DEFAULT',
  keyUsage: 'ENCRYPT_DECRYPT',
  keyManager: 'CUSTOMER',
  multiRegion: false,
  createdAt: NOW,
};

/** The complete ARN of the declared secret. */
const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders-AbCdEf';

const NEVER: RequestedExpiration = { kind: 'never' };
const AFTER_300_DAYS: RequestedExpiration = { kind: 'after', seconds: 300 * 86400 };
const AT_100_DAYS: RequestedExpiration = { kind: 'at', at: '2027-02-09T00:00:00.000Z' };

/** Key material named after its secret version. */
function material(use: KeyMaterial['use'], version: string, more: Partial<KeyMaterial> = {}): KeyMaterial {
  return { keyMaterialId: `m-${version}`, use, imported: true, description: `secret-version:${version}`, ...more };
}

function plan(
  materials: KeyMaterial[], wanted: { version?: string; expiration?: RequestedExpiration } = {}, state: Partial<MaterialState> = {},
): ImportPlan {
  return planImport({ key: KEY, materials, secretArn: SECRET, refusedAsNew: new Set(), ...state }, {
    keyArn: 'key',
    secret: { secretArn: 'secret', versionId: wanted.version, encoding: 'binary' },
    expiration: wanted.expiration ?? NEVER,
    wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    wrappingKeySpec: 'RSA_4096',
  }, NOW);
}

const current = material('CURRENT', 'v1');
const old = material('NON_CURRENT', 'v0');
const pending = material('PENDING_ROTATION', 'v2');
const missing = { imported: false };

describe('planned actions', () => {
  test.each<[string, KeyMaterial[], { version?: string; expiration?: RequestedExpiration }, string[]]>([
    ['AWSCURRENT is imported into a key without key material', [], {}, ['new AWSCURRENT never']],
    ['a named version is imported into a key without key material', [], { version: 'v1' }, ['new v1 never']],
    ['a first import sets the requested expiry', [], { expiration: AT_100_DAYS }, ['new AWSCURRENT 2027-02-09']],
    ['a key with the requested key material is left unchanged', [current], {}, []],
    ['a key with the named version is left unchanged', [current], { version: 'v1' }, []],
    ['an expiry is added', [current], { expiration: AFTER_300_DAYS }, ['again v1 2027-08-28']],
    ['an expiry is removed', [material('CURRENT', 'v1', { validTo: IN_100_DAYS })], {}, ['again v1 never']],
    [
      'an expiry is changed',
      [material('CURRENT', 'v1', { validTo: IN_100_DAYS })],
      { expiration: AFTER_300_DAYS },
      ['again v1 2027-08-28'],
    ],
    [
      'an expiry that equals the requested one is left unchanged',
      [material('CURRENT', 'v1', { validTo: IN_100_DAYS })],
      { expiration: AT_100_DAYS },
      [],
    ],
    [
      'an expiry that a repeated event would change by ten minutes is left unchanged',
      [material('CURRENT', 'v1', { validTo: new Date(IN_300_DAYS.getTime() - 600_000) })],
      { expiration: AFTER_300_DAYS },
      [],
    ],
    [
      'an expiry that differs by an hour is renewed',
      [material('CURRENT', 'v1', { validTo: new Date(IN_300_DAYS.getTime() - 3_600_000) })],
      { expiration: AFTER_300_DAYS },
      ['again v1 2027-08-28'],
    ],
    ['missing key material is imported again', [material('CURRENT', 'v1', missing)], {}, ['again v1 never']],
    [
      'every missing key material is imported again from its own version',
      [material('NON_CURRENT', 'v0', missing), material('CURRENT', 'v1', missing)],
      {},
      ['again v0 never', 'again v1 never'],
    ],
    ['existing key material is not imported again', [old, material('CURRENT', 'v1', missing)], {}, ['again v1 never']],
    ['missing key material that is pending rotation is not imported again', [current, material('PENDING_ROTATION', 'v2', missing)], {}, []],
    [
      'missing key material without a recorded version is imported again from the named version',
      [material('CURRENT', 'v1', { ...missing, description: 'imported by an operator' })],
      { version: 'v1' },
      ['again v1 never'],
    ],
    ['another version is imported as new key material', [current], { version: 'v2' }, ['new v2 never']],
    [
      'missing key material is imported again before another version is imported',
      [material('CURRENT', 'v1', missing)],
      { version: 'v2' },
      ['again v1 never'],
    ],
    [
      'key material that is pending rotation becomes current if its version is requested',
      [current, pending],
      { version: 'v2' },
      ['rotate'],
    ],
    [
      'key material that is pending rotation gets the requested expiry before it becomes current',
      [material('CURRENT', 'v1', { validTo: IN_100_DAYS }), pending],
      { version: 'v2', expiration: AT_100_DAYS },
      ['again v2 2027-02-09'],
    ],
    ['key material that is pending rotation is left unchanged if its version is not requested', [current, pending], {}, []],
  ])('%s', (_, materials, wanted, expected) => {
    expect(
      plan(materials, wanted).actions.map((action) => {
        if (action.kind === 'rotate') return 'rotate';
        const kind = action.kind === 'import-new' ? 'new' : 'again';
        return `${kind} ${action.versionId ?? 'AWSCURRENT'} ${action.validTo?.toISOString().slice(0, 10) ?? 'never'}`;
      }),
    ).toEqual(expected);
  });

  test('a repeated import names the key material id, so that KMS refuses other key material', () => {
    expect(plan([material('CURRENT', 'v1', missing)]).actions).toEqual([expect.objectContaining({ keyMaterialId: 'm-v1' })]);
  });
});

describe('older key material', () => {
  test('a version that was current before does not become current again', () => {
    expect(plan([old, current], { version: 'v0' })).toEqual({ actions: [], ignoredRollbackTo: 'v0' });
  });

  test('a version that KMS refused as new does not become current', () => {
    expect(plan([current], { version: 'v7' }, { refusedAsNew: new Set(['v7']) })).toEqual({ actions: [], ignoredRollbackTo: 'v7' });
  });
});

describe('refused requests', () => {
  test.each<[string, () => ImportPlan, string, RegExp]>([
    [
      'another version while other key material is pending rotation',
      () => plan([current, pending], { version: 'v3' }),
      'InvalidRequest',
      /m-v2 from secret-version:v2/,
    ],
    [
      'another version for a disabled key',
      () => plan([current], { version: 'v2' }, { key: { ...KEY, state: 'Disabled' } }),
      'InvalidRequest',
      /is disabled/,
    ],
    [
      'missing key material without a recorded version',
      () => plan([material('CURRENT', 'v1', { ...missing, description: undefined })]),
      'InvalidRequest',
      /got no desc/,
    ],
    [
      'a key that generates its own key material',
      () => plan([], {}, { key: { ...KEY, origin: 'AWS_KMS' } }),
      'InvalidRequest',
      /got origin AWS_KMS/,
    ],
    ['a key with another key spec', () => plan([], {}, { key: { ...KEY, keySpec: 'HMAC_256' } }), 'InvalidRequest', /got HMAC_256/],
    [
      'a key that is pending deletion',
      () => plan([], {}, { key: { ...KEY, state: 'PendingDeletion' } }),
      'InvalidRequest',
      /cancel the deletion/,
    ],
    ['a key in state Creating, temporarily', () => plan([], {}, { key: { ...KEY, state: 'Creating' } }), 'KeyNotReady', /got Creating/],
    ['an expiry in the past', () => plan([], { expiration: { kind: 'at', at: NOW.toISOString() } }), 'InvalidRequest', /is in the past/],
    [
      'an expiry too far in the future',
      () => plan([], { expiration: { kind: 'at', at: '2027-11-01T00:00:00.000Z' } }),
      'InvalidRequest',
      /too far in the future/,
    ],
  ])('%s', (_, attempt, name, message) => {
    expect(attempt).toThrow(expect.objectContaining({ name, message: expect.stringMatching(message) }));
  });

  test('an expiry in 365 days is one minute below the limit, because clocks differ', () => {
    const [action] = plan([], { expiration: { kind: 'after', seconds: 365 * 86400 } }).actions;
    expect(action).toMatchObject({ validTo: new Date('2027-10-31T23:59:00Z') });
  });
});
