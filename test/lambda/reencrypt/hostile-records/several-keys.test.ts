import { anOrder, CURRENT, inBytes, NORTH, OLD, OrdersOfTest } from './orders-of-test';
import type { RecordStorePort } from '../../../../lambda/ports/records';
import { openDynamoTable } from '../../../../lambda/stores/dynamodb/store';

const orders = OrdersOfTest.aroundEach();

describe('a store that holds records of several keys', () => {
  const skipping = () => openDynamoTable(orders.client, orders.table.described({
    encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenant' } }, foreignRecords: 'skip',
  }));

  test.each(['re-encrypt', 'census'] as const)('leaves the records of other keys as they are, and counts them: %s', async (mode) => {
    await orders.table.put(
      anOrder('ours', inBytes(await orders.newDataKey(CURRENT))),
      anOrder('of another account', inBytes(await orders.family.foreignDataKey(NORTH))),
      anOrder('of another key here', inBytes(await orders.family.dataKey(await orders.family.aKey(), NORTH))),
    );
    const before = await orders.table.items();
    const counts = await orders.pass({ store: await skipping(), mode });
    expect(counts).toMatchObject({ scanned: 3, alreadyCurrent: 1, foreign: 2, quarantined: 0 });
    expect(await orders.table.items()).toEqual(before);
  });

  test('still quarantines a damaged record', async () => {
    await orders.table.put(anOrder('bad', { B: Buffer.alloc(200, 'garbage') }));
    expect(await pass(await skipping())).toMatchObject({ foreign: 0, quarantine: [{ reason: 'context-or-blob-wrong' }] });
  });

  const pass = async (store: RecordStorePort) => orders.pass({ store });
});

describe('a store with two ages of encryption contexts', () => {
  const tenant = { kind: 'attribute', attribute: 'tenant' } as const;
  const described = () => openDynamoTable(orders.client,
    orders.table.described({ encryptionContext: { tenant }, formerEncryptionContexts: [{}] }));

  test('re-encrypts both, and each record keeps its own context', async () => {
    const [old, recent] = [await orders.newDataKey(OLD, {}), await orders.newDataKey(OLD)];
    await orders.table.put(anOrder('old', inBytes(old)), anOrder('recent', inBytes(recent)), { id: { S: 'older' }, dataKey: inBytes(old) });
    const counts = await orders.pass({ store: await described() });
    expect(counts).toMatchObject({ reEncrypted: 3, quarantined: 0 });
    for (const id of ['old', 'older']) {
      const { plaintextHash } = await orders.family.open((await orders.item(id))?.dataKey?.B as Uint8Array);
      expect(plaintextHash).toBe(old.plaintextHash);
    }
    expect((await orders.decrypted('recent')).plaintextHash).toBe(recent.plaintextHash);
  });

  test('quarantines a record that has neither', async () => {
    await orders.table.put(anOrder('a', inBytes(await orders.newDataKey(OLD, { tenant: 'south' }))));
    const counts = await orders.pass({ store: await described() });
    expect(counts).toMatchObject({ reEncrypted: 0, quarantine: [{ reason: 'context-or-blob-wrong' }] });
  });
});
