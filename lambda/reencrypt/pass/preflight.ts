import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { GenerationArns } from '../../../src/contract/runs/reencryption';
import type { RecordStorePort, ReEncryptionPort } from '../../ports';
import { deniedWay } from '../record/decide-record';
import { probePermissions } from '../record/probe-permissions';

/**
 * Proves, as the worker itself, that it may take blobs from every generation to the current one, before anything moves.
 *
 * An older generation that is disabled is no obstacle here: whether a record still needs it, only the records can tell.
 */
export async function preflightWorker(family: string, kms: ReEncryptionPort, generations: GenerationArns): Promise<void> {
  const where = `${family}, pre-flight of the re-encryption worker`;
  const permissions = await probePermissions(kms, generations);
  const denied = deniedWay(permissions, { where, generations });
  if (denied !== undefined) throw denied;
  if (permissions.get(generations.current) === 'allowed') return;
  throw new Failure(ErrorName.KEY_NOT_READY, {
    where,
    what: `the current generation ${generations.current} cannot be used`,
    given: 'a key that is not Enabled',
    allowed: 'Enabled',
    remedy: 'enable the key (cancel its deletion first, or import its material), then resume the run',
  });
}

/** Proves that each store looks as it was described, before anything moves: a misspelt attribute must not pass for an empty store. */
export async function preflightStores(family: string, stores: readonly RecordStorePort[]): Promise<void> {
  for (const store of stores) {
    if (await look(store) === 'items without a data key') throw await mismatch(family, store);
  }
}

/** Reads until the first record, and no further. */
async function look(store: RecordStorePort): Promise<'a record' | 'items without a data key' | 'empty'> {
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
  // Rights that are cut to the attributes of a record allow no look at others: then the error does without.
  const names = await store.sampleAttributeNames().catch((error) => {
    if (Failure.named(error, ErrorName.ACCESS_DENIED)) return undefined;
    throw error;
  });
  return new Failure(ErrorName.STORE_MISMATCH, {
    where: `${family}, store ${store.storeId} (${store.place})`,
    what: 'no item has the attribute that is said to hold the data key',
    given: store.dataKeyAttribute,
    allowed: names?.join(', '),
    remedy: 'correct dataKeyAttribute of this store, or take the store away',
  });
}
