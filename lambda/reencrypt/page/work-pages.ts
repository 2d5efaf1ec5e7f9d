import pLimit from 'p-limit';
import { worseOf } from './worse-failure';
import type { RecordPage, StoredRecord } from '../../ports/records';

/** The input and the limits of `workPages`. */
export interface PageWork {
  /** The cursor to begin from; absent for the beginning of the shard. */
  readonly from: string | undefined;
  readonly listPage: (cursor: string | undefined) => Promise<RecordPage>;
  readonly work: (record: StoredRecord) => Promise<void>;
  /** Records that are processed at the same time. */
  readonly concurrency: number;
  /** Whether the limits allow one page more than those begun. */
  readonly mayReadNext: (pagesBegun: number) => boolean;
}

/**
 * Processes pages and stops at a page border. Returns the cursor to continue from, or `undefined` at the end
 * of the shard.
 *
 * While one page is processed, the next one is read, and its records start as soon as a slot is free: no slot is
 * idle at a page border. When a record fails, those in progress are finished, no other record is begun, and the
 * failure is thrown.
 */
export async function workPages({ from, listPage, work, concurrency, mayReadNext }: PageWork): Promise<string | undefined> {
  const limit = pLimit(concurrency);
  const failures: unknown[] = [];
  const fail = (failure: unknown) => void failures.push(failure);
  const read = (cursor: string | undefined) => listPage(cursor).catch(fail);
  const workUnlessFailed = async (record: StoredRecord) => {
    if (failures.length === 0) await work(record).catch(fail);
  };

  let cursor: string | undefined;
  let pagesBegun = 0;
  let previousDone: Promise<unknown> = Promise.resolve();
  let reading: Promise<RecordPage | void> | undefined = read(from);
  while (reading !== undefined) {
    const page: RecordPage | void = await reading;
    if (page === undefined || failures.length > 0) break;
    pagesBegun += 1;
    cursor = page.nextCursor;
    reading = cursor !== undefined && mayReadNext(pagesBegun) ? read(cursor) : undefined;
    const currentDone = Promise.all(page.records.map((record) => limit(() => workUnlessFailed(record))));
    // Reads at most one page ahead, so memory does not grow with the table.
    await previousDone;
    previousDone = currentDone;
  }
  await previousDone;
  if (failures.length > 0) throw failures.reduce(worseOf);
  return cursor;
}
