import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { FOR_AWS_RESOURCES, requireSome, SYMMETRIC, type ServiceUse } from './service-use';
import { ServiceActions } from '../../permissions/key-actions';
import { keyStatements } from '../../permissions/key-statements';

/** A service that calls AWS KMS with the credentials of whoever called it. */
export interface CallingService {
  /** As `kms:ViaService` spells it: `ec2`. */
  readonly service: string;
  /** As it reads in a Sid and in the name of its factory: `Ebs`. */
  readonly name: string;
  readonly actions: readonly string[];
  /** Whether it lets itself in for later by grants. @default false */
  readonly makesGrants?: boolean;
  /** Whether it calls from its Regions to keys in others. @default false */
  readonly fromEveryRegion?: boolean;
}

/** Its callers use the key through the service only; what they could do with it directly, this says nothing about. */
export function throughService(callers: readonly iam.IGrantable[], called: CallingService): ServiceUse {
  const { service, actions, makesGrants = false, fromEveryRegion = false } = called;
  const name = `through${called.name}`;
  requireSome(name, 'caller', callers);
  return {
    name,
    kind: SYMMETRIC,
    callers,
    statements: (scope) => {
      const conditions = viaService(scope, service, fromEveryRegion);
      return [
        ...keyStatements(`CallersUseTheKeyOnlyThrough${called.name}`, callers, actions, conditions),
        ...(makesGrants
          ? keyStatements(`CallersMakeGrantsOnlyThrough${called.name}ForItsResources`, callers, ServiceActions.GRANT, { ...conditions, ...FOR_AWS_RESOURCES })
          : []),
      ];
    },
  };
}

/** Source: "AWS KMS condition keys", AWS KMS developer guide. */
function viaService(scope: Construct, service: string, fromEveryRegion: boolean): iam.Conditions {
  const { account, region, urlSuffix } = Stack.of(scope);
  const ours = { 'kms:CallerAccount': account };
  return fromEveryRegion
    ? { StringEquals: ours, StringLike: { 'kms:ViaService': `${service}.*.${urlSuffix}` } }
    : { StringEquals: { ...ours, 'kms:ViaService': `${service}.${region}.${urlSuffix}` } };
}
