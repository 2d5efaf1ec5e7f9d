import { aFamily, aGeneration } from './a-family';
import { aFamilyDescription } from './a-family-description';
import type { Generation } from '../../../lambda/key-family/family';
import type { RetirementFacts } from '../../../lambda/retirement/retirement-facts';
import type { DeletionDescription, FamilyDescription } from '../../../src/contract/family/family-description';
import type { StoreDescription } from '../../../src/contract/stores/store-description';

export const STORE: StoreDescription = {
  kind: 'dynamodb-table',
  storeId: 'orders',
  tableName: 'orders-table',
  tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-table',
  dataKeyAttribute: 'dataKey',
  encryptionContext: {},
  shards: 2,
};

/** 7 days of observation, 7 days of soak, backups for 30 days, 10 days pending deletion. */
export const DELETION: DeletionDescription = {
  observationDays: 7, soakDays: 7, backupRetentionDays: 30, pendingWindowDays: 10, onUse: 'start-over',
};

/** A propagation delay of 5 minutes, and data keys that are used for an hour. */
export function aRetiringFamily(changes: Partial<FamilyDescription> = {}): FamilyDescription {
  return aFamilyDescription({ stores: [STORE], deletion: DELETION, ...changes });
}

/** Noon of a day, counted from the day on which the generation was fenced, or another time: `day(3, 12, 30)`. */
export function day(number: number, hour = 12, minute = 0): string {
  return new Date(Date.UTC(2026, 0, 1 + number, hour, minute)).toISOString();
}

/** Generation 1, replaced by generation 2 on day 0. */
export function aReplaced(changes: Partial<Generation> = {}): Generation {
  return aGeneration(1, { phase: 'fenced', fencedSince: day(0), emptiedSince: day(0, 13), ...changes });
}

/** Certified on day 1. */
export function aCertified(changes: Partial<Generation> = {}): Generation {
  return aReplaced({ phase: 'retiring', certifiedSince: day(1), ...changes });
}

/** Disabled on day 8. */
export function aSoaking(changes: Partial<Generation> = {}): Generation {
  return aCertified({ keyState: 'Disabled', disabledSince: day(8), ...changes });
}

/** Scheduled for deletion on day 31, and deleted on day 41. */
export function aPending(changes: Partial<Generation> = {}): Generation {
  return aSoaking({ keyState: 'PendingDeletion', recountedAt: day(31), ...changes });
}

export function familyOf(generation: Generation) {
  return aFamily(2, [generation, aGeneration(2)]);
}

export function facts(now: string, changes: Partial<RetirementFacts> = {}): RetirementFacts {
  return { now: new Date(now), onlyReversals: false, certificate: 'valid', uncountedStores: [], watch: { probeDays: [] }, ...changes };
}

/** Days with the event of a watch probe and no other use, the latest first. */
export function probeDays(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => day(to - index).slice(0, 10));
}
