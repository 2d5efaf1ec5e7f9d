import { replacedStores } from '../../../lambda/retirement/evidence/replaced-stores';
import type { CertifiedStore } from '../../../src/contract/evidence/certificate';
import { NO_RECORDS } from '../../../src/contract/runs/reencryption';
import type { StoreDescription } from '../../../src/contract/stores/store-description';

const aStore = (storeId: string, changes: Partial<StoreDescription> = {}): StoreDescription => ({
  kind: 'dynamodb-table',
  storeId,
  tableName: storeId,
  tableArn: `arn:${storeId}`,
  dataKeyAttribute: 'dataKey',
  encryptionContext: {},
  shards: 1,
  ...changes,
});
const certified = (storeId: string): CertifiedStore => ({
  storeId, tableName: storeId, tableArn: `arn:${storeId}`, tableId: `id:${storeId}`, dataKeyAttribute: 'dataKey', counts: NO_RECORDS,
});
const CERTIFICATE = { stores: [certified('orders'), certified('archive')] };
const BOTH = [aStore('orders'), aStore('archive')];
const opened = { orders: { arn: 'arn:orders', id: 'id:orders' }, archive: { arn: 'arn:archive', id: 'id:archive' } };

test('a census of exactly the certified stores replaces none', () => {
  expect(replacedStores(CERTIFICATE, { stores: BOTH, opened })).toEqual([]);
});

test.each<[string, Parameters<typeof replacedStores>[1]]>([
  ['is no longer declared', { stores: [aStore('archive')], opened }],
  ['has another attribute', { stores: [aStore('orders', { dataKeyAttribute: 'newKey' }), aStore('archive')], opened }],
  ['has a table that was created again', { stores: BOTH, opened: { ...opened, orders: { arn: 'arn:orders', id: 'another' } } }],
  ['has another table', { stores: [aStore('orders', { tableArn: 'arn:other' }), aStore('archive')], opened }],
  ['was not opened', { stores: BOTH, opened: { archive: opened.archive } }],
  ['has another attribute, and is released as it was', {
    stores: [aStore('orders', { dataKeyAttribute: 'newKey' }), aStore('archive')],
    opened,
    releasedStores: [{ tableArn: 'arn:orders', dataKeyAttribute: 'dataKey' }],
  }],
  ['is released with another attribute', {
    stores: [aStore('archive')], opened, releasedStores: [{ tableArn: 'arn:orders', dataKeyAttribute: 'another' }],
  }],
])('a certified store is replaced if it %s', (_, counted) => {
  expect(replacedStores(CERTIFICATE, counted)).toEqual(['orders']);
});

test('a store that was declared after the certificate is replaced', () => {
  expect(replacedStores({ stores: [certified('archive')] }, { stores: BOTH, opened })).toEqual(['orders']);
});

test('a certified store that is released is not replaced', () => {
  const releasedStores = [{ tableArn: 'arn:orders', dataKeyAttribute: 'dataKey' }];
  expect(replacedStores(CERTIFICATE, { stores: [aStore('archive')], opened, releasedStores })).toEqual([]);
});
