import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { schemaViolations, type JsonSchema } from './json-schema';
import { verifyCertificate } from '../../../lambda/retirement/evidence/hash-certificate';
import { LIMITATIONS, certificateText, isCertificateKey, recountKey, type Certificate } from '../../../src/contract/evidence/certificate';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { NO_RECORDS } from '../../../src/contract/runs/reencryption';
import { STORE } from '../../support/world/a-retiring-generation';
import { ALIAS, DAY, RetirementWorld } from '../../support/world/retirement-world';

const SCHEMA = JSON.parse(readFileSync(join(__dirname, '../../../docs/certificate.schema.json'), 'utf8')) as JsonSchema;

/** Certifies a generation, empties it again, and certifies it again. Returns the certificates in that order. */
async function certifyTwice(
  changes: Partial<FamilyDescription> = {},
): Promise<{ certificates: Certificate[]; oldArn: string; currentArn: string }> {
  const world = await RetirementWorld.open(changes);
  try {
    for (let count = 0; count < 2; count++) {
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

test('a certificate contains what was counted, when, for which owner, and what a census cannot count', () => {
  const everything = { ...NO_RECORDS, scanned: 20, withoutDataKey: 3, alreadyCurrent: 17, answeredCalls: 20 };
  expect(first).toEqual({
    schema: 1,
    family: 'alias/orders',
    owner: 'Shop/Orders',
    generation: 1,
    keyArn: arns.oldArn,
    currentGeneration: 2,
    currentKeyArn: arns.currentArn,
    run: 'arn:aws:states:eu-central-1:111122223333:execution:orders-retirement:run-1@20260102T120000000Z',
    pass: 1,
    fencedSince: '2026-01-01T12:00:00.000Z',
    emptiedSince: '2026-01-01T12:00:00.000Z',
    consumerWatch: 'unknown',
    census: {
      startedAt: '2026-01-02T12:00:00.000Z', endedAt: '2026-01-02T12:00:00.000Z', firstRequestId: 'first-0', lastRequestId: 'last-1',
    },
    stores: [{
      storeId: 'orders',
      tableName: 'orders-table',
      tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-table',
      tableId: 'table-1',
      dataKeyAttribute: 'dataKey',
      counts: everything,
    }],
    total: everything,
    quarantined: 0,
    declared: {
      propagationDelaySeconds: 300,
      dataKeyMaxAgeSeconds: 3600,
      observationDays: 7,
      soakDays: 7,
      backupRetentionDays: 30,
      pendingWindowDays: 10,
    },
    limitations: LIMITATIONS,
    issuedAt: '2026-01-02T12:00:00.000Z',
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('a certificate conforms to its published schema', () => {
  expect(certificates.flatMap((certificate) => schemaViolations(SCHEMA, certificate))).toEqual([]);
});

test('a certificate names the stores that the owner had released, whose records were not counted', async () => {
  const releasedStores = [{ tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/former', dataKeyAttribute: 'dataKey' }];
  const [certificate] = (await certifyTwice({ releasedStores })).certificates;
  expect(certificate?.releasedStores).toEqual(releasedStores);
  expect(schemaViolations(SCHEMA, certificate)).toEqual([]);
});

test('a certificate says that a table was declared to hold records of other keys', async () => {
  const [certificate] = (await certifyTwice({ stores: [{ ...STORE, foreignRecords: 'skip' }] })).certificates;
  expect(certificate?.stores.map(({ foreignRecords }) => foreignRecords)).toEqual(['skip']);
  expect(schemaViolations(SCHEMA, certificate)).toEqual([]);
});

test.each<[string, (certificate: Certificate) => object, RegExp]>([
  ['another version', (certificate) => ({ ...certificate, schema: 2 }), /^\$.schema: is 1$/],
  ['a record under the generation', (certificate) => ({ ...certificate, total: { ...certificate.total, underOldGeneration: 1 } }),
    /^\$.total.underOldGeneration: is 0$/],
  ['quarantined records', (certificate) => ({ ...certificate, quarantined: 1 }), /^\$.quarantined: is 0$/],
  ['no stores', (certificate) => ({ ...certificate, stores: [] }), /^\$.stores: has at least 1 items$/],
  ['an unknown member', (certificate) => ({ ...certificate, locator: 'x' }), /^\$: has no locator$/],
  ['a missing member', (certificate) => ({ ...certificate, owner: undefined }), /owner/],
  ['a time that is not ISO 8601', (certificate) => ({ ...certificate, issuedAt: 'yesterday' }), /^\$.issuedAt: matches/],
])('the schema rejects %s', (_, change, violation) => {
  expect(schemaViolations(SCHEMA, change(first))).toEqual([expect.stringMatching(violation)]);
});

test('each certificate of a family contains the hash of the previous one', () => {
  expect(certificates).toHaveLength(2);
  expect(certificates.map(({ previousHash }) => previousHash)).toEqual([undefined, first.hash]);
  expect(new Set(certificates.map(({ hash }) => hash)).size).toBe(2);
});

describe('the hash of a certificate', () => {
  test('is valid as issued, in any order of the members', () => {
    expect(certificates.map(verifyCertificate)).toEqual([true, true]);
    const reversed = Object.fromEntries(Object.entries(first).reverse()) as unknown as Certificate;
    expect(verifyCertificate(reversed)).toBe(true);
  });

  test('is invalid after a change of any value at any depth', () => {
    const paths = pathsIn(first);
    expect(paths.length).toBeGreaterThan(50);
    fc.assert(fc.property(fc.constantFrom(...paths), fc.oneof(fc.string(), fc.integer(), fc.constant(null)), (path, value) => {
      const changed = structuredClone(first);
      const parent = path.slice(0, -1).reduce((node: any, name) => node[name], changed);
      fc.pre(parent[path.at(-1) as string] !== value);
      parent[path.at(-1) as string] = value;
      expect(verifyCertificate(changed)).toBe(false);
    }));
  });

  test('is invalid after a member is removed or added', () => {
    for (const name of Object.keys(first)) {
      const { [name as keyof Certificate]: _, ...rest } = first;
      expect(verifyCertificate(rest as Certificate)).toBe(false);
    }
    expect(verifyCertificate({ ...first, previousHash: first.hash })).toBe(false);
  });

  test('is computed from a canonical text that can be reproduced without this code', () => {
    const text = certificateText({ ...first, limitations: ['a "word"'] });
    expect(text).toMatch(/^{"census":{"endedAt":"[^"]+","firstRequestId":"first-0","lastRequestId":"last-1","startedAt":"/);
    expect(text).toContain('"limitations":["a \\"word\\""]');
    expect(text).not.toContain('"hash"');
    expect(JSON.parse(text)).toMatchObject({ family: 'alias/orders' });
  });
});

test('the object key of a certificate differs from those of the evidence beside it and of another family', () => {
  const key = 'certificates/orders/g0001-20260102T120000000Z.json';
  expect(isCertificateKey(ALIAS, key)).toBe(true);
  const recount = recountKey(ALIAS, 1, '2026-01-02T12:00:00.000Z', '2026-02-01T12:00:00.000Z');
  expect(recount).toBe('certificates/orders/g0001-20260102T120000000Z.recount-20260201T120000000Z.json');
  expect(isCertificateKey(ALIAS, recount)).toBe(false);
  expect(isCertificateKey(ALIAS, 'certificates/orders/archive/g0001-20260102T120000000Z.json')).toBe(false);
});

/** The paths of all values that are not objects. */
function pathsIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, member]) => pathsIn(member, [...path, name]));
}
