import { randomUUID } from 'node:crypto';
import { planImport, type ImportPlan, type MaterialState } from '../../../lambda/key-material/plan-import';
import type { KeyDescription, KeyMaterial } from '../../../lambda/ports';
import type { RequestedExpiration } from '../../../src/contract/requests/import-request';

const NOW = new Date('2026-11-01T00:00:00Z');
const IN_100_DAYS = new Date('2027-02-09T00:00:00Z');
const IN_300_DAYS = new Date('2027-08-28T00:00:00Z');
const KEY: KeyDescription = {
  keyId: randomUUID(), keyArn: 'key', state: 'Enabled', origin: 'EXTERNAL', keySpec: 'SYMMETRIC_DEFAULT', createdAt: NOW,
};

const NEVER: RequestedExpiration = { kind: 'never' };
const AFTER_300_DAYS: RequestedExpiration = { kind: 'after', seconds: 300 * 86400 };
const AT_100_DAYS: RequestedExpiration = { kind: 'at', at: '2027-02-09T00:00:00.000Z' };

/** A material named after its version. */
function material(use: KeyMaterial['use'], version: string, more: Partial<KeyMaterial> = {}): KeyMaterial {
  return { keyMaterialId: `m-${version}`, use, imported: true, description: `secret-version:${version}`, ...more };
}

function plan(
  materials: KeyMaterial[], ask: { version?: string; expiration?: RequestedExpiration } = {}, state: Partial<MaterialState> = {},
): ImportPlan {
  return planImport({ key: KEY, materials, refusedAsNew: new Set(), ...state }, {
    keyArn: 'key',
    secret: { secretArn: 'secret', versionId: ask.version, encoding: 'binary' },
    expiration: ask.expiration ?? NEVER,
    wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    wrappingKeySpec: 'RSA_4096',
  }, NOW);
}

const current = material('CURRENT', 'v1');
const old = material('NON_CURRENT', 'v0');
const waiting = material('PENDING_ROTATION', 'v2');
const gone = { imported: false };

describe('what is done', () => {
  test.each<[string, KeyMaterial[], { version?: string; expiration?: RequestedExpiration }, string[]]>([
    ['an empty key gets AWSCURRENT', [], {}, ['new AWSCURRENT never']],
    ['an empty key gets the version that was named', [], { version: 'v1' }, ['new v1 never']],
    ['an empty key gets its expiry with it', [], { expiration: AT_100_DAYS }, ['new AWSCURRENT 2027-02-09']],
    ['a key that is right is left alone', [current], {}, []],
    ['a key that is right is left alone when its version is named', [current], { version: 'v1' }, []],
    ['an expiry is added', [current], { expiration: AFTER_300_DAYS }, ['again v1 2027-08-28']],
    ['an expiry is taken away', [material('CURRENT', 'v1', { validTo: IN_100_DAYS })], {}, ['again v1 never']],
    ['an expiry is moved', [material('CURRENT', 'v1', { validTo: IN_100_DAYS })], { expiration: AFTER_300_DAYS }, ['again v1 2027-08-28']],
    ['an expiry that fits is left alone', [material('CURRENT', 'v1', { validTo: IN_100_DAYS })], { expiration: AT_100_DAYS }, []],
    ['an expiry that a replay would move by ten minutes is left alone',
      [material('CURRENT', 'v1', { validTo: new Date(IN_300_DAYS.getTime() - 600_000) })], { expiration: AFTER_300_DAYS }, []],
    ['an expiry that is an hour off is renewed',
      [material('CURRENT', 'v1', { validTo: new Date(IN_300_DAYS.getTime() - 3_600_000) })], { expiration: AFTER_300_DAYS }, ['again v1 2027-08-28']],
    ['material that is gone comes back', [material('CURRENT', 'v1', gone)], {}, ['again v1 never']],
    ['every material that is gone comes back, each from its version',
      [material('NON_CURRENT', 'v0', gone), material('CURRENT', 'v1', gone)], {}, ['again v0 never', 'again v1 never']],
    ['only what is gone comes back', [old, material('CURRENT', 'v1', gone)], {}, ['again v1 never']],
    ['what waits may be gone: nobody needs it', [current, material('PENDING_ROTATION', 'v2', gone)], {}, []],
    ['material without a record comes back from the version that is named',
      [material('CURRENT', 'v1', { ...gone, description: 'imported by hand' })], { version: 'v1' }, ['again v1 never']],
    ['other bytes are imported as new', [current], { version: 'v2' }, ['new v2 never']],
    ['first comes back what is gone, and only then other bytes', [material('CURRENT', 'v1', gone)], { version: 'v2' }, ['again v1 never']],
    ['what waits is made current when it is what is wanted', [current, waiting], { version: 'v2' }, ['rotate']],
    ['what waits gets its expiry before it is made current',
      [material('CURRENT', 'v1', { validTo: IN_100_DAYS }), waiting], { version: 'v2', expiration: AT_100_DAYS }, ['again v2 2027-02-09']],
    ['what waits is left alone when nothing new is wanted', [current, waiting], {}, []],
  ])('%s', (_, materials, ask, expected) => {
    expect(plan(materials, ask).actions.map((action) => {
      if (action.kind === 'rotate') return 'rotate';
      const kind = action.kind === 'import-new' ? 'new' : 'again';
      return `${kind} ${action.versionId ?? 'AWSCURRENT'} ${action.validTo?.toISOString().slice(0, 10) ?? 'never'}`;
    })).toEqual(expected);
  });

  test('what is imported again is named, so that KMS refuses other bytes', () => {
    expect(plan([material('CURRENT', 'v1', gone)]).actions).toEqual([expect.objectContaining({ keyMaterialId: 'm-v1' })]);
  });
});

describe('material only goes forward', () => {
  test('a version that was current before is not made current again', () => {
    expect(plan([old, current], { version: 'v0' })).toEqual({ actions: [], wouldGoBackTo: 'v0' });
  });

  test('neither is a version whose bytes KMS has had before', () => {
    expect(plan([current], { version: 'v7' }, { refusedAsNew: new Set(['v7']) })).toEqual({ actions: [], wouldGoBackTo: 'v7' });
  });
});

describe('what is refused', () => {
  test.each<[string, () => ImportPlan, string, RegExp]>([
    ['other bytes while something else waits', () => plan([current, waiting], { version: 'v3' }), 'InvalidRequest', /m-v2 from secret-version:v2/],
    ['other bytes for a disabled key', () => plan([current], { version: 'v2' }, { key: { ...KEY, state: 'Disabled' } }), 'InvalidRequest', /is disabled/],
    ['material that is gone and has no record', () => plan([material('CURRENT', 'v1', { ...gone, description: undefined })]), 'InvalidRequest', /got no desc/],
    ['a key that makes its material itself', () => plan([], {}, { key: { ...KEY, origin: 'AWS_KMS' } }), 'InvalidRequest', /got origin AWS_KMS/],
    ['a key of another kind', () => plan([], {}, { key: { ...KEY, keySpec: 'HMAC_256' } }), 'InvalidRequest', /got HMAC_256/],
    ['a key that is about to be deleted', () => plan([], {}, { key: { ...KEY, state: 'PendingDeletion' } }), 'InvalidRequest', /cancel its deletion/],
    ['a key that is being made, for a while', () => plan([], {}, { key: { ...KEY, state: 'Creating' } }), 'KeyNotReady', /got Creating/],
    ['an expiry that has passed', () => plan([], { expiration: { kind: 'at', at: NOW.toISOString() } }), 'InvalidRequest', /has passed/],
    ['an expiry too far ahead', () => plan([], { expiration: { kind: 'at', at: '2027-11-01T00:00:00.000Z' } }), 'InvalidRequest', /too far ahead/],
  ])('%s', (_, ask, name, message) => {
    expect(ask).toThrow(expect.objectContaining({ name, message: expect.stringMatching(message) }));
  });

  test('an expiry 365 days ahead keeps a minute of distance to the limit, since clocks differ', () => {
    const [action] = plan([], { expiration: { kind: 'after', seconds: 365 * 86400 } }).actions;
    expect(action).toMatchObject({ validTo: new Date('2027-10-31T23:59:00Z') });
  });
});
