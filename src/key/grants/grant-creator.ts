import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SERVICE_TIMEOUT_SECONDS } from '../../contract/limits';
import { GRANT_RESOURCE_TYPE } from '../../contract/requests/grant-request';
import { CustomResourceFunction } from '../../custom-resource/custom-resource-function';

/**
 * The function behind `Custom::KmsGrant` in this stack, for all its grants.
 *
 * Each grant lets it make that grant, and end it. Grants name its role as the one who retires them, so its id never changes.
 */
export function grantMaker(scope: Construct): CustomResourceFunction {
  return CustomResourceFunction.getOrCreate(scope, 'KmsGrantMaker', {
    resourceType: GRANT_RESOURCE_TYPE,
    handler: 'kms-grant',
    purpose: 'Makes grants on KMS keys, and ends them, while they are deployed',
    // An event that has waited for longer is one that nobody waits for any more: what it asks for may have been taken back since.
    maxEventAge: Duration.seconds(SERVICE_TIMEOUT_SECONDS),
  });
}
