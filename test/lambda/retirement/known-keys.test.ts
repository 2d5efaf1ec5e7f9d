import { KnownKeys } from '../../../lambda/retirement/watch/known-keys';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';

const ALIASES = [{ aliasName: 'alias/orders', keyId: 'k1' }];
let now: number;
let listed: string[];
let known: KnownKeys;

beforeEach(() => {
  now = Date.parse('2026-01-01T00:00:00Z');
  listed = [];
  known = new KnownKeys({
    kms: { listAliases: async (alias) => { listed.push(alias); return ALIASES; } },
    evidence: new EvidenceInMemory(),
    clock: { now: () => new Date(now) },
  });
});

test('a flood of failed calls lists the aliases once a minute', async () => {
  for (let call = 0; call < 600; call++) {
    expect((await known.read('alias/orders')).aliases).toEqual(ALIASES);
    now += 100;
  }
  expect(listed).toEqual(['alias/orders']);
  await known.read('alias/orders');
  expect(listed).toEqual(['alias/orders', 'alias/orders']);
});

test('each family is listed for itself', async () => {
  await known.read('alias/orders');
  await known.read('alias/invoices');
  expect(listed).toEqual(['alias/orders', 'alias/invoices']);
});

test('after a key was not found, the next call reads again', async () => {
  await known.read('alias/orders');
  known.forget('alias/orders');
  await known.read('alias/orders');
  expect(listed).toHaveLength(2);
});
