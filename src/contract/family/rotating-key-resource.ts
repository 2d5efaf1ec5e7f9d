import type { FamilyDescription } from './family-description';

/** The CloudFormation resource type behind `RotatingKey`. */
export const ROTATING_KEY_RESOURCE_TYPE = 'Custom::RotatingKey';

/** What `Custom::RotatingKey` asks its handler for. */
export interface RotatingKeyRequest {
  readonly family: FamilyDescription;
  /** An existing key that becomes generation 0: its alias already names it, and nothing moves. */
  readonly startFromKeyArn?: string;
  /** The owner (`stack/logical id`) that this resource takes a family over from: what says that it is meant. */
  readonly adoptFrom?: string;
}

/** Resource properties. The family travels as one JSON text: CloudFormation makes text of every number on the way. */
export interface RotatingKeyProperties {
  readonly Family: string;
  readonly StartFromKeyArn?: string;
  readonly AdoptFrom?: string;
}

/** The attributes that a finished deployment answers with. No key id: it would be stale after the first rotation. */
export type RotatingKeyAttribute = 'AliasName';
