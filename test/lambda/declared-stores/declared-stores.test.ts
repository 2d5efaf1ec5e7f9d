import { findUncountedStores, recordStores } from '../../../lambda/declared-stores/declared-stores';
import { formerStores } from '../../../lambda/declared-stores/former-stores';
import { refuseStores } from '../../../lambda/declared-stores/refuse-stores';
import { describeUncounted, uncountedFailure } from '../../../lambda/declared-stores/uncounted';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import type { StoreDescription } from '../../../src/contract/stores/store-description';

const aStore = (storeId: string, dataKeyAttribute = 'dataKey'): StoreDescription => ({
  kind: 'dynamodb-table', storeId, tableName: storeId, tableArn: `arn:${storeId}`, dataKeyAttribute, encryptionContext: {}, shards: 1,
});
const [ORDERS, ARCHIVE] = [aStore('orders'), aStore('archive')];
const place = ({ tableArn, dataKeyAttribute }: StoreDescription) => ({ tableArn, dataKeyAttribute });

let evidence: EvidenceInMemory;
beforeEach(() => {
  evidence = new EvidenceInMemory();
});

const clock = { now: () => new Date(0) };
const record = async (alias: string, ...stores: StoreDescription[]) => recordStores(alias, stores, { evidence, clock });

describe('a store that was declared', () => {
  test.each<[string, StoreDescription[], StoreDescription[]]>([
    ['is counted while it is declared', [ORDERS, ARCHIVE], []],
    ['is counted under another id and with other shards', [{ ...ORDERS, storeId: 'renamed', shards: 9 }, ARCHIVE], []],
    ['is not counted after its removal', [ARCHIVE], [ORDERS]],
    ['is not counted with another attribute', [aStore('orders', 'datakey'), ARCHIVE], [ORDERS]],
    ['is not counted as another table', [{ ...ORDERS, tableArn: 'arn:other' }, ARCHIVE], [ORDERS]],
  ])('%s', async (_, stores, uncounted) => {
    await record('alias/orders', ORDERS, ARCHIVE);
    expect(await findUncountedStores({ alias: 'alias/orders', stores }, evidence)).toEqual(uncounted.map(place));
  });

  test('is not counted after its release, and nothing requires it', async () => {
    await record('alias/orders', ORDERS, ARCHIVE);
    const released = { alias: 'alias/orders', stores: [ARCHIVE], releasedStores: [place(ORDERS)] };
    expect(await findUncountedStores(released, evidence)).toEqual([]);
  });

  test('belongs to its own family only, also if the alias of another one in the same bucket is longer', async () => {
    await record('alias/orders/eu', ORDERS);
    expect(await findUncountedStores({ alias: 'alias/orders', stores: [] }, evidence)).toEqual([]);
    expect(await findUncountedStores({ alias: 'alias/orders/eu', stores: [] }, evidence)).toEqual([place(ORDERS)]);
  });

  test('is not counted either if its evidence cannot be interpreted', async () => {
    await evidence.writeOnce('stores/orders/anything.json', {});
    expect(await findUncountedStores({ alias: 'alias/orders', stores: [ORDERS] }, evidence)).toEqual([
      { tableArn: 'unknown (stores/orders/anything.json)', dataKeyAttribute: 'unknown' },
    ]);
  });
});

test.each<[string, unknown, string[]]>([
  ['a removed store', JSON.stringify({ stores: [ORDERS, ARCHIVE] }), ['orders']],
  ['a changed attribute', JSON.stringify({ stores: [aStore('archive', 'former')] }), ['archive']],
  ['nothing that is still declared', JSON.stringify({ stores: [ARCHIVE] }), []],
  ['what a description of another version names', JSON.stringify({ schema: 99, stores: [{ tableArn: 'arn:x', dataKeyAttribute: 'y' }, 1] }), ['unknown']],
  ['nothing of text that is not JSON', '{', []],
  ['nothing of an absent description', undefined, []],
])('a deployment records %s', (_, earlier, ids) => {
  expect(formerStores(earlier, { stores: [ARCHIVE] }).map(({ storeId }) => storeId)).toEqual(ids);
});

test.each<[string, StoreDescription[], boolean]>([
  ['refused if it is declared with the same table and attribute', [ORDERS, ARCHIVE], true],
  ['accepted if it is declared with another attribute', [aStore('orders', 'datakey')], false],
  ['accepted if it is not declared', [ARCHIVE], false],
])('a released store is %s', (_, stores, isRefused) => {
  const refuse = () => refuseStores({ alias: 'alias/orders', stores, releasedStores: [place(ORDERS)] });
  if (isRefused) expect(refuse).toThrow('store is declared and released, got arn:orders, attribute dataKey');
  else expect(refuse).not.toThrow();
});

test.each<[string, Partial<StoreDescription>, string]>([
  ['is the same attribute of the same table', {}, 'two stores are the same attribute of the same table, got arn:orders, attribute dataKey'],
  ['writes its key id over a data key of the other', { dataKeyAttribute: 'other', keyIdAttribute: 'dataKey' }, 'stores of one table overlap'],
  [
    'writes an attribute of the encryption context of the other',
    { dataKeyAttribute: 'other', keyIdAttribute: 'tenant' },
    'stores of one table overlap, got store second, keyIdAttribute: a rotation writes this attribute',
  ],
])('a store is refused at deployment if it %s', (_, second, problem) => {
  const first: StoreDescription = { ...ORDERS, encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenant' } } };
  const stores = [first, { ...first, storeId: 'second', encryptionContext: {}, ...second }];
  expect(() => refuseStores({ alias: 'alias/orders', stores })).toThrow(problem);
});

test('stores of different tables do not overlap', () => {
  expect(() => refuseStores({ alias: 'alias/orders', stores: [ORDERS, { ...ARCHIVE, dataKeyAttribute: 'other', keyIdAttribute: 'dataKey' }] }))
    .not.toThrow();
});

test('the error prints the release, says what is lost, and is short although many stores are missing', () => {
  const many = Array.from({ length: 7 }, (_, index) => place(aStore(`t${index}`)));
  const { message } = uncountedFailure('alias/orders/g1', many);
  expect(message).toContain('releasedStores: [{ tableArn: "arn:t0", dataKeyAttribute: "dataKey" }, ');
  expect(message).toMatch(/and 2 more.*become permanently unreadable/);
  expect(message).not.toContain('arn:t6');
  expect(describeUncounted(many.slice(0, 1))).toBe('records of a store that was declared before are not counted: arn:t0, attribute dataKey');
});
