import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SERVICE_TIMEOUT_SECONDS } from '../../contract/limits';
import { GRANT_RESOURCE_TYPE } from '../../contract/requests/grant-request';
import { CustomResourceFunction } from '../../custom-resource/custom-resource-function';

/**
 * Function behind `Custom::KmsGrant` in this stack, for all its grants.
 *
 * Each grant allows it to create and to end that grant. Grants name its role as the retiring principal, so its
 * construct id must not change.
 */
export function grantCreator(scope: Construct): CustomResourceFunction {
  return CustomResourceFunction.getOrCreate(scope, 'KmsGrantCreator', {
    resourceType: GRANT_RESOURCE_TYPE,
    handler: 'kms-grant',
    purpose: 'Creates grants on KMS keys, and revokes or retires them, during deployments',
    // After the timeout CloudFormation no longer waits for a response, and a later deployment may have removed what the
    // event requests.
    maxEventAge: Duration.seconds(SERVICE_TIMEOUT_SECONDS),
  });
}
