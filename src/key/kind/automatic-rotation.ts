import { Duration } from 'aws-cdk-lib';
import { encrypts, isSymmetric, type KeyKind } from './key-kind';
import { AUTOMATIC_ROTATION_DAYS } from '../../contract/limits';
import { describeProblem } from '../../contract/problem';
import { daysForCloudFormation, daysProblems, isTokenOfDays } from '../../validation/in-range';

const ROTATION_PERIOD = { min: Duration.days(AUTOMATIC_ROTATION_DAYS.min), max: Duration.days(AUTOMATIC_ROTATION_DAYS.max) };

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
  return canRotate(kind) ? { enableKeyRotation, rotationPeriodInDays: daysForCloudFormation(rotationPeriod) } : {};
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
  return isTokenOfDays(rotationPeriod) ? [] : daysProblems('rotationPeriod', rotationPeriod, ROTATION_PERIOD, 'omit it for 365 days');
}

function canRotate(kind: KeyKind): boolean {
  return isSymmetric(kind) && encrypts(kind);
}
