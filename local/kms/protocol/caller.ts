import { incompleteSignature, missingAuthentication } from '../errors';

/** Who calls, and which KMS they mean: all of it stands in the credential scope of a signed request. */
export interface Caller {
  readonly accessKey: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** The identity that policies and error texts speak of. */
  readonly principalArn: string;
}

/** The account of callers whose access key does not name one. */
export const DEFAULT_ACCOUNT = '111122223333';

const CREDENTIAL_SCOPE = /Credential=([^/,\s]+)\/[^/,\s]*\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/;

/**
 * Reads the caller from the Authorization header. The signature itself is not checked: this is a test bench.
 *
 * An access key of twelve digits is the account; with any other access key the account is the default one.
 */
export function readCaller(authorization: string | undefined): Caller {
  if (authorization === undefined || authorization === '') throw missingAuthentication();
  const [, accessKey, region, service] = CREDENTIAL_SCOPE.exec(authorization) ?? [];
  if (accessKey === undefined || region === undefined) {
    throw incompleteSignature('Authorization header requires \'Credential\' parameter with a scope of date/region/kms/aws4_request.');
  }
  if (service !== 'kms') throw incompleteSignature('Credential should be scoped to correct service: \'kms\'.');
  const account = /^\d{12}$/.test(accessKey) ? accessKey : DEFAULT_ACCOUNT;
  const partition = partitionOf(region);
  return { accessKey, account, region, partition, principalArn: `arn:${partition}:iam::${account}:user/${accessKey}` };
}

export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}
