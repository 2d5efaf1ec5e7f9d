import { Stack, type ArnComponents } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { describeProblem } from '../../contract/problem';
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
export function requireSome(use: string, what: string, given: readonly unknown[]): void {
  if (given.length > 0) return;
  throw new Error(describeProblem({
    where: `ServiceUser.${use}`, what: `no ${what} is given`, remedy: `name at least one ${what}, or omit this use`,
  }));
}

/** A wildcard would allow resources that are not named. In a condition that compares exactly, it would never match. */
export function requireExact(use: string, what: string, names: readonly string[]): void {
  requireSome(use, what, names);
  const [inexact] = names.filter((name) => /[*?]/.test(name));
  if (inexact === undefined) return;
  throw new Error(describeProblem({
    where: `ServiceUser.${use}`, what: `a ${what} must be named exactly`, given: inexact, remedy: `name each ${what}`,
  }));
}
