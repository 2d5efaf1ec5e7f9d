import { Stack, type ArnComponents } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { describeProblem } from '../../contract/problem';
import type { KeyKind } from '../kind/key-kind';
import { KmsKeySpec } from '../kind/kms-key-spec';
import { KmsKeyUsage } from '../kind/kms-key-usage';

/** What the key policy says for one use by a service, once the account and the Region are known. */
export type StatementsOfUse = (scope: Construct) => iam.PolicyStatement[];

/** A use of a key by a service: what the key has to be for it, and what its policy then says. */
export interface ServiceUse {
  /** The factory of `ServiceUser` that it comes from: whoever reads a complaint finds it by that name. */
  readonly name: string;
  readonly kind: KeyKind;
  /** The only Region in which the service takes keys. @default - any */
  readonly region?: string;
  /** In whose name the service calls. @default - in its own */
  readonly callers?: readonly iam.IGrantable[];
  readonly statements: StatementsOfUse;
}

export const SYMMETRIC: KeyKind = { spec: KmsKeySpec.SYMMETRIC_DEFAULT, usage: KmsKeyUsage.ENCRYPT_DECRYPT };

/**
 * Holds only where an AWS service makes the grant for a resource of its own.
 *
 * Source: "Controlling access to grants", AWS KMS developer guide, for every service that is integrated with AWS KMS.
 */
export const FOR_AWS_RESOURCES: iam.Conditions = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };

/** The ARNs of resources by their names: a reference to the resource itself, which refers to the key, would go round in a circle. */
export function arnsOf(scope: Construct, names: readonly string[], components: Omit<ArnComponents, 'resourceName'>): string[] {
  return names.map((name) => Stack.of(scope).formatArn({ ...components, resourceName: name }));
}

/** A statement without principals, or under a condition without values, is one that AWS KMS refuses or that lets nobody in. */
export function requireSome(use: string, what: string, given: readonly unknown[]): void {
  if (given.length > 0) return;
  throw new Error(describeProblem({
    where: `ServiceUser.${use}`, what: `no ${what} is named`, remedy: `name at least one ${what}, or leave this use out`,
  }));
}

/** A wildcard would let in what nobody has named, or, where a condition compares exactly, nothing at all. */
export function requireExact(use: string, what: string, names: readonly string[]): void {
  requireSome(use, what, names);
  const [inexact] = names.filter((name) => /[*?]/.test(name));
  if (inexact === undefined) return;
  throw new Error(describeProblem({
    where: `ServiceUser.${use}`, what: `a ${what} has to be named exactly`, given: inexact, remedy: `name each ${what}`,
  }));
}
