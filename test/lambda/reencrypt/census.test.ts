import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CONTEXT, expectAllUnder, orders } from './orders';
import { wholePass } from './whole-pass';
import { openDynamoTable } from '../../../lambda/stores/dynamodb/store';
import { startLocalDynamo, type LocalDynamo } from '../../../local/dynamodb/local-dynamo';
import { FamilyOfKeys } from '../../support/world/family-of-keys';
import { aClientFor, aTable } from '../stores/dynamodb-table';

let dynamo: LocalDynamo;
let client: DynamoDBClient;
let family: FamilyOfKeys;

beforeAll(async () => {
  dynamo = await startLocalDynamo();
  client = aClientFor(dynamo.endpoint);
});

beforeEach(async () => {
  family = await FamilyOfKeys.start(3);
});

afterEach(() => family.stop());

afterAll(async () => {
  client.destroy();
  await dynamo.stop();
});

test('a census sends every blob to KMS once, ignores recorded key ids, and writes nothing', async () => {
  const table = await aTable(client, [['id', 'N']]);
  await orders(family, table, 0, 20, 1, () => family.arn(3));
  await orders(family, table, 20, 30, 2, () => family.arn(2));
  await orders(family, table, 30, 50, 3, () => 'alias/orders');
  await table.put({ id: { N: '50' }, tenant: { S: 'no data key' } });
  const store = await openDynamoTable(client, table.described({ shards: 2, keyIdAttribute: 'kmsKeyId', encryptionContext: CONTEXT }), 10);
  const before = await table.items();

  const counts = await wholePass({ kms: family.port, store, generations: family.generations, mode: 'census' });
  expect(counts).toMatchObject({
    scanned: 51,
    withoutDataKey: 1,
    underOldGeneration: 30,
    alreadyCurrent: 20,
    answeredCalls: 50,
    unusableKeyIds: 20,
  });
  expect(family.answered()).toBe(50);
  expect(await table.items()).toEqual(before);
});

test('a census of one generation counts its records, and separately those under other generations', async () => {
  const table = await aTable(client, [['id', 'N']]);
  await orders(family, table, 0, 7, 1);
  await orders(family, table, 7, 10, 2);
  await orders(family, table, 10, 12, 3);
  const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }), 5);
  const census = async (pass: number, counted?: string[]) =>
    wholePass({ kms: family.port, store, generations: { ...family.generations, counted }, mode: 'census', pass });
  expect(await census(1, [family.arn(1)])).toMatchObject({ underOldGeneration: 7, underOtherGeneration: 3, alreadyCurrent: 2 });
  expect(await census(2, [family.arn(2)])).toMatchObject({ underOldGeneration: 3, underOtherGeneration: 7, alreadyCurrent: 2 });
  expect(await census(3)).toMatchObject({ underOldGeneration: 10, underOtherGeneration: 0, alreadyCurrent: 2 });
});

test.each<[string, (arn: string) => Promise<void>]>([
  ['disabled', (arn) => family.disable(arn)],
  ['pending deletion', (arn) => family.scheduleDeletion(arn)],
])(
  'a census counts records under a generation that is %s, and they can be decrypted after it is enabled again',
  async (_name, makeUnusable) => {
    const table = await aTable(client, [['id', 'N']]);
    const dataKeys = await orders(family, table, 0, 6, 1);
    await orders(family, table, 6, 10, 3);
    const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }), 5);
    await makeUnusable(family.arn(1));
    const passes = { kms: family.port, store, generations: family.generations };
    expect(await wholePass({ ...passes, mode: 'census' })).toMatchObject({
      underOldGeneration: 6,
      alreadyCurrent: 4,
      quarantined: 0,
      answeredCalls: 10,
    });
    const elsewhere = { ...family.generations, counted: [family.arn(2)] };
    expect(await wholePass({ ...passes, generations: elsewhere, mode: 'census', pass: 2 })).toMatchObject({
      underOldGeneration: 0,
      underOtherGeneration: 6,
    });
    for (const mode of ['re-encrypt', 're-encrypt-every-blob'] as const) {
      // The evidence names the generation, so that the run makes it usable again.
      expect(await wholePass({ ...passes, mode, pass: mode === 're-encrypt' ? 3 : 4 })).toMatchObject({ reEncrypted: 0, underOldGeneration: 6 });
    }
    await family.enableAgain(family.arn(1));
    await expectAllUnder(family, family.arn(1), table, dataKeys);
  },
);

test('a census fails if the current generation is not usable, because KMS then names no source key', async () => {
  const table = await aTable(client, [['id', 'N']]);
  await orders(family, table, 0, 3, 1);
  const store = await openDynamoTable(client, table.described({ encryptionContext: CONTEXT }));
  await family.disable(family.arn(3));
  await expect(wholePass({ kms: family.port, store, generations: family.generations, mode: 'census' })).rejects.toMatchObject({
    name: 'KeyNotReady', message: expect.stringContaining(`enable ${family.arn(3)} `),
  });
});
