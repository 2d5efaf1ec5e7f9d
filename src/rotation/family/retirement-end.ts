import { CustomResource, Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { FamilyDescription } from '../../contract/family/family-description';
import { RETIREMENT_END_RESOURCE_TYPE, type RetirementEndProperties } from '../../contract/family/retirement-end-resource';
import { SERVICE_TIMEOUT_SECONDS } from '../../contract/limits';

/**
 * Creates the custom resource that ends the retirement of a family when its stack is deleted: pending deletions of used
 * generations are cancelled, and disabled generations are enabled.
 *
 * The generations themselves are retained, so their own resource receives no event then. If a deletion cannot be
 * cancelled, the deletion of the stack fails, because a key that KMS deletes cannot be restored.
 */
export function retirementEnd(scope: Construct, { alias, owner }: FamilyDescription, control: lambda.IFunction): CustomResource {
  return new CustomResource(scope, 'RetirementEnd', {
    resourceType: RETIREMENT_END_RESOURCE_TYPE,
    serviceToken: control.functionArn,
    serviceTimeout: Duration.seconds(SERVICE_TIMEOUT_SECONDS),
    properties: { Alias: alias, Owner: owner } satisfies RetirementEndProperties,
  });
}
