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

/** A record in any condition an application may leave it in. */
const aRecord = fc.record({
  generation: fc.constantFrom(1, 2, 3),
  condition: fc.constantFrom('good', 'good', 'good', 'without data key', 'foreign', 'damaged', 'another context', 'no context', 'no base64'),
  form: fc.constantFrom('bytes', 'base64'),
  note: fc.constantFrom('nothing', 'alias/orders', 'arn 1', 'arn 2', 'arn 3', 'id 1', 'id 2', 'id 3', 'somebody else'),
});
type AnyRecord = typeof aRecord extends fc.Arbitrary<infer T> ? T : never;

const NOTE = /^(arn|id) ([123])$/;

function toItem({ generation, condition, form, note }: AnyRecord, n: number): Item {
  const [, kind, noted] = NOTE.exec(note) ?? [];
  const keyId = noted === undefined ? note : kind === 'arn' ? family.arn(Number(noted)) : family.arn(Number(noted)).split('/')[1] as string;
  const blob = Buffer.from(condition === 'foreign' ? foreign.blob : (dataKeys[generation - 1] as DataKey).blob);
  if (condition === 'damaged') blob.writeUInt8(255 - blob.readUInt8(blob.length - 1), blob.length - 1);
  const text = blob.toString('base64');
  return {
    id: { S: `${n}` },
    year: { N: '2026' },
    ...(condition === 'no context' ? {} : { tenant: { S: condition === 'another context' ? 'south' : 'north' } }),
    ...(note === 'nothing' ? {} : { kmsKeyId: { S: keyId } }),
    ...(condition === 'without data key' ? {} : { dataKey: condition === 'no base64' ? { S: `${text}!` } : form === 'bytes' ? { B: blob } : { S: text } }),
  };
}

/** A pass believes a note that names the current generation; whether it lies, a census finds out. */
const isBelieved = ({ note }: AnyRecord) => note.endsWith(' 3');

test('any table in any condition: each record is counted once, and each good one opens to its plaintext under the current generation', async () => {
  const aPageSize = fc.integer({ min: 1, max: 5 });
  const someShards = fc.integer({ min: 1, max: 3 });
  await fc.assert(fc.asyncProperty(fc.array(aRecord, { maxLength: 12 }), someShards, aPageSize, async (records, shards, pageSize) => {
    const table = await aTable(client);
    if (records.length > 0) await table.put(...records.map(toItem));
    const store = await openDynamoTable(client, table.described({ shards, keyIdAttribute: 'kmsKeyId', encryptionContext: DESCRIBED }), pageSize);
    const passes = { kms: family.port, store, generations: family.generations, limits: { concurrency: 3, pages: 2 } };

    const counts = await wholePass(passes);
    const census = await wholePass({ ...passes, mode: 'census', pass: 2 });

    for (const each of [counts, census]) expect([each.scanned, outcomesOf(each)]).toEqual([records.length, records.length]);
    const good = records.filter(({ condition }) => condition === 'good');
    const hidden = good.filter((record) => record.generation < 3 && isBelieved(record));
    expect(counts.reEncrypted).toBe(good.filter((record) => record.generation < 3 && !isBelieved(record)).length);
    expect([census.underOldGeneration, census.alreadyCurrent]).toEqual([hidden.length, good.length - hidden.length]);
    expect(census.quarantined).toBe(records.filter(({ condition }) => condition !== 'good' && condition !== 'without data key').length);
    for (const [n, record] of records.entries()) {
      if (record.condition !== 'good') continue;
      const { dataKey } = await table.get({ id: { S: `${n}` } }) as Item;
      const blob = record.form === 'bytes' ? dataKey?.B : Buffer.from(dataKey?.S as string, 'base64');
      const keyArn = hidden.includes(record) ? family.arn(record.generation) : family.arn(3);
      expect(await family.open(blob as Uint8Array, CONTEXT)).toEqual({ keyArn, plaintextHash: dataKeys[record.generation - 1]?.plaintextHash });
    }
  }), { numRuns: 30 });
});
