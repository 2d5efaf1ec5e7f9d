import type { Duration } from 'aws-cdk-lib';
import { encrypts, isSymmetric, type KeyKind } from './key-kind';
import { AUTOMATIC_ROTATION_DAYS } from '../../contract/limits';
import { describeProblem } from '../../contract/problem';

/** Properties of automatic rotation. */
export interface AutomaticRotationProps {
  readonly enableKeyRotation?: boolean;
  readonly rotationPeriod?: Duration;
}

/**
 * Properties for CloudFormation. Empty for keys that cannot rotate: CloudFormation refuses the properties for them,
 * even with false.
 */
export function rotationProperties(
  kind: KeyKind, { enableKeyRotation = canRotate(kind), rotationPeriod }: AutomaticRotationProps,
): { readonly enableKeyRotation?: boolean; readonly rotationPeriodInDays?: number } {
  return canRotate(kind) ? { enableKeyRotation, rotationPeriodInDays: rotationPeriod?.toDays({ integral: false }) } : {};
}

/** Reasons for which KMS would refuse the automatic rotation. */
export function rotationProblems(kind: KeyKind, { enableKeyRotation, rotationPeriod }: AutomaticRotationProps): string[] {
  if (!canRotate(kind)) {
    const given = rotationPeriod === undefined ? undefined : rotationPeriod.toHumanString();
    return enableKeyRotation === true || rotationPeriod !== undefined ? [describeProblem({
      where: enableKeyRotation === true ? 'enableKeyRotation' : 'rotationPeriod',
      what: `AWS KMS rotates only symmetric encryption keys, and this key has spec ${kind.spec.name}`,
      given,
      remedy: 'omit it; to replace such a key, create another key with another alias and move its users to it',
    })] : [];
  }
  if (rotationPeriod === undefined) return [];
  if (enableKeyRotation === false) {
    return [describeProblem({
      where: 'rotationPeriod',
      what: 'automatic rotation is disabled',
      given: rotationPeriod.toHumanString(),
      remedy: 'omit enableKeyRotation or rotationPeriod',
    })];
  }
  const { min, max } = AUTOMATIC_ROTATION_DAYS;
  const days = rotationPeriod.isUnresolved() ? min : rotationPeriod.toDays({ integral: false });
  if (Number.isInteger(days) && days >= min && days <= max) return [];
  return [describeProblem({
    where: 'rotationPeriod',
    what: 'period is out of range',
    given: rotationPeriod.toHumanString(),
    allowed: `${min} to ${max} days, in whole days`,
    remedy: 'omit it for 365 days',
  })];
}

function canRotate(kind: KeyKind): boolean {
  return isSymmetric(kind) && encrypts(kind);
}
