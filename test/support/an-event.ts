import type { DeploymentEvent } from '../../lambda/runtime/deployment-event';

/** An event of CloudFormation, for tests in which its time does not matter. */
export const AN_EVENT: DeploymentEvent = {
  requestId: '7c8e9b0a-1d2f-4a3b-9c4d-5e6f7a8b9c0d', requestType: 'Update', stackName: 'Shop', logicalId: 'Key',
};
