import type { Construct } from 'constructs';
import { GRANT_RESOURCE_TYPE } from '../../contract/requests/grant-request';
import { CustomResourceFunction } from '../../custom-resource/custom-resource-function';
import { type DeploymentFunctionOptions } from '../../custom-resource/deployment-function-options';

/**
 * Function behind `Custom::KmsGrant` in this stack, for all its grants.
 *
 * Each grant allows it to create and to end that grant. Grants name its role as the retiring principal, so its
 * construct id must not change.
 */
export function grantCreator(scope: Construct, options?: DeploymentFunctionOptions): CustomResourceFunction {
  return CustomResourceFunction.getOrCreate(scope, 'KmsGrantCreator', {
    resourceType: GRANT_RESOURCE_TYPE,
    handler: 'kms-grant',
    purpose: 'Creates grants on KMS keys, and revokes or retires them, during deployments',
    options,
  });
}
