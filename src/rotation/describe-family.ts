import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type Construct } from 'constructs';
import { type RotatingKeySettings } from './rotating-key-settings';
import { FAMILY_SCHEMA, type FamilyDescription, type FamilyRoles, type GenerationMaterial } from '../contract/family/family-description';
import { type BoundStore } from '../stores/binding/bound-store';
import { wholeSeconds } from '../validation/in-range';

/** The parts of the description of a family. */
export interface DescribedFamily {
  readonly settings: RotatingKeySettings;
  /** Stack name and logical id of the resource that owns the family. */
  readonly owner: string;
  readonly policy: iam.PolicyDocument;
  readonly roles: FamilyRoles;
  readonly material: GenerationMaterial;
  readonly stores: readonly BoundStore[];
  /** Your tags. They are known only after the whole app is built. */
  readonly tags: FamilyDescription['tags'];
}

/**
 * The description of the family that every message contains. It contains tokens: roles, tables and the key policy are
 * resolved when the app is synthesized.
 */
export function describeFamily(scope: Construct, described: DescribedFamily): FamilyDescription {
  const { settings, owner, policy, roles, material, stores, tags } = described;
  const stack = Stack.of(scope);
  return {
    schema: FAMILY_SCHEMA,
    alias: settings.aliasName,
    owner,
    description: settings.description,
    policyDocument: stack.toJsonString(policy),
    roles,
    material,
    tags,
    stores: stores.map(({ description }) => description),
    releasedStores: settings.releasedStores.length === 0 ? undefined : settings.releasedStores,
    rotateEverySeconds: settings.schedule._everySeconds(),
    propagationDelaySeconds: wholeSeconds(settings.propagationDelay),
    firstRotationWatchSeconds: wholeSeconds(settings.firstRotationWatchPeriod),
    dataKeyMaxAgeSeconds: wholeSeconds(settings.dataKeyMaxAge),
    maxPasses: settings.maxPasses,
    onConsumerFailure: settings.onConsumerFailure,
    paused: settings.paused,
    deletion: settings.deletion?._description(),
  };
}
