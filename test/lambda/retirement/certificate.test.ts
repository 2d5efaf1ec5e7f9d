import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { schemaViolations, type JsonSchema } from './json-schema';
import { verifyCertificate } from '../../../lambda/retirement/evidence/hash-certificate';
import { LIMITATIONS, certificateText, isCertificateKey, recountKey, type Certificate } from '../../../src/contract/evidence/certificate';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { NO_RECORDS } from '../../../src/contract/runs/reencryption';
import { ALIAS, DAY, RetirementWorld } from '../../support/world/retirement-world';

const SCHEMA = JSON.parse(readFileSync(join(__dirname, '../../../docs/certificate.schema.json'), 'utf8')) as JsonSchema;

/** Certified, found again, emptied again, certified again: the certificates that the family has got, in that order. */
async function certifyTwice(): Promise<{ certificates: Certificate[]; oldArn: string; currentArn: string }> {
  const world = await RetirementWorld.open();
  try {
    for (let time = 0; time < 2; time++) {
      world.advance(DAY);
      await world.run({ withoutDataKey: 3, alreadyCurrent: 7 });
      world.advance(1000);
      await world.tag({ [GenerationTag.EMPTIED_SINCE]: world.now.toISOString() });
    }
    const keys = world.evidence.keys().filter((key) => isCertificateKey(ALIAS, key));
    const certificates = await Promise.all(keys.map(async (key) => await world.evidence.read<Certificate>(key) as Certificate));
    return { certificates, oldArn: world.oldArn, currentArn: world.currentArn };
  } finally {
    await world.close();
  }
}

let certificates: Certificate[];
let first: Certificate;
let arns: { oldArn: string; currentArn: string };

beforeAll(async () => {
  ({ certificates, ...arns } = await certifyTwice());
  first = certificates[0] as Certificate;
});

test('it says what was counted, when, for whom, and what cannot be seen', () => {
  const everything = { ...NO_RECORDS, scanned: 20, withoutDataKey: 3, alreadyCurrent: 17, answeredCalls: 20 };
  expect(first).toEqual({
    schema: 1,
    family: 'alias/orders',
    owner: 'Shop/Orders',
    generation: 1,
    keyArn: arns.oldArn,
    currentGeneration: 2,
    currentKeyArn: arns.currentArn,
    run: 'arn:aws:states:eu-central-1:111122223333:execution:orders-retirement:run-1',
    pass: 1,
    fencedSince: '2026-01-01T12:00:00.000Z',
    emptiedSince: '2026-01-01T12:00:00.000Z',
    census: { startedAt: '2026-01-02T12:00:00.000Z', endedAt: '2026-01-02T12:00:00.000Z', firstRequestId: 'first-0', lastRequestId: 'last-1' },
    stores: [{ storeId: 'orders', tableName: 'orders-table', dataKeyAttribute: 'dataKey', counts: everything }],
    total: everything,
    quarantined: 0,
    declared: {
      propagationDelaySeconds: 300, dataKeyMaxAgeSeconds: 3600, observationDays: 7, soakDays: 7, backupRetentionDays: 30, pendingWindowDays: 10,
    },
    limitations: LIMITATIONS,
    issuedAt: '2026-01-02T12:00:00.000Z',
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('it keeps to its published schema', () => {
  expect(certificates.flatMap((certificate) => schemaViolations(SCHEMA, certificate))).toEqual([]);
});

test.each<[string, (certificate: Certificate) => object, RegExp]>([
  ['another version', (certificate) => ({ ...certificate, schema: 2 }), /^\$.schema: is 1$/],
  ['a record left', (certificate) => ({ ...certificate, total: { ...certificate.total, underOldGeneration: 1 } }), /^\$.total.underOldGeneration: is 0$/],
  ['records set aside', (certificate) => ({ ...certificate, quarantined: 1 }), /^\$.quarantined: is 0$/],
  ['no stores', (certificate) => ({ ...certificate, stores: [] }), /^\$.stores: has at least 1 items$/],
  ['another member', (certificate) => ({ ...certificate, locator: 'x' }), /^\$: has no locator$/],
  ['a member less', (certificate) => ({ ...certificate, owner: undefined }), /owner/],
  ['another kind of time', (certificate) => ({ ...certificate, issuedAt: 'yesterday' }), /^\$.issuedAt: matches/],
])('the schema refuses %s', (_, change, violation) => {
  expect(schemaViolations(SCHEMA, change(first))).toEqual([expect.stringMatching(violation)]);
});

test('certificates of a family hang together', () => {
  expect(certificates).toHaveLength(2);
  expect(certificates.map(({ previousHash }) => previousHash)).toEqual([undefined, first.hash]);
  expect(new Set(certificates.map(({ hash }) => hash)).size).toBe(2);
});

describe('the hash', () => {
  test('is right as issued, in whatever order the members come', () => {
    expect(certificates.map(verifyCertificate)).toEqual([true, true]);
    const reversed = Object.fromEntries(Object.entries(first).reverse()) as unknown as Certificate;
    expect(verifyCertificate(reversed)).toBe(true);
  });

  test('is wrong when any value in it was changed, however deep', () => {
    const places = placesIn(first);
    expect(places.length).toBeGreaterThan(50);
    fc.assert(fc.property(fc.constantFrom(...places), fc.oneof(fc.string(), fc.integer(), fc.constant(null)), (path, value) => {
      const changed = structuredClone(first);
      const holder = path.slice(0, -1).reduce((node: any, name) => node[name], changed);
      fc.pre(holder[path.at(-1) as string] !== value);
      holder[path.at(-1) as string] = value;
      expect(verifyCertificate(changed)).toBe(false);
    }));
  });

  test('is wrong when a member was taken away or added', () => {
    for (const name of Object.keys(first)) {
      const { [name as keyof Certificate]: _, ...rest } = first;
      expect(verifyCertificate(rest as Certificate)).toBe(false);
    }
    expect(verifyCertificate({ ...first, previousHash: first.hash })).toBe(false);
  });

  test('is of a text that anybody can write down', () => {
    const text = certificateText({ ...first, limitations: ['a "word"'] });
    expect(text).toMatch(/^{"census":{"endedAt":"[^"]+","firstRequestId":"first-0","lastRequestId":"last-1","startedAt":"/);
    expect(text).toContain('"limitations":["a \\"word\\""]');
    expect(text).not.toContain('"hash"');
    expect(JSON.parse(text)).toMatchObject({ family: 'alias/orders' });
  });
});

test('a certificate is told from what is kept beside it, and from those of another family', () => {
  const key = 'certificates/orders/g0001-20260102T120000000Z.json';
  expect(isCertificateKey(ALIAS, key)).toBe(true);
  const recount = recountKey(ALIAS, 1, '2026-01-02T12:00:00.000Z', '2026-02-01T12:00:00.000Z');
  expect(recount).toBe('certificates/orders/g0001-20260102T120000000Z.recount-20260201T120000000Z.json');
  expect(isCertificateKey(ALIAS, recount)).toBe(false);
  expect(isCertificateKey(ALIAS, 'certificates/orders/archive/g0001-20260102T120000000Z.json')).toBe(false);
});

/** The way to every value that is no object, but for the hash itself. */
function placesIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, member]) => placesIn(member, [...path, name]));
}
