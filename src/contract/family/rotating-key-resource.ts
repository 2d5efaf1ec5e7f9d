import type { FamilyDescription } from './family-description';

/** The CloudFormation resource type behind `RotatingKey`. */
export const ROTATING_KEY_RESOURCE_TYPE = 'Custom::RotatingKey';

/** The decoded request of `Custom::RotatingKey` to its handler. */
export interface RotatingKeyRequest {
  readonly family: FamilyDescription;
  /** An existing key that becomes generation 0. The alias of the family already names it and is not moved. */
  readonly startFromKeyArn?: string;
  /** Principals that the policy of the existing key names, and that lose access through it. `*`: all of them. */
  readonly principalsToDrop?: readonly string[];
  /** The stack that has released the existing key. */
  readonly releasedBy?: string;
  /**
   * The owner (`stack/logical id`) from which this resource adopts the family. Required, so that no family is adopted
   * by mistake.
   */
  readonly adoptFrom?: string;
}

/**
 * Resource properties. The family is a single JSON text, because CloudFormation turns numbers and booleans into text.
 */
export interface RotatingKeyProperties {
  readonly Family: string;
  readonly StartFromKeyArn?: string;
  readonly PrincipalsToDrop?: readonly string[];
  readonly ReleasedBy?: string;
  readonly AdoptFrom?: string;
}

/** The attributes that the resource returns. Not the key id: it would be stale after the first rotation. */
export type RotatingKeyAttribute = 'AliasName';
