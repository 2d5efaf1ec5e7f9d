import type { FamilyDescription } from '../../src/contract/family/family-description';
import type { Family } from '../key-family/family';

export const MILLISECONDS_A_DAY = 24 * 60 * 60 * 1000;

/**
 * Days since the alias moved to the current generation. If that time is not recorded, days since the key was created.
 */
export function ageOfCurrentDays({ current }: Family, now: Date): number {
  const since = Date.parse(current.currentSince ?? '');
  return (now.getTime() - (Number.isNaN(since) ? current.createdAt.getTime() : since)) / MILLISECONDS_A_DAY;
}

/** Days until the current generation reaches its maximum age. Infinite without a schedule. */
export function daysUntilRotation(family: Family, { rotateEverySeconds }: FamilyDescription, now: Date): number {
  if (rotateEverySeconds === undefined) return Infinity;
  return rotateEverySeconds * 1000 / MILLISECONDS_A_DAY - ageOfCurrentDays(family, now);
}

export function isRotationDue(family: Family, intent: FamilyDescription, now: Date): boolean {
  return daysUntilRotation(family, intent, now) <= 0;
}
