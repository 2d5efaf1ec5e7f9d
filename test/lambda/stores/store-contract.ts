import type { ReEncryptionPort } from '../../../lambda/ports/re-encryption';
import type { RecordStorePort, StoredRecord } from '../../../lambda/ports/records';
import { reEncryptRecord } from '../../../lambda/reencrypt/record/re-encrypt-record';

/** A record in the terms that every place has. Its encryption context is `tenant`. */
export interface ContractRecord {
  readonly id: string;
  readonly blob?: Uint8Array;
  /** How the place stores the blob. */
  readonly form?: 'binary' | 'base64';
  readonly tenant?: string;
  readonly recordedKeyId?: string;
  /** Content of the application, which no store may change. */
  readonly document?: string;
}

/**
 * One place with records, empty at first. Recorded key ids and the context from `tenant` are part of its description.
 */
export interface PlaceUnderTest {
  open(shards?: number, pageSize?: number): Promise<RecordStorePort>;
  /** Writes whole records, as an application does. */
  put(...records: ContractRecord[]): Promise<void>;
  delete(id: string): Promise<void>;
  records(): Promise<ContractRecord[]>;
  /** The answer of the next conditional write is lost after its effect. */
  loseNextAnswer(): void;
}

const OLD_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-1111-4111-8111-111111111111';
const NEW_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/22222222-2222-4222-8222-222222222222';
const BLOB = Uint8Array.from(Buffer.from('an old blob'));
const NEW_BLOB = Uint8Array.from(Buffer.from('a new blob'));
const RECORD: ContractRecord = { id: 'a', blob: BLOB, form: 'binary', tenant: 'north', recordedKeyId: OLD_ARN, document: 'text' };

/** A KMS to which no call may be sent. */
const NO_KMS: ReEncryptionPort = {
  reEncrypt: async () => { throw new Error('no call to KMS is expected'); },
  tryReEncrypt: async () => { throw new Error('no call to KMS is expected'); },
  mayReEncrypt: async () => { throw new Error('no call to KMS is expected'); },
};

/**
 * Every record of a store, shard by shard. Each page is read with a store that was opened anew: only the
 * cursor is kept.
 */
export async function recordsOf(open: () => Promise<RecordStorePort>): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  const { shards } = await open();
  for (let shard = 0; shard < shards; shard++) {
    let cursor: string | undefined;
    do {
      const page = await (await open()).listPage(shard, cursor);
      records.push(...page.records);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
  return records;
}

export async function onlyRecordOf(store: RecordStorePort): Promise<StoredRecord> {
  const [record, ...others] = await recordsOf(async () => store);
  expect(others).toEqual([]);
  return record as StoredRecord;
}

/** The laws of every place in which records are stored. */
export function describeStore(name: string, aPlace: () => Promise<PlaceUnderTest>): void {
  describe(`the contract of a store: ${name}`, () => {
    let place: PlaceUnderTest;

    beforeEach(async () => {
      place = await aPlace();
    });

    test.each([
      [1, 1],
      [1, 100],
      [2, 3],
      [5, 4],
      [7, 1],
    ])('%i shards in pages of %i: every record is read exactly once, and a cursor resumes', async (shards, pageSize) => {
      const ids = Array.from({ length: 23 }, (_, n) => `record-${n}`);
      await place.put(...ids.map((id, n) => ({ ...RECORD, id, blob: Uint8Array.from([n]) })));
      const records = await recordsOf(() => place.open(shards, pageSize));
      const numbers = records.map(({ blob }) => (blob as Uint8Array)[0] as number).sort((one, other) => one - other);
      expect(numbers).toEqual(ids.map((_, n) => n));
      expect(new Set(records.map(({ locator }) => locator)).size).toBe(ids.length);
      const store = await place.open(shards, pageSize);
      for (const record of records) expect(await store.read(record.locator)).toEqual(record);
    });

    test('a record is read with its blob, its encryption context and its recorded key id', async () => {
      await place.put(RECORD);
      const { blob, encryptionContext, recordedKeyId } = await onlyRecordOf(await place.open());
      expect(Uint8Array.from(blob as Uint8Array)).toEqual(BLOB);
      expect(encryptionContext).toEqual({ kind: 'known', context: { tenant: 'north' } });
      expect(recordedKeyId).toBe(OLD_ARN);
    });

    test.each(['binary', 'base64'] as const)('only blob and recorded key id change, in one write, and the blob stays %s', async (form) => {
      await place.put({ ...RECORD, form });
      const store = await place.open();
      expect(await store.replaceIfUnchanged(await onlyRecordOf(store), NEW_BLOB, NEW_ARN)).toBe('replaced');
      expect(await place.records()).toEqual([{ ...RECORD, form, blob: NEW_BLOB, recordedKeyId: NEW_ARN }]);
    });

    test.each<[string, Partial<ContractRecord>]>([
      ['the blob', { blob: Uint8Array.from(Buffer.from('the blob of the application')) }],
      ['the form of the blob', { form: 'base64' }],
      ['a value of the encryption context', { tenant: 'south' }],
      ['a value of the encryption context, now missing', { tenant: undefined }],
      ['the blob, now missing', { blob: undefined, form: undefined }],
    ])('a write is refused if an application has changed since the read: %s', async (_name, change) => {
      await place.put(RECORD);
      const store = await place.open();
      const record = await onlyRecordOf(store);
      await place.put({ ...RECORD, ...change });
      const before = await place.records();
      expect(await store.replaceIfUnchanged(record, NEW_BLOB, NEW_ARN)).toBe('changed');
      expect(await place.records()).toEqual(before);
    });

    test('a change outside blob and context is kept, and does not prevent the write', async () => {
      await place.put(RECORD);
      const store = await place.open();
      const record = await onlyRecordOf(store);
      await place.put({ ...RECORD, document: 'another text' });
      expect(await store.replaceIfUnchanged(record, NEW_BLOB, NEW_ARN)).toBe('replaced');
      expect(await place.records()).toEqual([{ ...RECORD, blob: NEW_BLOB, recordedKeyId: NEW_ARN, document: 'another text' }]);
    });

    test('a deleted record is skipped and not created again', async () => {
      await place.put(RECORD);
      const store = await place.open();
      const record = await onlyRecordOf(store);
      await place.delete(RECORD.id);
      expect(await store.replaceIfUnchanged(record, NEW_BLOB, NEW_ARN)).toBe('deleted');
      expect(await place.records()).toEqual([]);
      expect(await store.read(record.locator)).toBeUndefined();
    });

    test('a record without a data key is counted and left as it is', async () => {
      const before = { id: 'a', tenant: 'north', document: 'text' };
      await place.put(before);
      const store = await place.open();
      const record = await onlyRecordOf(store);
      expect(record.blob).toBe('absent');
      const pass = { mode: 're-encrypt', generations: { current: NEW_ARN, all: [OLD_ARN, NEW_ARN] }, where: 'orders' } as const;
      const result = await reEncryptRecord(record, pass, { kms: NO_KMS, store, probePermissions: async () => new Map() });
      expect(result).toMatchObject({ outcome: 'withoutDataKey', requestIds: [] });
      expect(await place.records()).toEqual([before]);
    });

    test.each(['binary', 'base64'] as const)('a write whose answer is lost counts as written: %s', async (form) => {
      await place.put({ ...RECORD, form });
      const store = await place.open();
      const record = await onlyRecordOf(store);
      place.loseNextAnswer();
      expect(await store.replaceIfUnchanged(record, NEW_BLOB, NEW_ARN)).toBe('replaced');
      // A repeated attempt finds its own blob.
      expect(await store.replaceIfUnchanged(record, NEW_BLOB, NEW_ARN)).toBe('replaced');
      expect(await place.records()).toEqual([{ ...RECORD, form, blob: NEW_BLOB, recordedKeyId: NEW_ARN }]);
    });
  });
}
