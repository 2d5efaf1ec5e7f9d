import { KmsError as AwsError } from '../kms/protocol/errors';

/** Errors with the messages of AWS Secrets Manager. Their format is that of every AWS JSON service. */
export { AwsError };

export const secretNotFound = () => new AwsError('ResourceNotFoundException', 'Secrets Manager can\'t find the specified secret.');
export const versionNotFound = (versionId: string) =>
  new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for VersionId: ${versionId}`);
export const labelNotFound = (label: string) =>
  new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for staging label: ${label}`);
export const secretExists = (name: string) =>
  new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
export const versionExists = (versionId: string) =>
  new AwsError(
    'ResourceExistsException',
    `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret.`,
  );
export const invalidParameter = (text: string) => new AwsError('InvalidParameterException', text);
export const invalidRequest = (text: string) => new AwsError('InvalidRequestException', text);
export const tooManyLabels = (max: number) => new AwsError('LimitExceededException', `A secret can have at most ${max} staging labels.`);
