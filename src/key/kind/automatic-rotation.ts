import type { Duration } from 'aws-cdk-lib';
import { encrypts, isSymmetric, type KeyKind } from './key-kind';
import { AUTOMATIC_ROTATION_DAYS } from '../../contract/limits';
import { describeProblem } from '../../contract/problem';

/** What is said about automatic rotation. */
export interface AutomaticRotationProps {
  readonly enableKeyRotation?: boolean;
  readonly rotationPeriod?: Duration;
}

/** What CloudFormation is told: nothing for keys that cannot rotate, since it refuses even to hear of it. */
export function rotatesAutomatically(
  kind: KeyKind, { enableKeyRotation = canRotate(kind), rotationPeriod }: AutomaticRotationProps,
): { readonly enableKeyRotation?: boolean; readonly rotationPeriodInDays?: number } {
  return canRotate(kind) ? { enableKeyRotation, rotationPeriodInDays: rotationPeriod?.toDays({ integral: false }) } : {};
}

/** What KMS would refuse about automatic rotation. */
export function rotationProblems(kind: KeyKind, { enableKeyRotation, rotationPeriod }: AutomaticRotationProps): string[] {
  if (!canRotate(kind)) {
    const given = rotationPeriod === undefined ? undefined : rotationPeriod.toHumanString();
    return enableKeyRotation === true || rotationPeriod !== undefined ? [describeProblem({
      where: enableKeyRotation === true ? 'enableKeyRotation' : 'rotationPeriod',
      what: `AWS KMS rotates symmetric encryption keys only, and this one is of spec ${kind.spec.name}`,
      given,
      remedy: 'leave it out; replace such a key by another with another alias, and let its users follow',
    })] : [];
  }
  if (rotationPeriod === undefined) return [];
  if (enableKeyRotation === false) {
    return [describeProblem({ where: 'rotationPeriod', what: 'rotation is off', given: rotationPeriod.toHumanString(), remedy: 'leave out enableKeyRotation or rotationPeriod' })];
  }
  const { min, max } = AUTOMATIC_ROTATION_DAYS;
  const days = rotationPeriod.isUnresolved() ? min : rotationPeriod.toDays({ integral: false });
  if (Number.isInteger(days) && days >= min && days <= max) return [];
  return [describeProblem({
    where: 'rotationPeriod',
    what: 'period is out of range',
    given: rotationPeriod.toHumanString(),
    allowed: `${min} to ${max} days, in whole days`,
    remedy: 'leave it out for 365 days',
  })];
}

function canRotate(kind: KeyKind): boolean {
  return isSymmetric(kind) && encrypts(kind);
}
