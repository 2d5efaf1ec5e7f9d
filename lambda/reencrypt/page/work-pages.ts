import pLimit from 'p-limit';
import { worseOf } from './worse-failure';
import type { RecordPage, StoredRecord } from '../../ports';

/** What `workPages` works on, and within which bounds. */
export interface PageWork {
  /** Where to begin; absent for the beginning of the shard. */
  readonly from: string | undefined;
  readonly listPage: (cursor: string | undefined) => Promise<RecordPage>;
  readonly work: (record: StoredRecord) => Promise<void>;
  /** Records in work at the same time. */
  readonly concurrency: number;
  /** Whether there is budget for one page more than those begun. */
  readonly mayReadOn: (pagesBegun: number) => boolean;
}

/**
 * Works through pages and stops at a page border: the answer is the cursor to go on from, or `undefined` at the end.
 *
 * While a page is worked on the next one is read, and its records start as soon as there is room, so that nobody idles at
 * a border. When a record fails, those in work are finished, no other is begun, and the failure is thrown.
 */
export async function workPages({ from, listPage, work, concurrency, mayReadOn }: PageWork): Promise<string | undefined> {
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
    reading = cursor !== undefined && mayReadOn(pagesBegun) ? read(cursor) : undefined;
    const presentDone = Promise.all(page.records.map((record) => limit(() => workUnlessFailed(record))));
    // One page ahead and no more: memory does not grow with the table.
    await previousDone;
    previousDone = presentDone;
  }
  await previousDone;
  if (failures.length > 0) throw failures.reduce(worseOf);
  return cursor;
}
