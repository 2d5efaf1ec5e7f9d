import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { GenerationArns, QuarantineReason } from '../../../src/contract/runs/reencryption';
import { REMOVED_STORE } from '../../../src/contract/stores/removed-store';
import type { ReEncryptionPort } from '../../ports/re-encryption';
import type { RecordStorePort, StoredRecord } from '../../ports/records';
import { findDenied, type Pass } from '../record/decide-record';
import { remedyOf } from '../record/describe-quarantine';
import { probePermissions } from '../record/probe-permissions';
import { reEncryptRecord, type RecordResult } from '../record/re-encrypt-record';

/**
 * Proves, with the worker's own role, that it may re-encrypt from every generation to the current one, before
 * the alias moves.
 *
 * A disabled older generation does not fail this check: only the records show whether one of them still needs it.
 */
export async function preflightWorker(family: string, kms: ReEncryptionPort, generations: GenerationArns): Promise<void> {
  const where = `${family}, pre-flight of the re-encryption worker`;
  const permissions = await probePermissions(kms, generations);
  const denied = findDenied(permissions, { where, generations });
  if (denied !== undefined) throw denied;
  if (permissions.get(generations.current) === 'allowed') return;
  throw new Failure(ErrorName.KEY_NOT_READY, {
    where,
    what: `the current generation ${generations.current} cannot be used`,
    given: 'a key that is not Enabled',
    allowed: 'Enabled',
    remedy: 'enable the key (if needed, first cancel its deletion or import its key material), then resume the run',
  });
}

/** The most records of a store that are tried until one can be re-encrypted. */
const MAX_TRIED = 100;

/**
 * Proves, before the alias moves, that stores match their descriptions, with a dry run of ReEncrypt for the first
 * records of each. A misspelled attribute is not an empty store, and a store in which no record can be re-encrypted
 * (its context was forgotten, or its data keys are in a map) is described wrongly.
 *
 * One record that can be re-encrypted is enough: others are quarantined by name, and the rest is re-encrypted.
 */
export async function preflightStores(
  family: string, stores: readonly RecordStorePort[], kms: ReEncryptionPort, generations: GenerationArns,
): Promise<void> {
  for (const store of stores) {
    const where = `${family}, store ${store.storeId} (${store.place}, attribute ${store.dataKeyAttribute})`;
    const pass: Pass = { mode: 'census', generations, skipsForeignRecords: store.skipsForeignRecords, where };
    const ports = { kms: dryRuns(kms, generations), store, probePermissions: () => probePermissions(kms, generations) };
    const seen = await tryFirstRecords(store, (record) => reEncryptRecord(record, pass, ports));
    if (seen === 'items without a data key') throw await mismatch(family, store);
    if (typeof seen === 'object') throw noneUsable(where, seen);
  }
}

/** Calls as dry runs: they write nothing, and KMS counts no use of a key. A success does not name the source key. */
function dryRuns(kms: ReEncryptionPort, { current }: GenerationArns): ReEncryptionPort {
  return {
    tryReEncrypt: (request) => kms.tryReEncrypt(request),
    mayReEncrypt: (source, destination) => kms.mayReEncrypt(source, destination),
    reEncrypt: async (request) => {
      const response = await kms.tryReEncrypt(request);
      if (response !== 'succeeds') return response;
      return { kind: 'answered', blob: new Uint8Array(), sourceKeyArn: current, destinationKeyArn: current, requestId: '' };
    },
  };
}

/** What was seen in records that cannot be re-encrypted: reason and form, and how often. */
type Seen = Map<string, { readonly reason: QuarantineReason; count: number }>;

/** Reads and tries records until one can be re-encrypted. */
async function tryFirstRecords(
  store: RecordStorePort, tryRecord: (record: StoredRecord) => Promise<RecordResult>,
): Promise<'usable' | 'items without a data key' | Seen> {
  const seen: Seen = new Map();
  let [items, tried] = [false, 0];
  for (let shard = 0; shard < store.shards; shard++) {
    let cursor: string | undefined;
    do {
      const page = await store.listPage(shard, cursor);
      items ||= page.records.length > 0;
      for (const record of page.records.filter(({ blob }) => blob !== 'absent')) {
        const { outcome, quarantine } = await tryRecord(record);
        if (quarantine === undefined && outcome !== 'foreign') return 'usable';
        tried += 1;
        if (quarantine !== undefined) count(seen, quarantine.reason, record.form);
        if (tried === MAX_TRIED) return seen.size > 0 ? seen : 'usable';
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
  if (seen.size > 0) return seen;
  return items && tried === 0 ? 'items without a data key' : 'usable';
}

function count(seen: Seen, reason: QuarantineReason, form: string): void {
  const what = `${reason}, ${form}`;
  const before = seen.get(what) ?? { reason, count: 0 };
  seen.set(what, { reason, count: before.count + 1 });
}

function noneUsable(where: string, seen: Seen): Failure {
  const sorted = [...seen].sort(([, one], [, other]) => other.count - one.count);
  const [[, { reason }]] = sorted as [Seen extends Map<infer K, infer V> ? [K, V] : never];
  const records = sorted.reduce((sum, [, { count: each }]) => sum + each, 0);
  return new Failure(ErrorName.STORE_MISMATCH, {
    where,
    what: `none of the first ${records} records can be re-encrypted as this store is described; no record was changed`,
    given: sorted.slice(0, 5).map(([what, { count: each }]) => `${each} x ${what}`).join('; '),
    allowed: 'at least one record that KMS re-encrypts',
    remedy: remedyOf(reason),
  });
}

async function mismatch(family: string, store: RecordStorePort): Promise<Failure> {
  // A role that may read only the attributes of a record may not read these names: then the error lists none.
  const names = await store.sampleAttributeNames().catch((error) => {
    if (Failure.named(error, ErrorName.ACCESS_DENIED)) return undefined;
    throw error;
  });
  return new Failure(ErrorName.STORE_MISMATCH, {
    where: `${family}, store ${store.storeId} (${store.place})`,
    what: 'no item has the attribute that is declared to hold the data key',
    given: store.dataKeyAttribute,
    allowed: names?.join(', '),
    remedy: `correct dataKeyAttribute of this store; ${REMOVED_STORE}`,
  });
}
