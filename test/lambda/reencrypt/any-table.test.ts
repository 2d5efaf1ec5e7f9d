import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { outcomesOf, wholePass } from './whole-pass';
import { openDynamoTable } from '../../../lambda/stores/dynamodb/store';
import { startLocalDynamo, type LocalDynamo } from '../../../local/dynamodb/local-dynamo';
import { FamilyOfKeys, type DataKey } from '../../support/world/family-of-keys';
import { aClientFor, aTable, type Item } from '../stores/dynamodb-table';

const CONTEXT = { tenant: 'north', year: '2026' };
const DESCRIBED = { tenant: { kind: 'attribute', attribute: 'tenant' }, year: { kind: 'attribute', attribute: 'year' } } as const;

let dynamo: LocalDynamo;
let client: DynamoDBClient;
let family: FamilyOfKeys;
let dataKeys: DataKey[];
let foreign: DataKey;

beforeAll(async () => {
  dynamo = await startLocalDynamo();
  client = aClientFor(dynamo.endpoint);
  family = await FamilyOfKeys.start(3);
  dataKeys = await Promise.all(family.arns.map((arn) => family.dataKey(arn, CONTEXT)));
  foreign = await family.foreignDataKey(CONTEXT);
});

afterAll(async () => {
  await family.stop();
  client.destroy();
  await dynamo.stop();
});

/** A record in any condition that an application may cause. */
const aRecord = fc.record({
  generation: fc.constantFrom(1, 2, 3),
  condition: fc.constantFrom(
    'good',
    'good',
    'good',
    'without data key',
    'foreign',
    'damaged',
    'another context',
    'no context',
    'no base64',
  ),
  form: fc.constantFrom('bytes', 'base64'),
  recordedKeyId: fc.constantFrom('none', 'alias/orders', 'arn 1', 'arn 2', 'arn 3', 'id 1', 'id 2', 'id 3', 'another key'),
});
type AnyRecord = typeof aRecord extends fc.Arbitrary<infer T> ? T : never;

const ARN_OR_ID = /^(arn|id) ([123])$/;

function toItem({ generation, condition, form, recordedKeyId }: AnyRecord, n: number): Item {
  const [, kind, number] = ARN_OR_ID.exec(recordedKeyId) ?? [];
  const arn = number === undefined ? recordedKeyId : family.arn(Number(number));
  const keyId = kind === 'id' ? arn.split('/')[1] as string : arn;
  const blob = Buffer.from(condition === 'foreign' ? foreign.blob : (dataKeys[generation - 1] as DataKey).blob);
  if (condition === 'damaged') blob.writeUInt8(255 - blob.readUInt8(blob.length - 1), blob.length - 1);
  const text = blob.toString('base64');
  return {
    id: { S: `${n}` },
    year: { N: '2026' },
    ...(condition === 'no context' ? {} : { tenant: { S: condition === 'another context' ? 'south' : 'north' } }),
    ...(recordedKeyId === 'none' ? {} : { kmsKeyId: { S: keyId } }),
    ...(condition === 'without data key'
      ? {}
      : { dataKey: condition === 'no base64' ? { S: `${text}!` } : form === 'bytes' ? { B: blob } : { S: text } }),
  };
}

/** A re-encryption trusts a recorded key id of the current generation. If it is wrong, a census finds the record. */
const isTrusted = ({ recordedKeyId }: AnyRecord) => recordedKeyId.endsWith(' 3');

test('a record in any condition is counted once, and a good one decrypts to its plaintext under the current generation', async () => {
  const aPageSize = fc.integer({ min: 1, max: 5 });
  const someShards = fc.integer({ min: 1, max: 3 });
  await fc.assert(fc.asyncProperty(fc.array(aRecord, { maxLength: 12 }), someShards, aPageSize, async (records, shards, pageSize) => {
    const table = await aTable(client);
    if (records.length > 0) await table.put(...records.map(toItem));
    const store = await openDynamoTable(
      client,
      table.described({ shards, keyIdAttribute: 'kmsKeyId', encryptionContext: DESCRIBED }),
      pageSize,
    );
    const passes = { kms: family.port, store, generations: family.generations, limits: { concurrency: 3, pages: 2 } };

    const counts = await wholePass(passes);
    const census = await wholePass({ ...passes, mode: 'census', pass: 2 });

    for (const each of [counts, census]) expect([each.scanned, outcomesOf(each)]).toEqual([records.length, records.length]);
    const good = records.filter(({ condition }) => condition === 'good');
    const hidden = good.filter((record) => record.generation < 3 && isTrusted(record));
    expect(counts.reEncrypted).toBe(good.filter((record) => record.generation < 3 && !isTrusted(record)).length);
    expect([census.underOldGeneration, census.alreadyCurrent]).toEqual([hidden.length, good.length - hidden.length]);
    expect(census.quarantined).toBe(records.filter(({ condition }) => condition !== 'good' && condition !== 'without data key').length);
    for (const [n, record] of records.entries()) {
      if (record.condition !== 'good') continue;
      const { dataKey } = await table.get({ id: { S: `${n}` } }) as Item;
      const blob = record.form === 'bytes' ? dataKey?.B : Buffer.from(dataKey?.S as string, 'base64');
      const keyArn = hidden.includes(record) ? family.arn(record.generation) : family.arn(3);
      expect(await family.open(blob as Uint8Array, CONTEXT)).toEqual({
        keyArn,
        plaintextHash: dataKeys[record.generation - 1]?.plaintextHash,
      });
    }
  }), { numRuns: 30 });
});
