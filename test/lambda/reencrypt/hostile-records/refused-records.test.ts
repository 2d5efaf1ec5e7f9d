import { anOrder, CURRENT, inBytes, NORTH, OLD, OrdersOfTest } from './orders-of-test';
import type { ReEncryptResponse, ReEncryptionPort } from '../../../../lambda/ports/re-encryption';
import { openDynamoTable } from '../../../../lambda/stores/dynamodb/store';
import { EvidenceInMemory } from '../../../../local/evidence/evidence-in-memory';
import type { ShardEvidence } from '../../../../src/contract/evidence/evidence';
import { type DataKey } from '../../../support/world/family-of-keys';
import { type Item } from '../../stores/dynamodb-table';
import { wholePass } from '../whole-pass';

const orders = OrdersOfTest.aroundEach();

describe('a record that cannot be re-encrypted', () => {
  // eslint-disable-next-line no-bitwise
  const damaged = ({ blob }: DataKey) => Buffer.concat([blob.subarray(0, -1), Buffer.from([(blob.at(-1) as number) ^ 1])]);

  test.each<[string, () => Promise<Item>, string, string, string]>([
    [
      'of another account',
      async () => anOrder('bad', inBytes(await orders.family.foreignDataKey(NORTH))),
      'foreign-key',
      'the blob is encrypted under a key that is not a generation of this family, got AccessDeniedException',
      'find the application that writes this record',
    ],
    [
      'of another key that the worker may use',
      async () => anOrder('bad', inBytes(await orders.family.dataKey(await orders.family.aKey(), NORTH))),
      'foreign-key',
      'the blob is encrypted under a key that is not a generation of this family, got arn:aws:kms',
      'find the application that writes this record',
    ],
    [
      'with a damaged blob',
      async () => anOrder('bad', { B: damaged(await orders.newDataKey(OLD)) }),
      'context-or-blob-wrong',
      'KMS refuses the blob with this encryption context, got InvalidCiphertextException',
      'restore a damaged record from a backup',
    ],
    [
      'with the encryption context of another record',
      async () => anOrder('bad', inBytes(await orders.newDataKey(OLD)), 'south'),
      'context-or-blob-wrong',
      'KMS refuses the blob with this encryption context, got InvalidCiphertextException',
      'compare encryptionContext of the store',
    ],
    [
      'without its encryption context',
      async () => ({ id: { S: 'bad' }, dataKey: inBytes(await orders.newDataKey(OLD)) }),
      'context-missing',
      'the encryption context of the record is incomplete, got no usable attribute tenant',
      'restore the attribute',
    ],
    [
      'with truncated base64',
      async () =>
        anOrder('bad', {
          S: Buffer.from((await orders.newDataKey(OLD)).blob)
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
      const good = await orders.newDataKey(OLD);
      await orders.table.put(await makeBad(), ...['a', 'b', 'c'].map((id) => anOrder(id, inBytes(good))));
      const bad = await orders.item('bad');
      const counts = await wholePass({
        kms: orders.family.port,
        store: await orders.store(),
        generations: orders.family.generations,
        limits: { concurrency: 2 },
      });
      expect(counts).toMatchObject({ scanned: 4, reEncrypted: 3, quarantined: 1, quarantine: [{ locator: '{"id":{"S":"bad"}}', reason }] });
      const detail = counts.quarantine[0]?.detail;
      expect(detail).toContain(`alias/orders, store orders (table ${orders.table.tableName}, attribute dataKey): ${what}`);
      expect(detail).toContain('; allowed: ');
      expect(detail).toContain(remedy);
      expect(await orders.item('bad')).toEqual(bad);
      for (const id of ['a', 'b', 'c']) expect(await orders.decrypted(id)).toEqual({ generation: CURRENT, plaintextHash: good.plaintextHash });
    },
  );

  test('with a recorded key id of an old generation is still found to be foreign', async () => {
    const foreign = await orders.family.foreignDataKey(NORTH);
    await orders.table.put({ ...anOrder('bad', inBytes(foreign)), kmsKeyId: { S: orders.family.arn(OLD) } });
    const described = orders.table.described({
      keyIdAttribute: 'kmsKeyId',
      encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenant' } },
    });
    const counts = await orders.pass({ store: await openDynamoTable(orders.client, described) });
    expect(counts).toMatchObject({ quarantined: 1, answeredCalls: 2, quarantine: [{ reason: 'foreign-key' }] });
  });
});

describe('a mistake in a policy or in a key state stops the run, and no record is quarantined', () => {
  test.each([
    ['kms:ReEncryptFrom', OLD, (arn: string) => `kms:ReEncryptFrom in the key policy of ${arn}`],
    ['kms:ReEncryptTo', CURRENT, (arn: string) => `kms:ReEncryptFrom and kms:ReEncryptTo in the key policy of ${arn}`],
  ] as const)('%s is not allowed on generation %i', async (action, generation, allow) => {
    const dataKeys = await orders.newDataKey(OLD);
    await orders.table.put(...['a', 'b', 'c', 'd'].map((id) => anOrder(id, inBytes(dataKeys))));
    const before = await orders.table.items();
    orders.family.deny(action, orders.family.arn(generation));
    const evidence = new EvidenceInMemory();
    await expect(orders.pass({ evidence })).rejects.toMatchObject(
      {
        name: 'AccessDenied',
        message: expect.stringContaining(`allow the worker's role ${allow(orders.family.arn(generation))}, then resume the run`),
      },
    );
    expect(evidence.keys()).toEqual([]);
    expect(await orders.table.items()).toEqual(before);
  });

  test('a record under a disabled generation counts, the others are re-encrypted, and the evidence names the generation', async () => {
    await orders.table.put(anOrder('a', inBytes(await orders.newDataKey(OLD))), anOrder('b', inBytes(await orders.newDataKey(2))));
    await orders.family.disable(orders.family.arn(OLD));
    const evidence = new EvidenceInMemory();
    const counts = await orders.pass({ evidence });
    expect(counts).toMatchObject({ scanned: 2, underOldGeneration: 1, quarantined: 0 });
    const found = await Promise.all(evidence.keys().map((key) => evidence.read<ShardEvidence>(key)));
    expect(found.flatMap((each) => each?.foundUnder ?? [])).toContain(orders.family.arn(OLD));
  });

  test('a disabled generation that no record needs does not stop the run, even if there is a foreign record', async () => {
    await orders.table.put(anOrder('a', inBytes(await orders.newDataKey(2))), anOrder('bad', inBytes(await orders.family.foreignDataKey(NORTH))));
    await orders.family.disable(orders.family.arn(OLD));
    const counts = await orders.pass();
    expect(counts).toMatchObject({ reEncrypted: 1, quarantined: 1, quarantine: [{ reason: 'foreign-key' }] });
  });

  test('a disabled foreign key does not stop the run', async () => {
    const foreign = await orders.family.aKey();
    await orders.table.put(anOrder('bad', inBytes(await orders.family.dataKey(foreign, NORTH))), anOrder('a', inBytes(await orders.newDataKey(OLD))));
    await orders.family.disable(foreign);
    const counts = await orders.pass();
    expect(counts).toMatchObject({ reEncrypted: 1, quarantined: 1, quarantine: [{ reason: 'foreign-key' }] });
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
    const dataKey = await orders.newDataKey(OLD);
    await orders.table.put(anOrder('a', inBytes(dataKey)));
    const kms = changing(orders.family.port, { sourceKeyArn: await orders.family.aKey() });
    expect(await orders.pass({ kms })).toMatchObject({
      quarantined: 1,
      reEncrypted: 0,
    });
    expect(await orders.decrypted('a')).toEqual({ generation: OLD, plaintextHash: dataKey.plaintextHash });
  });

  test('another destination key: the run stops', async () => {
    const dataKey = await orders.newDataKey(OLD);
    await orders.table.put(anOrder('a', inBytes(dataKey)));
    const kms = changing(orders.family.port, { destinationKeyArn: await orders.family.aKey() });
    await expect(orders.pass({ kms })).rejects.toMatchObject({
      name: 'VerificationFailed',
    });
    expect(await orders.decrypted('a')).toEqual({ generation: OLD, plaintextHash: dataKey.plaintextHash });
  });
});
