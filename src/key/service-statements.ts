import { Stack, type ArnComponents } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ServiceActions } from './key-actions';
import { keyStatements } from './key-statements';
import { describeProblem } from '../contract/problem';

/** What the key policy says for one use by a service, once the account and the Region are known. */
export type StatementsOfUse = (scope: Construct) => iam.PolicyStatement[];

/** A service that calls AWS KMS with the credentials of whoever called it. */
export interface CallingService {
  /** As `kms:ViaService` spells it: `ec2`. */
  readonly service: string;
  /** As it reads in a Sid: `Ebs`. */
  readonly name: string;
  readonly actions: readonly string[];
  /** Whether it lets itself in for later by grants. */
  readonly makesGrants?: boolean;
  /** Whether it calls from its Regions to keys in others. */
  readonly fromEveryRegion?: boolean;
}

/** Its callers use the key through the service only; what they could do with it directly, this says nothing about. */
export function throughService(callers: readonly iam.IGrantable[], called: CallingService): StatementsOfUse {
  requireSome(called.name, 'caller', callers);
  const { service, name, actions, makesGrants = false, fromEveryRegion = false } = called;
  return (scope) => {
    const conditions = viaService(scope, service, fromEveryRegion);
    return [
      ...keyStatements(`CallersUseTheKeyOnlyThrough${name}`, callers, actions, conditions),
      ...(makesGrants
        ? keyStatements(`CallersMakeGrantsOnlyThrough${name}ForItsResources`, callers, ServiceActions.GRANT, { ...conditions, ...FOR_AWS_RESOURCES })
        : []),
    ];
  };
}

/** Holds only where an AWS service makes the grant for a resource of its own. */
export const FOR_AWS_RESOURCES: iam.Conditions = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };

/** The ARNs of resources by their names: a reference to the resource itself, which refers to the key, would go round in a circle. */
export function arnsOf(scope: Construct, names: readonly string[], components: Omit<ArnComponents, 'resourceName'>): string[] {
  return names.map((name) => Stack.of(scope).formatArn({ ...components, resourceName: name }));
}

/** A statement without principals, or under a condition without values, is one that AWS KMS refuses or that lets nobody in. */
export function requireSome(name: string, what: string, given: readonly unknown[]): void {
  if (given.length > 0) return;
  throw new Error(describeProblem({
    where: `ServiceUser for ${name}`,
    what: `no ${what} is named`,
    remedy: `name at least one ${what}, or leave this use out`,
  }));
}

function viaService(scope: Construct, service: string, fromEveryRegion: boolean): iam.Conditions {
  const { account, region, urlSuffix } = Stack.of(scope);
  const ours = { 'kms:CallerAccount': account };
  return fromEveryRegion
    ? { StringEquals: ours, StringLike: { 'kms:ViaService': `${service}.*.${urlSuffix}` } }
    : { StringEquals: { ...ours, 'kms:ViaService': `${service}.${region}.${urlSuffix}` } };
}
