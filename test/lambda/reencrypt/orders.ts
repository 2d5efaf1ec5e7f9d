import type { DataKey, FamilyOfKeys } from '../../support/world/family-of-keys';
import type { Item, Table } from '../stores/dynamodb-table';

/** The described encryption context of an order. */
export const CONTEXT = { tenant: { kind: 'attribute', attribute: 'tenant' }, purpose: { kind: 'literal', value: 'orders' } } as const;
const TENANTS = 7;
const tenantOf = (n: number) => `tenant-${n % TENANTS}`;
const contextOf = (n: number) => ({ tenant: tenantOf(n), purpose: 'orders' });

/** Writes orders under a generation, half of them with binary blobs and half in base64. Returns their data keys. */
export async function orders(
  family: FamilyOfKeys, table: Table, from: number, to: number, generation: number, kmsKeyId?: (n: number) => string,
): Promise<Map<number, DataKey>> {
  // One data key for each tenant: an application may use a data key for many records.
  const ofTenants = await Promise.all(Array.from({ length: TENANTS }, (_, n) => family.dataKey(family.arn(generation), contextOf(n))));
  const dataKeys = new Map(Array.from({ length: to - from }, (_, index) => [from + index, ofTenants[(from + index) % TENANTS] as DataKey]));
  await table.put(...[...dataKeys].map(([n, { blob }]): Item => ({
    id: { N: `${n}` },
    tenant: { S: tenantOf(n) },
    dataKey: n % 2 === 0 ? { B: blob } : { S: Buffer.from(blob).toString('base64') },
    ...(kmsKeyId === undefined ? {} : { kmsKeyId: { S: kmsKeyId(n) } }),
  })));
  return dataKeys;
}

const blobOf = (item: Item | undefined): Uint8Array => item?.dataKey?.B ?? Buffer.from(item?.dataKey?.S as string, 'base64');

/** Every order decrypts to its own plaintext, and is encrypted under this key. */
export async function expectAllUnder(
  family: FamilyOfKeys, keyArn: string, table: Table, dataKeys: ReadonlyMap<number, DataKey>,
): Promise<void> {
  const items = new Map((await table.items()).map((item) => [Number(item.id?.N), item]));
  await Promise.all([...dataKeys].map(async ([n, { plaintextHash }]) => {
    expect(await family.open(blobOf(items.get(n)), contextOf(n))).toEqual({ keyArn, plaintextHash });
  }));
}
