import { CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { FamilyDescription } from '../../contract/family/family-description';
import { ROTATING_KEY_RESOURCE_TYPE, type RotatingKeyProperties } from '../../contract/family/rotating-key-resource';
import { SERVICE_TIMEOUT_SECONDS } from '../../contract/limits';
import { type ExistingKey } from '../values/existing-key';

/** What the resource of a family is created from. */
export interface FamilyResourceProps {
  readonly family: FamilyDescription;
  /** The key to adopt as generation 0. */
  readonly startFrom?: ExistingKey;
  /** The owner from which the family is adopted. */
  readonly adoptFrom?: string;
  readonly control: lambda.IFunction;
  /** The permissions that must exist before the first generation is created. */
  readonly permissions: readonly iam.Grant[];
}

/** The custom resource that owns the family. CloudFormation deletes it only if a first deployment fails. */
export function familyResource(scope: Construct, props: FamilyResourceProps): CustomResource {
  const { family, startFrom, adoptFrom, control, permissions } = props;
  const resource = new CustomResource(scope, 'Resource', {
    resourceType: ROTATING_KEY_RESOURCE_TYPE,
    serviceToken: control.functionArn,
    serviceTimeout: Duration.seconds(SERVICE_TIMEOUT_SECONDS),
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    properties: {
      Family: Stack.of(scope).toJsonString(family),
      StartFromKeyArn: startFrom?.keyArn,
      PrincipalsToDrop: startFrom?._principalsToDrop(),
      ReleasedBy: startFrom?._releasedBy,
      AdoptFrom: adoptFrom,
    } satisfies RotatingKeyProperties,
  });
  for (const permission of permissions) permission.applyBefore(resource);
  return resource;
}
