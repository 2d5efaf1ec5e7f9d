import { KmsError as AwsError } from '../../kms/protocol/errors';

/** Errors with the messages of AWS Step Functions. Their format is that of every AWS JSON service. */
export { AwsError };

export const machineDoesNotExist = (machineArn: string) =>
  new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machineArn}'`);
export const executionDoesNotExist = (arn: string) => new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
export const executionAlreadyExists = (arn: string) => new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
export const invalidExecutionInput = (text: string) =>
  new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${text}'`);
export const invalidName = (name: string) => new AwsError('InvalidName', `Invalid Name: '${name}'`);
export const invalidToken = () => new AwsError('InvalidToken', 'Invalid Token: \'Invalid token\'');
