import { daysUntilMaterialIsNeeded, FIRST_ANNOUNCED_DAYS_AHEAD, type ObservedState } from './decide-due';
import { ageOfCurrentDays } from './rotation-age';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { FamilyMetric } from '../../src/contract/family/family-metrics';
import { isLive } from '../key-family/family';

/** The CloudWatch metrics of a family. */
export function measureFamily(
  { family, drifted, unproven = [], newMaterial }: ObservedState, intent: FamilyDescription, now: Date,
): { readonly [metric in FamilyMetric]?: number } {
  const old = family.generations
    .filter((generation) => generation !== family.current && generation.phase !== 'next' && isLive(generation));
  const inSoak = old.filter(({ keyState, disabledSince }) => keyState === 'Disabled' && disabledSince !== undefined);
  const materialDueInDays = newMaterial === 'missing' ? daysUntilMaterialIsNeeded(family, intent, now) : Infinity;
  return {
    [FamilyMetric.CURRENT_GENERATION_AGE]: ageOfCurrentDays(family, now),
    [FamilyMetric.RETAINED_GENERATIONS]: old.length,
    [FamilyMetric.GENERATIONS_IN_SOAK]: inSoak.length,
    [FamilyMetric.KEY_MATERIAL_DUE_SOON]: materialDueInDays <= FIRST_ANNOUNCED_DAYS_AHEAD ? 1 : 0,
    [FamilyMetric.KEY_MATERIAL_DUE]: materialDueInDays <= 0 ? 1 : 0,
    // A policy that lacks a declared principal has drifted. What writes it publishes the number of them.
    ...(drifted.length + unproven.length === 0 ? { [FamilyMetric.PRINCIPALS_LEFT_OUT]: 0 } : {}),
  };
}
