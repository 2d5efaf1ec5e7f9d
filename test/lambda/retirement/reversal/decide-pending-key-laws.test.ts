import fc from 'fast-check';
import { decidePendingKey, type PendingKey } from '../../../../lambda/retirement/reversal/decide-pending-key';
import { GenerationTag } from '../../../../src/contract/family/generation-tags';

const ALIAS = 'alias/orders';
const DAY = 86_400_000;
const DELETION = Date.UTC(2026, 1, 10, 12);
/** A time so many days before the date of the deletion. */
const before = (days: number) => new Date(DELETION - days * DAY);

const tags = fc.record({
  [GenerationTag.FAMILY]: fc.constantFrom(ALIAS, ALIAS, ALIAS, 'alias/other'),
  [GenerationTag.RECOUNTED_AT]: fc.constantFrom('2026-01-31T12:00:00.000Z', '2026-01-31T12:00:00.000Z', ''),
});

const keys: fc.Arbitrary<PendingKey> = fc.record(
  {
    now: fc.double({ min: -1, max: 32, noNaN: true }).map(before),
    tags: fc.oneof({ weight: 9, arbitrary: tags }, fc.constant({})),
    deletionDate: fc.constant(new Date(DELETION)),
    named: fc.constantFrom(true, true, true, false),
    uncounted: fc.constant('records of a store are not counted'),
    countedAt: fc.double({ min: 0, max: 32, noNaN: true }).map((days) => before(days).toISOString()),
    usedAt: fc.double({ min: 0, max: 32, noNaN: true }).map((days) => before(days).toISOString()),
  },
  { requiredKeys: ['now', 'tags', 'named'] },
);

const isOfRetirement = (key: PendingKey) => Object.keys(key.tags).length === 0
  || (key.tags[GenerationTag.FAMILY] === ALIAS && key.tags[GenerationTag.RECOUNTED_AT] !== '');
const isFresh = ({ countedAt, deletionDate }: PendingKey) =>
  deletionDate !== undefined && countedAt !== undefined && Date.parse(countedAt) >= before(5).getTime();

function law(name: string, holds: (key: PendingKey, cancelled: boolean) => boolean): void {
  test(name, () => {
    fc.assert(fc.property(keys, (key) => holds(key, decidePendingKey(ALIAS, key).kind === 'cancel-deletion')), { numRuns: 20_000 });
  });
}

law('a pending deletion that is not freshly counted is cancelled at the latest three days before its date, whatever else is known',
  (key, cancelled) => cancelled || isFresh(key) || !isOfRetirement(key)
    || (key.deletionDate !== undefined && key.now < before(3)));

law('a pending deletion is cancelled as soon as a use is known, also after a fresh count', (key, cancelled) =>
  key.usedAt === undefined || !isOfRetirement(key) || cancelled);

law('a pending deletion is cancelled as soon as a store is not counted or its alias is deleted, also after a fresh count', (key, cancelled) =>
  (key.named && key.uncounted === undefined) || !isOfRetirement(key) || cancelled);

law('a deletion that an operator has scheduled, or of another family, is not cancelled', (key, cancelled) => isOfRetirement(key) || !cancelled);

law('a deletion is not cancelled without a reason', (key, cancelled) =>
  !cancelled || key.usedAt !== undefined || key.uncounted !== undefined || !key.named || !isFresh(key));

law('a fact that cannot be read never lets a deletion continue that it would have cancelled', (key, cancelled) => {
  const unread = decidePendingKey(ALIAS, { now: key.now, tags: {}, named: key.named, deletionDate: key.deletionDate });
  return !cancelled || key.usedAt !== undefined || key.uncounted !== undefined || unread.kind === 'cancel-deletion';
});
