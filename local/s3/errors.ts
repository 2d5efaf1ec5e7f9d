/** An error of Amazon S3: a code, the message of AWS, and members that name its subject. */
export class S3Error extends Error {
  public constructor(
    public readonly httpStatus: number,
    public readonly code: string,
    message: string,
    public readonly members: { readonly [member: string]: string } = {},
  ) {
    super(message);
    this.name = code;
  }
}

export const noSuchBucket = (bucket: string) =>
  new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: bucket });
export const noSuchKey = (key: string) => new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
export const preconditionFailed = (condition: string) =>
  new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', { Condition: condition });
export const accessDenied = (message: string) => new S3Error(403, 'AccessDenied', message);
export const badContinuationToken = () =>
  new S3Error(400, 'InvalidArgument', 'The continuation token provided is incorrect', { ArgumentName: 'continuation-token' });
export const badMaxKeys = (given: string) =>
  new S3Error(
    400, 'InvalidArgument', 'Provided max-keys not an integer or within integer range', { ArgumentName: 'max-keys', ArgumentValue: given });
export const keyTooLong = () => new S3Error(400, 'KeyTooLongError', 'Your key is too long', { MaxSizeAllowed: '1024' });
export const internalError = () => new S3Error(500, 'InternalError', 'We encountered an internal error. Please try again.');

/** For everything of Amazon S3 that is not implemented here: an error is better than another effect. */
export const notImplemented = (what: string) => new S3Error(501, 'NotImplemented', `${what} is not implemented in the local S3.`);
