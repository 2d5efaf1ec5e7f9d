import { Stack, Token, type ArnComponents } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { describeProblem } from '../../contract/problem';
import { isArn } from '../../validation/is-arn';
import { listOf, TEXT, type Kind } from '../../validation/kinds';
import { requireArguments } from '../../validation/shape';
import type { KeyKind } from '../kind/key-kind';
import { KmsKeySpec } from '../kind/kms-key-spec';

/** Key policy statements for one use by a service, in the account and Region of the scope. */
export type StatementsOfUse = (scope: Construct) => iam.PolicyStatement[];

/** Use of a key by a service: the required kind of key, and the statements in its policy. */
export interface ServiceUse {
  /** The factory method of `ServiceUser`, which error texts name. */
  readonly name: string;
  readonly kind: KeyKind;
  /** The only Region whose keys the service accepts. @default - any */
  readonly region?: string;
  /** The principals on whose behalf the service calls KMS. @default - the service calls as its own principal */
  readonly callers?: readonly iam.IGrantable[];
  readonly statements: StatementsOfUse;
}

export const SYMMETRIC: KeyKind = { spec: KmsKeySpec.SYMMETRIC_DEFAULT, usage: KeyUsage.ENCRYPT_DECRYPT };

/**
 * Condition that an AWS service creates the grant for one of its own resources.
 *
 * Source: "Controlling access to grants", AWS KMS developer guide, for every service that is integrated with AWS KMS.
 */
export const FOR_AWS_RESOURCES: iam.Conditions = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };

/**
 * ARNs of resources, formed from their names: a reference to the resource, which refers to the key, would be a
 * dependency cycle.
 */
export function arnsOf(scope: Construct, names: readonly string[], components: Omit<ArnComponents, 'resourceName'>): string[] {
  return names.map((name) => Stack.of(scope).formatArn({ ...components, resourceName: name }));
}

/** AWS KMS refuses a statement without principals, and a condition without values never matches. */
export function requireSome(use: string, what: string, given: readonly unknown[], kind: Kind = TEXT): void {
  requireArguments(`ServiceUser.${use}`, { [`${what}s`]: given }, { [`${what}s`]: listOf(kind) });
  if (given.length > 0) return;
  throw new Error(describeProblem({
    where: `ServiceUser.${use}`, what: `no ${what} is given`, remedy: `name at least one ${what}, or omit this use`,
  }));
}

/** Names of resources of one kind, as their service accepts them. */
export interface ResourceNames {
  /** What is named, such as `trail`. */
  readonly what: string;
  readonly pattern: RegExp;
  /** The allowed names, as a text. */
  readonly allowed: string;
}

/**
 * The ARN is formed from the name: an ARN in its place would form one that no resource has, and the service would be
 * denied. A token is accepted, unless it is the ARN of a resource of this app.
 */
export function requireNames(use: string, { what, pattern, allowed }: ResourceNames, names: readonly string[]): void {
  requireSome(use, what, names);
  const [invalid] = names.filter((name) => isArn(name) || (!Token.isUnresolved(name) && !pattern.test(name)));
  if (invalid === undefined) return;
  throw new Error(describeProblem({
    where: `ServiceUser.${use}`,
    what: isArn(invalid) ? `an ARN is given instead of the name of a ${what}` : `is not the name of a ${what}`,
    given: Token.isUnresolved(invalid) ? 'the ARN of a resource' : JSON.stringify(invalid),
    allowed,
    remedy: isArn(invalid) ? `pass the name of the ${what}, which is a part of the ARN` : `pass the name of the ${what}`,
  }));
}

/** A wildcard would allow resources that are not named. In a condition that compares exactly, it would never match. */
export function requireExact(use: string, expected: ResourceNames, names: readonly string[]): void {
  const { what } = expected;
  requireSome(use, what, names);
  const [inexact] = names.filter((name) => /[*?]/.test(name));
  if (inexact === undefined) return requireNames(use, expected, names);
  throw new Error(describeProblem({
    where: `ServiceUser.${use}`, what: `a ${what} must be named exactly`, given: inexact, remedy: `name each ${what}`,
  }));
}
