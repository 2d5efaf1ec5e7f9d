import { anOrder, CURRENT, inBytes, OLD, OrdersOfTest, withApplication } from './orders-of-test';
import type { RecordStorePort } from '../../../../lambda/ports/records';
import { MAX_READS } from '../../../../lambda/reencrypt/record/decide-record';
import { openDynamoTable } from '../../../../lambda/stores/dynamodb/store';
import { type DataKey } from '../../../support/world/family-of-keys';
import { aClientFor, type Item } from '../../stores/dynamodb-table';
import { wholePass } from '../whole-pass';

const orders = OrdersOfTest.aroundEach();

describe('a concurrent application loses no data', () => {
  test('its new data key is kept, and counted under the current generation', async () => {
    const [old, own] = [await orders.newDataKey(OLD), await orders.newDataKey(CURRENT)];
    await orders.table.put(anOrder('a', inBytes(old)));
    const store = withApplication(await orders.store(), () => orders.table.put(anOrder('a', inBytes(own))));
    const counts = await orders.pass({ store });
    expect(counts).toMatchObject({ scanned: 1, alreadyCurrent: 1, reEncrypted: 0, writeConflicts: 1 });
    expect(await orders.decrypted('a')).toEqual({ generation: CURRENT, plaintextHash: own.plaintextHash });
  });

  test('a data key from its cache is kept, and re-encrypted', async () => {
    const [old, cached] = [await orders.newDataKey(OLD), await orders.newDataKey(OLD)];
    await orders.table.put(anOrder('a', inBytes(old)));
    const store = withApplication(await orders.store(), async (write) => {
      if (write === 1) await orders.table.put(anOrder('a', inBytes(cached)));
    });
    const counts = await orders.pass({ store });
    expect(counts).toMatchObject({ scanned: 1, reEncrypted: 1, writeConflicts: 1, answeredCalls: 2 });
    expect(await orders.decrypted('a')).toEqual({ generation: CURRENT, plaintextHash: cached.plaintextHash });
  });

  test('a record that it keeps writing is left to the next pass, and counted under its old generation', async () => {
    const cached = await Promise.all(Array.from({ length: MAX_READS + 1 }, () => orders.newDataKey(OLD)));
    await orders.table.put(anOrder('a', inBytes(cached[0] as DataKey)));
    const store = withApplication(await orders.store(), (write) => orders.table.put(anOrder('a', inBytes(cached[write] as DataKey))));
    const counts = await orders.pass({ store });
    expect(counts).toMatchObject({ scanned: 1, underOldGeneration: 1, reEncrypted: 0, writeConflicts: MAX_READS - 1 });
    const next = await orders.pass({ pass: 2 });
    expect(next).toMatchObject({ reEncrypted: 1 });
    expect(await orders.decrypted('a')).toEqual({ generation: CURRENT, plaintextHash: cached[MAX_READS]?.plaintextHash });
  });

  test('an old item that it writes back is found by a census, and re-encrypted by the next pass', async () => {
    const old = await orders.newDataKey(OLD);
    await orders.table.put(anOrder('a', inBytes(old)));
    const read = await orders.item('a') as Item;
    const passes = { kms: orders.family.port, store: await orders.store(), generations: orders.family.generations };
    await wholePass(passes);
    await orders.table.put(read);
    expect(await orders.pass({ ...passes, mode: 'census', pass: 2 })).toMatchObject({ underOldGeneration: 1 });
    expect(await orders.pass({ ...passes, pass: 3 })).toMatchObject({ reEncrypted: 1 });
    expect(await orders.pass({ ...passes, mode: 'census', pass: 4 })).toMatchObject({ underOldGeneration: 0, alreadyCurrent: 1 });
    expect(await orders.decrypted('a')).toEqual({ generation: CURRENT, plaintextHash: old.plaintextHash });
  });

  test('an item that it deletes is not created again', async () => {
    await orders.table.put(anOrder('a', inBytes(await orders.newDataKey(OLD))));
    const store = withApplication(await orders.store(), () => orders.table.delete({ id: { S: 'a' } }));
    expect(await orders.pass({ store })).toMatchObject({
      scanned: 1,
      deleted: 1,
      reEncrypted: 0,
    });
    expect(await orders.table.items()).toEqual([]);
  });

  test('a record that it moves to another tenant keeps the data key of that tenant', async () => {
    const [old, own] = [await orders.newDataKey(OLD), await orders.newDataKey(OLD, { tenant: 'south' })];
    await orders.table.put(anOrder('a', inBytes(old)));
    const store = withApplication(await orders.store(), async (write) => {
      if (write === 1) await orders.table.put(anOrder('a', inBytes(own), 'south'));
    });
    expect(await orders.pass({ store })).toMatchObject({
      reEncrypted: 1,
      writeConflicts: 1,
    });
    const { plaintextHash } = await orders.family.open((await orders.item('a'))?.dataKey?.B as Uint8Array, { tenant: 'south' });
    expect(plaintextHash).toBe(own.plaintextHash);
  });
});

describe('a record that the store refuses to write', () => {
  /** An item of 400 KB, with this number of bytes left. */
  async function fullOrder(id: string, left: number, also: Item = {}): Promise<Item> {
    const order: Item = { ...anOrder(id, inBytes(await orders.newDataKey(OLD))), ...also, document: { S: '' } };
    const size = Object.entries(order).reduce((sum, [name, value]) => sum + name.length + (value.S?.length ?? value.B?.length ?? 0), 0);
    return { ...order, document: { S: 'x'.repeat(400 * 1024 - size - left) } };
  }

  const withKeyIds = () => openDynamoTable(orders.client, orders.table.described({
    encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenant' } }, keyIdAttribute: 'kmsKeyId',
  }));

  const pass = async (store: RecordStorePort) => orders.pass({ store });

  test('because there is no room for the key id is written without it', async () => {
    await orders.table.put(await fullOrder('full', 0));
    expect(await pass(await withKeyIds())).toMatchObject({ reEncrypted: 1, quarantined: 0 });
    expect(await orders.item('full')).not.toHaveProperty('kmsKeyId');
    expect((await orders.decrypted('full')).generation).toBe(CURRENT);
  });

  test('because there is no room for an ARN where an alias was is written, and keeps the alias', async () => {
    await orders.table.put(await fullOrder('full', 0, { kmsKeyId: { S: 'alias/orders' } }));
    expect(await pass(await withKeyIds())).toMatchObject({ reEncrypted: 1, quarantined: 0 });
    expect((await orders.item('full'))?.kmsKeyId).toEqual({ S: 'alias/orders' });
  });

  test.each(['ValidationException', 'ItemCollectionSizeLimitExceededException'])(
    'for any reason of its own is set aside by name, and the rest continues: %s', async (name) => {
      await orders.table.put(...await Promise.all(['a', 'b', 'c', 'd'].map(async (id) => anOrder(id, inBytes(await orders.newDataKey(OLD))))));
      const own = aClientFor(orders.dynamo.endpoint);
      own.middlewareStack.add((next, context) => async (args) => {
        const { Key } = args.input as { Key?: Item };
        if (context.commandName !== 'UpdateItemCommand' || Key?.id?.S !== 'b') return next(args);
        throw Object.assign(new Error('the text of this error quotes the item'), { name, $fault: 'client' });
      }, { step: 'initialize' });
      const counts = await pass(await openDynamoTable(own, orders.table.described({
        encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenant' } }, keyIdAttribute: 'kmsKeyId',
      })));
      own.destroy();
      expect(counts).toMatchObject({ reEncrypted: 3, quarantined: 1, quarantine: [{ locator: '{"id":{"S":"b"}}', reason: 'not-writable' }] });
      expect(counts.quarantine[0]?.detail).toContain(`the store refuses to write this record, got ${name};`);
      expect((await orders.decrypted('b')).generation).toBe(OLD);
    },
  );
});
