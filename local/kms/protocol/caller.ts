import { incompleteSignature, missingAuthentication } from './errors';
import { accountOfPrincipal } from './principals';

/** The caller and the place that it calls: both are in the credential scope of a signed request. */
export interface Caller {
  readonly accessKey: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** The identity that policies and error messages name. */
  readonly principalArn: string;
}

/** The account of callers whose access key does not name one. */
export const DEFAULT_ACCOUNT = '111122223333';

const ALGORITHM = 'AWS4-HMAC-SHA256 ';
const CREDENTIAL = /^([^/\s]+)\/\d{8}\/([a-z0-9-]+)\/([^/\s]+)\/aws4_request$/;

/**
 * Reads the caller from the Authorization header. The signature itself is not checked: this is a test bench.
 *
 * An access key of a known principal is that principal, in its account. Of all other access keys, one of twelve digits
 * is the account, and any other belongs to the default account; each of them is a user of that name.
 */
export function readCaller(authorization: string | undefined, principalOf: (accessKey: string) => string | undefined): Caller {
  if (authorization === undefined || authorization === '') throw missingAuthentication();
  const [, accessKey, region, service] = CREDENTIAL.exec(credentialIn(authorization)) ?? [];
  if (accessKey === undefined || region === undefined) {
    throw incompleteSignature('Credential must have the form <access key>/<date>/<Region>/kms/aws4_request.');
  }
  if (service !== 'kms') throw incompleteSignature('Credential should be scoped to correct service: \'kms\'.');
  const partition = partitionOf(region);
  const principal = principalOf(accessKey);
  const ownAccount = /^\d{12}$/.test(accessKey) ? accessKey : DEFAULT_ACCOUNT;
  const account = (principal === undefined ? undefined : accountOfPrincipal(principal)) ?? ownAccount;
  return { accessKey, account, region, partition, principalArn: principal ?? `arn:${partition}:iam::${account}:user/${accessKey}` };
}

/** The header must have all parts of a signature. Its credential names the caller. */
function credentialIn(authorization: string): string {
  if (!authorization.startsWith(ALGORITHM)) throw incompleteSignature('Authorization header requires algorithm \'AWS4-HMAC-SHA256\'.');
  const parameters = authorization.slice(ALGORITHM.length).split(',').map((parameter) => parameter.trim());
  const valueOf = (name: string): string => {
    const parameter = parameters.find((each) => each.startsWith(`${name}=`) && each.length > name.length + 1);
    if (parameter === undefined) throw incompleteSignature(`Authorization header requires '${name}' parameter.`);
    return parameter.slice(name.length + 1);
  };
  valueOf('SignedHeaders');
  valueOf('Signature');
  return valueOf('Credential');
}

export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}
