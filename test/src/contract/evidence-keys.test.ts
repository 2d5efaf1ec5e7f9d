import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { certificateText, isCertificateKey, recountKey, type Certificate } from '../../../src/contract/evidence/certificate';
import { deletionEvidenceKey, deletionEvidencePrefix, isDeletionEvidenceKey } from '../../../src/contract/evidence/deletion-evidence';
import {
  certificateKey, certificatePrefix, evidenceKey, evidencePrefix, useEvidenceKey, useEvidencePrefix,
} from '../../../src/contract/evidence/evidence';

const ALIAS = 'alias/orders';
const CERTIFIED = '2026-11-01T00:00:00.000Z';
const RECOUNTED = '2026-12-01T10:20:30.400Z';
const KEYS = {
  certificate: certificateKey(ALIAS, 3, CERTIFIED),
  recount: recountKey(ALIAS, 3, CERTIFIED, RECOUNTED),
  deletion: deletionEvidenceKey(ALIAS, 3, CERTIFIED, RECOUNTED),
};

test('certificate, recount and deletion evidence of a generation are stored side by side', () => {
  expect(KEYS).toEqual({
    certificate: 'certificates/orders/g0003-20261101T000000000Z.json',
    recount: 'certificates/orders/g0003-20261101T000000000Z.recount-20261201T102030400Z.json',
    deletion: 'certificates/orders/g0003-20261101T000000000Z.deletion-20261201T102030400Z.json',
  });
});

test.each(Object.keys(KEYS) as (keyof typeof KEYS)[])('the key of a %s is recognized as one kind only', (kind) => {
  const key = KEYS[kind];
  expect([isCertificateKey(ALIAS, key), isDeletionEvidenceKey(key)]).toEqual([kind === 'certificate', kind === 'deletion']);
  expect(key.startsWith(certificatePrefix(ALIAS))).toBe(true);
  expect(key.startsWith(deletionEvidencePrefix(ALIAS, 3))).toBe(true);
  expect(key.startsWith(deletionEvidencePrefix(ALIAS, 4))).toBe(false);
});

test('a certificate of another family is not a certificate of this one', () => {
  expect(isCertificateKey(ALIAS, certificateKey('alias/orders/eu', 3, CERTIFIED))).toBe(false);
  expect(isCertificateKey(ALIAS, certificateKey('alias/orders2', 3, CERTIFIED))).toBe(false);
});

test('the key of a certificate is recognized for every generation', () => {
  fc.assert(fc.property(fc.nat(), (generation) => {
    expect(isCertificateKey(ALIAS, certificateKey(ALIAS, generation, CERTIFIED))).toBe(true);
  }));
});

test('the evidence of an invocation is stored below the prefix of its pass', () => {
  const place = {
    run: 'arn:aws:states:eu-central-1:111122223333:execution:Rotate:run-1',
    pass: 2,
    storeId: 'orders',
    shard: 7,
    sequence: 1,
  };
  expect(evidenceKey(place, 'counts')).toBe('runs/Rotate/run-1/pass-002/orders/000007/000001.counts.json');
  expect(evidenceKey(place, 'quarantine-ab12')).toBe('runs/Rotate/run-1/pass-002/orders/000007/000001.quarantine-ab12.json');
  expect(evidencePrefix(place)).toBe('runs/Rotate/run-1/pass-002/');
});

test('a use is stored by key, then by day', () => {
  expect(useEvidenceKey('key-1', { at: '2026-12-01T10:20:30Z' }, 'event-1')).toBe('watch/key-1/2026-12-01/event-1.json');
  expect(useEvidencePrefix('key-1')).toBe('watch/key-1/');
});

describe('certificate text', () => {
  const text = (value: object) => certificateText(value as Certificate);

  test('leaves the hash out, sorts members at every depth, and keeps the order of lists', () => {
    expect(text({ schema: 1, hash: 'x', family: 'a', stores: [{ z: 1, a: 2 }, 'b', 'a'], total: { b: 0, a: null } }))
      .toBe('{"family":"a","schema":1,"stores":[{"a":2,"z":1},"b","a"],"total":{"a":null,"b":0}}');
  });

  test('sorts by UTF-16 code units and escapes as JSON does', () => {
    expect(text({ é: 1, z: '"\n', Z: 2 })).toBe('{"Z":2,"z":"\\"\\n","é":1}');
  });

  test('has a hash that other languages compute alike', () => {
    // Expected value: printf '%s' '{"a":1,"b":"x"}' | sha256sum
    expect(
      createHash('sha256')
        .update(text({ b: 'x', a: 1 }))
        .digest('hex'),
    ).toBe('ecf9e98ec0641e23113ff3ce8bdc78d0ddd249886517fd4a7f68cc83d4e65667');
  });

  test('survives JSON: parsing it gives the certificate without its hash', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (members) => {
      const { hash: _hash, ...rest } = members;
      expect(JSON.parse(text(members))).toEqual(JSON.parse(JSON.stringify(rest)));
    }));
  });
});
