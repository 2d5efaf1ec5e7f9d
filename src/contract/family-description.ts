import type { SecretEncoding } from './import-request';
import type { StoreDescription } from './store-description';

/** Where the material of each new generation comes from. */
export type GenerationMaterial =
  /** KMS makes it. */
  | { readonly kind: 'aws-kms' }
  /** AWSCURRENT of a secret; every generation wants bytes of its own. */
  | {
    readonly kind: 'secret';
    readonly secretArn: string;
    readonly encoding: SecretEncoding;
    readonly wrappingAlgorithm: string;
    readonly wrappingKeySpec: string;
  };

/** A rotating key as its owner declared it: all that a run needs to know besides the world itself. */
export interface FamilyDescription {
  /** `alias/orders`: the name of the family, and the alias of its current generation. */
  readonly alias: string;
  /** Who declares it: stack name and logical id. */
  readonly owner: string;
  readonly description: string;
  /** The declared key policy, as JSON text. What a generation stands under is a function of this and its phase. */
  readonly policyDocument: string;
  /** Changes whenever the declared policy does. */
  readonly policyRevision: string;
  readonly material: GenerationMaterial;
  /** The owner's own tags, for every generation. */
  readonly tags: { readonly [name: string]: string };
  readonly stores: readonly StoreDescription[];
  /** How long a change of alias or policy is given to reach everybody. */
  readonly settleSeconds: number;
  /** How long an application may go on storing a data key that it already has, without asking KMS. */
  readonly dataKeyReuseSeconds: number;
  /** How often a rotation re-encrypts and counts before it gives up on writers that outrun it. */
  readonly maximumPasses: number;
}
