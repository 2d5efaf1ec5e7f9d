import { daysUntilBytesAreNeeded, FIRST_ANNOUNCED_DAYS_AHEAD, type TickWorld } from './decide-due';
import { ageOfCurrentDays } from './rotation-age';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { FamilyMetric } from '../../src/contract/family/family-metrics';
import { isLive } from '../key-family/family';

/** The state of a family in numbers. */
export function measureFamily({ family, bytes }: TickWorld, intent: FamilyDescription, now: Date): { readonly [metric in FamilyMetric]?: number } {
  const old = family.generations.filter((generation) => generation !== family.current && generation.phase !== 'next' && isLive(generation));
  const bytesWithin = bytes === 'used' ? daysUntilBytesAreNeeded(family, intent, now) : Infinity;
  return {
    [FamilyMetric.AGE_OF_CURRENT]: ageOfCurrentDays(family, now),
    [FamilyMetric.GENERATIONS_KEPT]: old.length,
    [FamilyMetric.GENERATIONS_IN_SOAK]: old.filter(({ keyState, disabledSince }) => keyState === 'Disabled' && disabledSince !== undefined).length,
    [FamilyMetric.BYTES_ANNOUNCED]: bytesWithin <= FIRST_ANNOUNCED_DAYS_AHEAD ? 1 : 0,
    [FamilyMetric.BYTES_DUE]: bytesWithin <= 0 ? 1 : 0,
  };
}
