import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { FOR_AWS_RESOURCES, requireSome, SYMMETRIC, type ServiceUse } from './service-use';
import { ServiceActions } from '../../permissions/key-actions';
import { keyStatements } from '../../permissions/key-statements';
import { GRANTEE } from '../../validation/kinds';

/** Service that calls AWS KMS with the credentials of its caller. */
export interface CallingService {
  /** The service in `kms:ViaService`, such as `ec2`. */
  readonly service: string;
  /** The service in Sids and in the name of the factory method, such as `Ebs`. */
  readonly name: string;
  readonly actions: readonly string[];
  /** Whether it creates grants for later use. @default false */
  readonly createsGrants?: boolean;
  /** Whether it calls keys of other Regions. @default false */
  readonly fromEveryRegion?: boolean;
}

/** Use of the key through the service only. It neither allows nor denies direct use by the callers. */
export function throughService(callers: readonly iam.IGrantable[], called: CallingService): ServiceUse {
  const { service, actions, createsGrants = false, fromEveryRegion = false } = called;
  const name = `through${called.name}`;
  requireSome(name, 'caller', callers, GRANTEE);
  return {
    name,
    kind: SYMMETRIC,
    callers,
    statements: (scope) => {
      const conditions = viaService(scope, service, fromEveryRegion);
      return [
        ...keyStatements(`CallersUseTheKeyOnlyThrough${called.name}`, callers, actions, conditions),
        ...(createsGrants
          ? keyStatements(`CallersCreateGrantsOnlyThrough${called.name}ForItsResources`, callers, ServiceActions.GRANT, {
            ...conditions, ...FOR_AWS_RESOURCES,
          })
          : []),
      ];
    },
  };
}

/** Source: "AWS KMS condition keys", AWS KMS developer guide. */
function viaService(scope: Construct, service: string, fromEveryRegion: boolean): iam.Conditions {
  const { account, region, urlSuffix } = Stack.of(scope);
  const ownAccount = { 'kms:CallerAccount': account };
  return fromEveryRegion
    ? { StringEquals: ownAccount, StringLike: { 'kms:ViaService': `${service}.*.${urlSuffix}` } }
    : { StringEquals: { ...ownAccount, 'kms:ViaService': `${service}.${region}.${urlSuffix}` } };
}
