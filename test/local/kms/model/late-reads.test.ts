import type { KMS } from '@aws-sdk/client-kms';
import { VirtualClock } from '../../../../local/kms/model/time/clock';
import { aLocalKms, encryptText, refusalOf, type Bench } from '../local-kms-bench';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const lateBench = (seed = 1): Promise<Bench> => aLocalKms({
  seed, delays: { readMilliseconds: 2 * MINUTE }, clock: VirtualClock.frozenAt(new Date('2026-06-01T00:00:00Z')),
});

/** The last key that became visible to every call. */
async function aVisibleKey({ kms, server }: Bench): Promise<string> {
  const { KeyId = '' } = (await kms.createKey({})).KeyMetadata ?? {};
  server.clock.advance(2 * MINUTE);
  return KeyId;
}

/** Every change, and the read that shows it. */
const CHANGES: [string, (kms: KMS, KeyId: string) => Promise<unknown>, (kms: KMS, KeyId: string) => Promise<unknown>][] = [
  [
    'aliases', (kms, KeyId) => kms.createAlias({ AliasName: 'alias/new', TargetKeyId: KeyId }),
    async (kms) => (await kms.listAliases({})).Aliases?.length,
  ],
  [
    'tags', (kms, KeyId) => kms.tagResource({ KeyId, Tags: [{ TagKey: 'phase', TagValue: 'fenced' }] }),
    async (kms, KeyId) => (await kms.listResourceTags({ KeyId })).Tags?.length,
  ],
  [
    'policies',
    async (kms, KeyId) => kms.putKeyPolicy({ KeyId, Policy: (await kms.getKeyPolicy({ KeyId })).Policy?.replace('key-default-1', 'new') }),
    async (kms, KeyId) => (await kms.getKeyPolicy({ KeyId })).Policy,
  ],
  ['states', (kms, KeyId) => kms.disableKey({ KeyId }), async (kms, KeyId) => (await kms.describeKey({ KeyId })).KeyMetadata?.KeyState],
  ['rotations', (kms, KeyId) => kms.rotateKeyOnDemand({ KeyId }), async (kms, KeyId) => (await kms.listKeyRotations({ KeyId })).Rotations?.length],
  ['the keys of the account', (kms) => kms.createKey({}), async (kms) => (await kms.listKeys({})).Keys?.length],
  [
    'grants', (kms, KeyId) => kms.createGrant({ KeyId, GranteePrincipal: 'arn:aws:iam::444455556666:role/Any', Operations: ['Encrypt'] }),
    async (kms, KeyId) => (await kms.listGrants({ KeyId })).Grants?.length,
  ],
];

test.each(CHANGES)('%s are read late, by a part of the delay, and then as they are', async (_, change, read) => {
  const bench = await lateBench();
  const KeyId = await aVisibleKey(bench);
  const before = await read(bench.kms, KeyId);
  await change(bench.kms, KeyId);
  expect(await read(bench.kms, KeyId)).toEqual(before);
  bench.server.clock.advance(MINUTE);
  const seen = new Set<unknown>();
  for (let call = 0; call < 40; call++) seen.add(await read(bench.kms, KeyId));
  // Between the change and the end of the delay a read can return either state, also the older one again.
  expect(seen.size).toBe(2);
  bench.server.clock.advance(MINUTE);
  expect(await read(bench.kms, KeyId)).not.toEqual(before);
});

test('a key does not exist for any call for a while after its creation', async () => {
  const bench = await lateBench();
  const { KeyId = '' } = (await bench.kms.createKey({})).KeyMetadata ?? {};
  const missing = /^NotFoundException: Key .* does not exist/;
  expect(await refusalOf(bench.kms.createAlias({ AliasName: 'alias/new', TargetKeyId: KeyId }))).toMatch(missing);
  expect(await refusalOf(bench.kms.describeKey({ KeyId }))).toMatch(missing);
  bench.server.clock.advance(2 * MINUTE);
  await bench.kms.createAlias({ AliasName: 'alias/new', TargetKeyId: KeyId });
});

test('the use of a key is not late: it is encrypted under what is', async () => {
  const bench = await lateBench();
  const KeyId = await aVisibleKey(bench);
  await bench.kms.disableKey({ KeyId });
  expect(await refusalOf(encryptText(bench.kms, KeyId, 'x'))).toMatch(/^DisabledException/);
});

test('the same seed reads the same states', async () => {
  const states = async (seed: number): Promise<(string | undefined)[]> => {
    const bench = await lateBench(seed);
    const KeyId = await aVisibleKey(bench);
    await bench.kms.disableKey({ KeyId });
    bench.server.clock.advance(MINUTE);
    const read = [];
    for (let call = 0; call < 20; call++) read.push((await bench.kms.describeKey({ KeyId })).KeyMetadata?.KeyState);
    return read;
  };
  expect(await states(7)).toEqual(await states(7));
  expect(await states(7)).not.toEqual(await states(8));
});

test('GetKeyLastUsage returns a use when the period of an hour is over', async () => {
  const { kms, server } = await aLocalKms({
    delays: { usageMilliseconds: HOUR }, clock: VirtualClock.frozenAt(new Date('2026-06-01T00:00:00Z')),
  });
  const { KeyId = '' } = (await kms.createKey({})).KeyMetadata ?? {};
  const lastUse = async () => (await kms.getKeyLastUsage({ KeyId })).KeyLastUsage?.Timestamp?.toISOString();
  await encryptText(kms, KeyId, 'x');
  expect(await lastUse()).toBeUndefined();
  server.clock.advance(HOUR);
  expect(await lastUse()).toBe('2026-06-01T00:00:00.000Z');
  server.clock.advance(MINUTE);
  await encryptText(kms, KeyId, 'x');
  expect(await lastUse()).toBe('2026-06-01T00:00:00.000Z');
  server.clock.advance(HOUR);
  expect(await lastUse()).toBe('2026-06-01T01:01:00.000Z');
});
