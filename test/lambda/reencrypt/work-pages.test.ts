import type { StoredRecord } from '../../../lambda/ports/records';
import { workPages, type PageWork } from '../../../lambda/reencrypt/page/work-pages';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

const aRecord = (locator: string): StoredRecord =>
  ({ locator, blob: 'absent', form: 'nothing', encryptionContext: { kind: 'known', context: {} }, seen: undefined });

const aFailure = (name: ErrorName) => new Failure(name, { where: 'here', what: 'it failed', remedy: 'try again' });

/** Pages as strings: each letter is a record, and the cursor is the number of the next page. */
function pagesOf(...pages: string[]): PageWork['listPage'] {
  return async (cursor) => {
    const at = Number(cursor ?? 0);
    return { records: [...(pages[at] ?? '')].map(aRecord), nextCursor: at + 1 < pages.length ? `${at + 1}` : undefined };
  };
}

function aPageWork(change: Partial<PageWork>): PageWork {
  return { from: undefined, listPage: pagesOf(), work: async () => {}, concurrency: 2, mayReadNext: () => true, ...change };
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('every record of every page is processed once', async () => {
  const processed: string[] = [];
  const cursor = await workPages(
    aPageWork({ listPage: pagesOf('abc', '', 'de', 'f'), work: async ({ locator }) => void processed.push(locator) }),
  );
  expect(processed.sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(cursor).toBeUndefined();
});

test('at the page limit the cursor is a page border, from which the next invocation continues', async () => {
  const processed: string[] = [];
  const work = async ({ locator }: StoredRecord) => void processed.push(locator);
  const listPage = pagesOf('ab', 'cd', 'ef');
  const cursor = await workPages(aPageWork({ listPage, work, mayReadNext: (begun) => begun < 2 }));
  expect(processed.join('')).toBe('abcd');
  expect(await workPages(aPageWork({ listPage, work, from: cursor, mayReadNext: (begun) => begun < 2 }))).toBeUndefined();
  expect(processed.join('')).toBe('abcdef');
});

test('no more records are in progress than allowed, and no slot is idle at a page border', async () => {
  let inProgress = 0;
  const seen: number[] = [];
  const work = async () => {
    inProgress += 1;
    await nextTurn();
    seen.push(inProgress);
    inProgress -= 1;
  };
  await workPages(aPageWork({ listPage: pagesOf('abc', 'def', 'ghi'), work, concurrency: 4 }));
  // Nine records in pages of three, four at a time: no record waits for the end of a page.
  expect(seen).toHaveLength(9);
  expect(Math.max(...seen)).toBe(4);
});

test('the next page is read while one page is processed, and no page after that', async () => {
  const read: string[] = [];
  const pages = pagesOf('a', 'b', 'c', 'd');
  const holding: (() => void)[] = [];
  const done = workPages(aPageWork({
    listPage: async (cursor) => {
      read.push(cursor ?? '0');
      return pages(cursor);
    },
    work: () => new Promise<void>((resolve) => holding.push(resolve)),
    concurrency: 1,
  }));
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  expect(read).toEqual(['0', '1', '2']);
  while (holding.length > 0) {
    holding.shift()?.();
    await nextTurn();
  }
  await done;
  expect(read).toEqual(['0', '1', '2', '3']);
});

test('after a failure no other record is begun, those in progress are finished, and the failure is thrown', async () => {
  const begun: string[] = [];
  const finished: string[] = [];
  const failure = aFailure(ErrorName.ACCESS_DENIED);
  const work = async ({ locator }: StoredRecord) => {
    begun.push(locator);
    if (locator === 'a') throw failure;
    await nextTurn();
    finished.push(locator);
  };
  await expect(workPages(aPageWork({ listPage: pagesOf('abcdef', 'gh'), work, concurrency: 3 }))).rejects.toBe(failure);
  expect(begun).toEqual(['a', 'b', 'c']);
  expect(finished).toEqual(['b', 'c']);
});

test('a page that cannot be read fails the invocation, and the records in progress are finished', async () => {
  const begun: string[] = [];
  const finished: string[] = [];
  const failure = aFailure(ErrorName.STORE_MISMATCH);
  const pages = pagesOf('abcd', 'ef');
  const work = async ({ locator }: StoredRecord) => {
    begun.push(locator);
    await nextTurn();
    await nextTurn();
    finished.push(locator);
  };
  const listPage: PageWork['listPage'] = async (cursor) => {
    if (cursor === undefined) return pages(cursor);
    await nextTurn();
    throw failure;
  };
  await expect(workPages(aPageWork({ listPage, work }))).rejects.toBe(failure);
  expect(begun).toEqual(['a', 'b']);
  expect(finished).toEqual(begun);
});

test('of two failures, the one that is not throttling is thrown', async () => {
  const throttled = aFailure(ErrorName.THROTTLED);
  const wrong = aFailure(ErrorName.VERIFICATION_FAILED);
  const work = async ({ locator }: StoredRecord) => {
    if (locator === 'a') throw throttled;
    await nextTurn();
    throw wrong;
  };
  await expect(workPages(aPageWork({ listPage: pagesOf('ab'), work }))).rejects.toBe(wrong);
});
