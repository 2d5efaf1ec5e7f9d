import { byName } from '../by-name';
import { PropertyDecoder, type DeliveredProperties } from './property-decoder';

/** An encryption context: name-value pairs that KMS authenticates. They are not secret: CloudTrail records them. */
export type ContextPairs = { readonly [name: string]: string };

/**
 * The encryption context that every use of a grant must have: exactly these pairs (`equals`), or at
 * least these (`subset`).
 */
export interface ContextConstraint {
  readonly kind: 'equals' | 'subset';
  readonly pairs: ContextPairs;
}

/** The decoded request of `Custom::KmsGrant` to its handler. */
export interface GrantRequest {
  readonly keyArn: string;
  /**
   * Unique for one construct of one stack. For the same name and terms, repeated CreateGrant calls return
   * the same grant.
   */
  readonly name: string;
  readonly granteePrincipal: string;
  /** The principal that can retire the grant without permission from any policy. */
  readonly retiringPrincipal: string;
  readonly operations: readonly string[];
  readonly constraint?: ContextConstraint;
}

/** Resource properties. Every leaf is text, because CloudFormation delivers numbers and booleans as text. */
export type GrantProperties = { readonly [property: string]: string | readonly string[] | ContextPairs | undefined };

/** The CloudFormation resource type behind `KmsGrant`. */
export const GRANT_RESOURCE_TYPE = 'Custom::KmsGrant';

/** The attribute that the resource returns. It is not secret: a grant id gives no permission. */
export type GrantAttribute = 'GrantId';

/**
 * Encodes a request as resource properties. Operations and pairs are sets, so they are sorted: another order must not
 * look like a change.
 */
export function encodeGrant({ constraint, ...request }: GrantRequest): GrantProperties {
  return {
    KeyArn: request.keyArn,
    Name: request.name,
    GranteePrincipal: request.granteePrincipal,
    RetiringPrincipal: request.retiringPrincipal,
    Operations: [...new Set(request.operations)].sort(),
    EncryptionContextEquals: constraint?.kind === 'equals' ? Object.fromEntries(byName(constraint.pairs)) : undefined,
    EncryptionContextSubset: constraint?.kind === 'subset' ? Object.fromEntries(byName(constraint.pairs)) : undefined,
  };
}

/** Decodes a request from resource properties. The error names the first property that is not usable. */
export function decodeGrant(properties: DeliveredProperties): GrantRequest {
  const decoder = new PropertyDecoder(GRANT_RESOURCE_TYPE, 'KmsGrant', properties);
  const constraint = decodeConstraint(decoder);
  return {
    keyArn: decoder.text('KeyArn'),
    name: decoder.text('Name'),
    granteePrincipal: decoder.text('GranteePrincipal'),
    retiringPrincipal: decoder.text('RetiringPrincipal'),
    operations: decoder.texts('Operations'),
    ...(constraint === undefined ? {} : { constraint }),
  };
}

function decodeConstraint(decoder: PropertyDecoder): ContextConstraint | undefined {
  const [equals, subset] = ['EncryptionContextEquals', 'EncryptionContextSubset'] as const;
  if (decoder.has(equals) && decoder.has(subset)) throw decoder.contradiction(subset, equals);
  if (decoder.has(equals)) return { kind: 'equals', pairs: decoder.textMap(equals) };
  if (decoder.has(subset)) return { kind: 'subset', pairs: decoder.textMap(subset) };
  return undefined;
}
