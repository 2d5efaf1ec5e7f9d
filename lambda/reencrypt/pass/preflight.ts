import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { GenerationArns } from '../../../src/contract/runs/reencryption';
import type { ReEncryptionPort } from '../../ports/re-encryption';
import type { RecordStorePort } from '../../ports/records';
import { findDenied } from '../record/decide-record';
import { probePermissions } from '../record/probe-permissions';

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

/**
 * Proves, before the alias moves, that stores match their descriptions: a misspelled attribute is not an empty store.
 */
export async function preflightStores(family: string, stores: readonly RecordStorePort[]): Promise<void> {
  for (const store of stores) {
    if (await findFirstRecord(store) === 'items without a data key') throw await mismatch(family, store);
  }
}

/** Reads only until the first record. */
async function findFirstRecord(store: RecordStorePort): Promise<'a record' | 'items without a data key' | 'empty'> {
  let items = false;
  for (let shard = 0; shard < store.shards; shard++) {
    let cursor: string | undefined;
    do {
      const page = await store.listPage(shard, cursor);
      if (page.records.some(({ blob }) => blob !== 'absent')) return 'a record';
      items ||= page.records.length > 0;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
  return items ? 'items without a data key' : 'empty';
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
    remedy: 'correct dataKeyAttribute of this store, or remove the store',
  });
}
