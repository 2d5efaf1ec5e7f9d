import { byName } from '../by-name';
import { UnusableProperty } from './unusable-property';

/** An encryption context: pairs that are authenticated, and no secret. */
export type ContextPairs = { readonly [name: string]: string };

/** What a grant holds every use to: an encryption context of exactly these pairs, or of these among others. */
export interface ContextConstraint {
  readonly kind: 'equals' | 'subset';
  readonly pairs: ContextPairs;
}

/** What `Custom::KmsGrant` asks its handler for. */
export interface GrantRequest {
  readonly keyArn: string;
  /** Belongs to one construct of one stack. KMS answers the same grant to the same name and terms, however often it is asked. */
  readonly name: string;
  readonly granteePrincipal: string;
  /** Who may give the grant back, whatever policies say. */
  readonly retiringPrincipal: string;
  readonly operations: readonly string[];
  readonly constraint?: ContextConstraint;
}

/** Resource properties: every leaf is text, since CloudFormation makes it so on the way. */
export type GrantProperties = { readonly [property: string]: string | readonly string[] | ContextPairs | undefined };

/** The CloudFormation resource type behind `KmsGrant`. */
export const GRANT_RESOURCE_TYPE = 'Custom::KmsGrant';

/** The attribute that a grant answers with. It is no secret: without permission of its own it gives nobody anything. */
export type GrantAttribute = 'GrantId';

/** Writes a request down as resource properties. Operations and pairs are sets: their order must not look like a change. */
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

/** Reads a request back, and complains about the first property that cannot be right. */
export function decodeGrant(properties: GrantProperties): GrantRequest {
  const constraint = decodeConstraint(properties);
  return {
    keyArn: text(properties, 'KeyArn'),
    name: text(properties, 'Name'),
    granteePrincipal: text(properties, 'GranteePrincipal'),
    retiringPrincipal: text(properties, 'RetiringPrincipal'),
    operations: texts(properties, 'Operations'),
    ...(constraint === undefined ? {} : { constraint }),
  };
}

function decodeConstraint(properties: GrantProperties): ContextConstraint | undefined {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = properties;
  if (equals !== undefined && subset !== undefined) throw unusable('EncryptionContextSubset', 'EncryptionContextEquals as well', 'one of the two');
  if (equals !== undefined) return { kind: 'equals', pairs: pairs(properties, 'EncryptionContextEquals') };
  if (subset !== undefined) return { kind: 'subset', pairs: pairs(properties, 'EncryptionContextSubset') };
  return undefined;
}

function text(properties: GrantProperties, name: string): string {
  const value = properties[name];
  if (typeof value !== 'string' || value === '') throw unusable(name, shown(value), 'text');
  return value;
}

function texts(properties: GrantProperties, name: string): readonly string[] {
  const value = properties[name];
  const isList = Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string' && each !== '');
  if (!isList) throw unusable(name, shown(value), 'a list of texts');
  return value as readonly string[];
}

function pairs(properties: GrantProperties, name: string): ContextPairs {
  const value = properties[name];
  const isMap = typeof value === 'object' && !Array.isArray(value) && Object.values(value).every((each) => typeof each === 'string');
  if (!isMap || Object.keys(value).length === 0) throw unusable(name, shown(value), 'names and values, all text');
  return value as ContextPairs;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function unusable(name: string, given: string, allowed: string): UnusableProperty {
  return new UnusableProperty({
    where: `${GRANT_RESOURCE_TYPE} ${name}`,
    what: 'property is not usable',
    given,
    allowed,
    remedy: 'deploy with the construct KmsGrant of the same library version as its handler',
  });
}
