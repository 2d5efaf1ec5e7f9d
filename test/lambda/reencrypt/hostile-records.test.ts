import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { wholePass } from './whole-pass';
import type { ReEncryptResponse, ReEncryptionPort } from '../../../lambda/ports/re-encryption';
import type { RecordStorePort } from '../../../lambda/ports/records';
import { MAX_READS } from '../../../lambda/reencrypt/record/decide-record';
import { openDynamoTable } from '../../../lambda/stores/dynamodb/store';
import { startLocalDynamo, type LocalDynamo } from '../../../local/dynamodb/local-dynamo';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import type { ShardEvidence } from '../../../src/contract/evidence/evidence';
import { FamilyOfKeys, type DataKey } from '../../support/world/family-of-keys';
import { aClientFor, aTable, type Item, type Table } from '../stores/dynamodb-table';

let dynamo: LocalDynamo;
let client: DynamoDBClient;
let family: FamilyOfKeys;
let table: Table;

beforeAll(async () => {
  dynamo = await startLocalDynamo();
  client = aClientFor(dynamo.endpoint);
});

beforeEach(async () => {
  family = await FamilyOfKeys.start(3);
  table = await aTable(client);
});

afterEach(() => family.stop());

afterAll(async () => {
  client.destroy();
  await dynamo.stop();
});

const NORTH = { tenant: 'north' };
const OLD = 1;
const CURRENT = 3;

const anOrder = (id: string, dataKey: AttributeValue, tenant = 'north'): Item => ({ id: { S: id }, tenant: { S: tenant }, dataKey });
const inBytes = ({ blob }: DataKey): AttributeValue => ({ B: blob });
const newDataKey = (generation: number, context: { [name: string]: string } = NORTH) => family.dataKey(family.arn(generation), context);
const theStore = () =>
  openDynamoTable(client, table.described({ encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenant' } } }));
const theItem = async (id: string) => table.get({ id: { S: id } });

async function decrypted(id: string): Promise<{ generation: number; plaintextHash: string }> {
  const { keyArn, plaintextHash } = await family.open((await theItem(id))?.dataKey?.B as Uint8Array, NORTH);
  return { generation: family.arns.indexOf(keyArn) + 1, plaintextHash };
}

/** The store, with an application that acts before each write of the worker. */
function withApplication(store: RecordStorePort, act: (write: number) => Promise<void>): RecordStorePort {
  let writes = 0;
  return Object.assign(Object.create(store) as RecordStorePort, {
    replaceIfUnchanged: async (...replacement: Parameters<RecordStorePort['replaceIfUnchanged']>) => {
      await act(++writes);
      return store.replaceIfUnchanged(...replacement);
    },
  });
}

describe('a concurrent application loses no data', () => {
  test('its new data key is kept, and counted under the current generation', async () => {
    const [old, own] = [await newDataKey(OLD), await newDataKey(CURRENT)];
    await table.put(anOrder('a', inBytes(old)));
    const store = withApplication(await theStore(), () => table.put(anOrder('a', inBytes(own))));
    const counts = await wholePass({ kms: family.port, store, generations: family.generations });
    expect(counts).toMatchObject({ scanned: 1, alreadyCurrent: 1, reEncrypted: 0, writeConflicts: 1 });
    expect(await decrypted('a')).toEqual({ generation: CURRENT, plaintextHash: own.plaintextHash });
  });

  test('a data key from its cache is kept, and re-encrypted', async () => {
    const [old, cached] = [await newDataKey(OLD), await newDataKey(OLD)];
    await table.put(anOrder('a', inBytes(old)));
    const store = withApplication(await theStore(), async (write) => {
      if (write === 1) await table.put(anOrder('a', inBytes(cached)));
    });
    const counts = await wholePass({ kms: family.port, store, generations: family.generations });
    expect(counts).toMatchObject({ scanned: 1, reEncrypted: 1, writeConflicts: 1, answeredCalls: 2 });
    expect(await decrypted('a')).toEqual({ generation: CURRENT, plaintextHash: cached.plaintextHash });
  });

  test('a record that it keeps writing is left to the next pass, and counted under its old generation', async () => {
    const cached = await Promise.all(Array.from({ length: MAX_READS + 1 }, () => newDataKey(OLD)));
    await table.put(anOrder('a', inBytes(cached[0] as DataKey)));
    const store = withApplication(await theStore(), (write) => table.put(anOrder('a', inBytes(cached[write] as DataKey))));
    const counts = await wholePass({ kms: family.port, store, generations: family.generations });
    expect(counts).toMatchObject({ scanned: 1, underOldGeneration: 1, reEncrypted: 0, writeConflicts: MAX_READS - 1 });
    const next = await wholePass({ kms: family.port, store: await theStore(), generations: family.generations, pass: 2 });
    expect(next).toMatchObject({ reEncrypted: 1 });
    expect(await decrypted('a')).toEqual({ generation: CURRENT, plaintextHash: cached[MAX_READS]?.plaintextHash });
  });

  test('an old item that it writes back is found by a census, and re-encrypted by the next pass', async () => {
    const old = await newDataKey(OLD);
    await table.put(anOrder('a', inBytes(old)));
    const read = await theItem('a') as Item;
    const passes = { kms: family.port, store: await theStore(), generations: family.generations };
    await wholePass(passes);
    await table.put(read);
    expect(await wholePass({ ...passes, mode: 'census', pass: 2 })).toMatchObject({ underOldGeneration: 1 });
    expect(await wholePass({ ...passes, pass: 3 })).toMatchObject({ reEncrypted: 1 });
    expect(await wholePass({ ...passes, mode: 'census', pass: 4 })).toMatchObject({ underOldGeneration: 0, alreadyCurrent: 1 });
    expect(await decrypted('a')).toEqual({ generation: CURRENT, plaintextHash: old.plaintextHash });
  });

  test('an item that it deletes is not created again', async () => {
    await table.put(anOrder('a', inBytes(await newDataKey(OLD))));
    const store = withApplication(await theStore(), () => table.delete({ id: { S: 'a' } }));
    expect(await wholePass({ kms: family.port, store, generations: family.generations })).toMatchObject({
      scanned: 1,
      deleted: 1,
      reEncrypted: 0,
    });
    expect(await table.items()).toEqual([]);
  });

  test('a record that it moves to another tenant keeps the data key of that tenant', async () => {
    const [old, own] = [await newDataKey(OLD), await newDataKey(OLD, { tenant: 'south' })];
    await table.put(anOrder('a', inBytes(old)));
    const store = withApplication(await theStore(), async (write) => {
      if (write === 1) await table.put(anOrder('a', inBytes(own), 'south'));
    });
    expect(await wholePass({ kms: family.port, store, generations: family.generations })).toMatchObject({
      reEncrypted: 1,
      writeConflicts: 1,
    });
    const { plaintextHash } = await family.open((await theItem('a'))?.dataKey?.B as Uint8Array, { tenant: 'south' });
    expect(plaintextHash).toBe(own.plaintextHash);
  });
});

describe('a record that cannot be re-encrypted', () => {
  // eslint-disable-next-line no-bitwise
  const damaged = ({ blob }: DataKey) => Buffer.concat([blob.subarray(0, -1), Buffer.from([(blob.at(-1) as number) ^ 1])]);

  test.each<[string, () => Promise<Item>, string, string, string]>([
    [
      'of another account',
      async () => anOrder('bad', inBytes(await family.foreignDataKey(NORTH))),
      'foreign-key',
      'the blob is encrypted under a key that is not a generation of this family, got AccessDeniedException',
      'find the application that writes this record',
    ],
    [
      'of another key that the worker may use',
      async () => anOrder('bad', inBytes(await family.dataKey(await family.aKey(), NORTH))),
      'foreign-key',
      'the blob is encrypted under a key that is not a generation of this family, got arn:aws:kms',
      'find the application that writes this record',
    ],
    [
      'with a damaged blob',
      async () => anOrder('bad', { B: damaged(await newDataKey(OLD)) }),
      'context-or-blob-wrong',
      'KMS refuses the blob with this encryption context, got InvalidCiphertextException',
      'restore a damaged record from a backup',
    ],
    [
      'with the encryption context of another record',
      async () => anOrder('bad', inBytes(await newDataKey(OLD)), 'south'),
      'context-or-blob-wrong',
      'KMS refuses the blob with this encryption context, got InvalidCiphertextException',
      'compare encryptionContext of the store',
    ],
    [
      'without its encryption context',
      async () => ({ id: { S: 'bad' }, dataKey: inBytes(await newDataKey(OLD)) }),
      'context-missing',
      'the encryption context of the record is incomplete, got no usable attribute tenant',
      'restore the attribute',
    ],
    [
      'with truncated base64',
      async () =>
        anOrder('bad', {
          S: Buffer.from((await newDataKey(OLD)).blob)
            .toString('base64')
            .slice(0, -3),
        }),
      'malformed-blob',
      'the data key attribute does not hold a CiphertextBlob of KMS, got text of ',
      'write the record again',
    ],
    [
      'with plain text',
      async () => anOrder('bad', { S: 'no data key at all' }),
      'malformed-blob',
      'the data key attribute does not hold a CiphertextBlob of KMS, got text of ',
      'write the record again',
    ],
    [
      'with arbitrary bytes',
      async () => anOrder('bad', { B: Buffer.alloc(200, 'garbage') }),
      'context-or-blob-wrong',
      'KMS refuses the blob with this encryption context, got InvalidCiphertextException',
      'compare encryptionContext of the store',
    ],
    [
      'with a blob above the maximum length of KMS',
      async () => anOrder('bad', { B: Buffer.alloc(6145) }),
      'malformed-blob',
      'the data key attribute does not hold a CiphertextBlob of KMS, got 6145 bytes',
      'write the record again',
    ],
  ])(
    '%s is quarantined with a reason and left unchanged, and all others are re-encrypted',
    async (_name, makeBad, reason, what, remedy) => {
      const good = await newDataKey(OLD);
      await table.put(await makeBad(), ...['a', 'b', 'c'].map((id) => anOrder(id, inBytes(good))));
      const bad = await theItem('bad');
      const counts = await wholePass({
        kms: family.port,
        store: await theStore(),
        generations: family.generations,
        limits: { concurrency: 2 },
      });
      expect(counts).toMatchObject({ scanned: 4, reEncrypted: 3, quarantined: 1, quarantine: [{ locator: '{"id":{"S":"bad"}}', reason }] });
      const detail = counts.quarantine[0]?.detail;
      expect(detail).toContain(`alias/orders, store orders (table ${table.tableName}, attribute dataKey): ${what}`);
      expect(detail).toContain('; allowed: ');
      expect(detail).toContain(remedy);
      expect(await theItem('bad')).toEqual(bad);
      for (const id of ['a', 'b', 'c']) expect(await decrypted(id)).toEqual({ generation: CURRENT, plaintextHash: good.plaintextHash });
    },
  );

  test('with a recorded key id of an old generation is still found to be foreign', async () => {
    const foreign = await family.foreignDataKey(NORTH);
    await table.put({ ...anOrder('bad', inBytes(foreign)), kmsKeyId: { S: family.arn(OLD) } });
    const described = table.described({
      keyIdAttribute: 'kmsKeyId',
      encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenant' } },
    });
    const counts = await wholePass({ kms: family.port, store: await openDynamoTable(client, described), generations: family.generations });
    expect(counts).toMatchObject({ quarantined: 1, answeredCalls: 2, quarantine: [{ reason: 'foreign-key' }] });
  });
});

describe('a mistake in a policy or in a key state stops the run, and no record is quarantined', () => {
  test.each([
    ['kms:ReEncryptFrom', OLD, (arn: string) => `kms:ReEncryptFrom in the key policy of ${arn}`],
    ['kms:ReEncryptTo', CURRENT, (arn: string) => `kms:ReEncryptFrom and kms:ReEncryptTo in the key policy of ${arn}`],
  ] as const)('%s is not allowed on generation %i', async (action, generation, allow) => {
    const dataKeys = await newDataKey(OLD);
    await table.put(...['a', 'b', 'c', 'd'].map((id) => anOrder(id, inBytes(dataKeys))));
    const before = await table.items();
    family.deny(action, family.arn(generation));
    const evidence = new EvidenceInMemory();
    await expect(wholePass({ kms: family.port, store: await theStore(), generations: family.generations, evidence })).rejects.toMatchObject(
      {
        name: 'AccessDenied',
        message: expect.stringContaining(`allow the worker's role ${allow(family.arn(generation))}, then resume the run`),
      },
    );
    expect(evidence.keys()).toEqual([]);
    expect(await table.items()).toEqual(before);
  });

  test('a record under a disabled generation counts, the others are re-encrypted, and the evidence names the generation', async () => {
    await table.put(anOrder('a', inBytes(await newDataKey(OLD))), anOrder('b', inBytes(await newDataKey(2))));
    await family.disable(family.arn(OLD));
    const evidence = new EvidenceInMemory();
    const counts = await wholePass({ kms: family.port, store: await theStore(), generations: family.generations, evidence });
    expect(counts).toMatchObject({ scanned: 2, underOldGeneration: 1, quarantined: 0 });
    const found = await Promise.all(evidence.keys().map((key) => evidence.read<ShardEvidence>(key)));
    expect(found.flatMap((each) => each?.foundUnder ?? [])).toContain(family.arn(OLD));
  });

  test('a disabled generation that no record needs does not stop the run, even if there is a foreign record', async () => {
    await table.put(anOrder('a', inBytes(await newDataKey(2))), anOrder('bad', inBytes(await family.foreignDataKey(NORTH))));
    await family.disable(family.arn(OLD));
    const counts = await wholePass({ kms: family.port, store: await theStore(), generations: family.generations });
    expect(counts).toMatchObject({ reEncrypted: 1, quarantined: 1, quarantine: [{ reason: 'foreign-key' }] });
  });

  test('a disabled foreign key does not stop the run', async () => {
    const foreign = await family.aKey();
    await table.put(anOrder('bad', inBytes(await family.dataKey(foreign, NORTH))), anOrder('a', inBytes(await newDataKey(OLD))));
    await family.disable(foreign);
    const counts = await wholePass({ kms: family.port, store: await theStore(), generations: family.generations });
    expect(counts).toMatchObject({ reEncrypted: 1, quarantined: 1, quarantine: [{ reason: 'foreign-key' }] });
  });
});

describe('a record that the store refuses to write', () => {
  /** An item of 400 KB, with this number of bytes left. */
  async function fullOrder(id: string, left: number, also: Item = {}): Promise<Item> {
    const order: Item = { ...anOrder(id, inBytes(await newDataKey(OLD))), ...also, document: { S: '' } };
    const size = Object.entries(order).reduce((sum, [name, value]) => sum + name.length + (value.S?.length ?? value.B?.length ?? 0), 0);
    return { ...order, document: { S: 'x'.repeat(400 * 1024 - size - left) } };
  }

  const withKeyIds = () => openDynamoTable(client, table.described({
    encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenant' } }, keyIdAttribute: 'kmsKeyId',
  }));

  const pass = async (store: RecordStorePort) => wholePass({ kms: family.port, store, generations: family.generations });

  test('because there is no room for the key id is written without it', async () => {
    await table.put(await fullOrder('full', 0));
    expect(await pass(await withKeyIds())).toMatchObject({ reEncrypted: 1, quarantined: 0 });
    expect(await theItem('full')).not.toHaveProperty('kmsKeyId');
    expect((await decrypted('full')).generation).toBe(CURRENT);
  });

  test('because there is no room for an ARN where an alias was is written, and keeps the alias', async () => {
    await table.put(await fullOrder('full', 0, { kmsKeyId: { S: 'alias/orders' } }));
    expect(await pass(await withKeyIds())).toMatchObject({ reEncrypted: 1, quarantined: 0 });
    expect((await theItem('full'))?.kmsKeyId).toEqual({ S: 'alias/orders' });
  });

  test.each(['ValidationException', 'ItemCollectionSizeLimitExceededException'])(
    'for any reason of its own is set aside by name, and the rest continues: %s', async (name) => {
      await table.put(...await Promise.all(['a', 'b', 'c', 'd'].map(async (id) => anOrder(id, inBytes(await newDataKey(OLD))))));
      const own = aClientFor(dynamo.endpoint);
      own.middlewareStack.add((next, context) => async (args) => {
        const { Key } = args.input as { Key?: Item };
        if (context.commandName !== 'UpdateItemCommand' || Key?.id?.S !== 'b') return next(args);
        throw Object.assign(new Error('the text of this error quotes the item'), { name, $fault: 'client' });
      }, { step: 'initialize' });
      const counts = await pass(await openDynamoTable(own, table.described({
        encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenant' } }, keyIdAttribute: 'kmsKeyId',
      })));
      own.destroy();
      expect(counts).toMatchObject({ reEncrypted: 3, quarantined: 1, quarantine: [{ locator: '{"id":{"S":"b"}}', reason: 'not-writable' }] });
      expect(counts.quarantine[0]?.detail).toContain(`the store refuses to write this record, got ${name};`);
      expect((await decrypted('b')).generation).toBe(OLD);
    },
  );
});

describe('a store that holds records of several keys', () => {
  const skipping = () => openDynamoTable(client, table.described({
    encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenant' } }, foreignRecords: 'skip',
  }));

  test.each(['re-encrypt', 'census'] as const)('leaves the records of other keys as they are, and counts them: %s', async (mode) => {
    await table.put(
      anOrder('ours', inBytes(await newDataKey(CURRENT))),
      anOrder('of another account', inBytes(await family.foreignDataKey(NORTH))),
      anOrder('of another key here', inBytes(await family.dataKey(await family.aKey(), NORTH))),
    );
    const before = await table.items();
    const counts = await wholePass({ kms: family.port, store: await skipping(), generations: family.generations, mode });
    expect(counts).toMatchObject({ scanned: 3, alreadyCurrent: 1, foreign: 2, quarantined: 0 });
    expect(await table.items()).toEqual(before);
  });

  test('still quarantines a damaged record', async () => {
    await table.put(anOrder('bad', { B: Buffer.alloc(200, 'garbage') }));
    expect(await pass(await skipping())).toMatchObject({ foreign: 0, quarantine: [{ reason: 'context-or-blob-wrong' }] });
  });

  const pass = async (store: RecordStorePort) => wholePass({ kms: family.port, store, generations: family.generations });
});

describe('a store with two ages of encryption contexts', () => {
  const tenant = { kind: 'attribute', attribute: 'tenant' } as const;
  const described = () => openDynamoTable(client, table.described({ encryptionContext: { tenant }, formerEncryptionContexts: [{}] }));

  test('re-encrypts both, and each record keeps its own context', async () => {
    const [old, recent] = [await newDataKey(OLD, {}), await newDataKey(OLD)];
    await table.put(anOrder('old', inBytes(old)), anOrder('recent', inBytes(recent)), { id: { S: 'older' }, dataKey: inBytes(old) });
    const counts = await wholePass({ kms: family.port, store: await described(), generations: family.generations });
    expect(counts).toMatchObject({ reEncrypted: 3, quarantined: 0 });
    for (const id of ['old', 'older']) {
      expect(await family.open((await theItem(id))?.dataKey?.B as Uint8Array)).toMatchObject({ plaintextHash: old.plaintextHash });
    }
    expect((await decrypted('recent')).plaintextHash).toBe(recent.plaintextHash);
  });

  test('quarantines a record that has neither', async () => {
    await table.put(anOrder('a', inBytes(await newDataKey(OLD, { tenant: 'south' }))));
    const counts = await wholePass({ kms: family.port, store: await described(), generations: family.generations });
    expect(counts).toMatchObject({ reEncrypted: 0, quarantine: [{ reason: 'context-or-blob-wrong' }] });
  });
});

describe('an unexpected response of KMS is never written', () => {
  /** KMS behind an endpoint that changes its responses. */
  const changing = (kms: ReEncryptionPort, change: Partial<ReEncryptResponse & { kind: 'answered' }>): ReEncryptionPort => ({
    mayReEncrypt: (...keys) => kms.mayReEncrypt(...keys),
    tryReEncrypt: (request) => kms.tryReEncrypt(request),
    reEncrypt: async (call) => ({ ...await kms.reEncrypt(call), ...change } as ReEncryptResponse),
  });

  test('another source key: the record is quarantined', async () => {
    const dataKey = await newDataKey(OLD);
    await table.put(anOrder('a', inBytes(dataKey)));
    const kms = changing(family.port, { sourceKeyArn: await family.aKey() });
    expect(await wholePass({ kms, store: await theStore(), generations: family.generations })).toMatchObject({
      quarantined: 1,
      reEncrypted: 0,
    });
    expect(await decrypted('a')).toEqual({ generation: OLD, plaintextHash: dataKey.plaintextHash });
  });

  test('another destination key: the run stops', async () => {
    const dataKey = await newDataKey(OLD);
    await table.put(anOrder('a', inBytes(dataKey)));
    const kms = changing(family.port, { destinationKeyArn: await family.aKey() });
    await expect(wholePass({ kms, store: await theStore(), generations: family.generations })).rejects.toMatchObject({
      name: 'VerificationFailed',
    });
    expect(await decrypted('a')).toEqual({ generation: OLD, plaintextHash: dataKey.plaintextHash });
  });
});
