import { readFileSync } from 'node:fs';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

/** Which role, user or account root each access key belongs to. */
export type Principals = Readonly<Record<string, string>>;

/** Who calls, and what IAM policies say about them. */
export interface Policies {
  /** From access key to the ARN of a role, a user or the root of an account. @default - each access key is a user of its own */
  readonly principals?: Principals;
  /** From the ARN of a role or user to its policy documents. @default - no identity has a policy */
  readonly identityPolicies?: Readonly<Record<string, readonly object[]>>;
}

const PRINCIPAL_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):(root|(role|user)\/[\w+=,.@/-]+)$/;
const MEMBERS = ['principals', 'identityPolicies'];

/**
 * Reads who is who, and what they may do, from a JSON file:
 *
 * ```json
 * {
 *   "principals": { "worker": "arn:aws:iam::111122223333:role/worker" },
 *   "identityPolicies": {
 *     "arn:aws:iam::111122223333:role/worker": [
 *       { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*" }] }
 *     ]
 *   }
 * }
 * ```
 *
 * A caller whose access key is `worker` is then the role, in the role's account. Policies name the role itself, never a session of it.
 */
export function readPolicyFile(path: string): Policies {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: path, what: 'is not a JSON file that can be read', given: (error as Error).message, remedy: 'give the path of a policy file',
    }, error);
  }
  return checkPolicies(path, content);
}

/** Refuses whatever is not of the form of `Policies`. Whether the documents are policies is for the evaluator to say. */
export function checkPolicies(where: string, content: unknown): Policies {
  const { principals = {}, identityPolicies = {}, ...others } = asObject(where, content);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw refused(where, 'has a member that means nothing', unknown, MEMBERS.join(', '));
  checkPrincipals(`${where} principals`, asObject(`${where} principals`, principals));
  for (const [arn, documents] of Object.entries(asObject(`${where} identityPolicies`, identityPolicies))) {
    const place = `${where} identityPolicies`;
    requirePrincipal(place, arn);
    if (!Array.isArray(documents)) throw refused(`${place} ${arn}`, 'must be a list', typeof documents, 'a list of policy documents');
    documents.forEach((document, index) => asObject(`${place} ${arn} ${index + 1}`, document));
  }
  return content as Policies;
}

/** Refuses an access key that belongs to something other than a role, a user or the root of an account. */
export function checkPrincipals(where: string, principals: Readonly<Record<string, unknown>>): void {
  for (const [accessKey, arn] of Object.entries(principals)) requirePrincipal(`${where} ${accessKey}`, arn);
}

export function accountOfPrincipal(principalArn: string): string | undefined {
  return PRINCIPAL_ARN.exec(principalArn)?.[1];
}

export function isAccountRoot(principalArn: string): boolean {
  return PRINCIPAL_ARN.exec(principalArn)?.[2] === 'root';
}

function requirePrincipal(where: string, arn: unknown): void {
  if (typeof arn === 'string' && PRINCIPAL_ARN.test(arn)) return;
  throw refused(where, 'is not a principal that calls', JSON.stringify(arn), 'ARN of a role, a user or the root of an account, as in arn:aws:iam::111122223333:role/worker');
}

function asObject(where: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw refused(where, 'must be an object', JSON.stringify(value), 'a JSON object');
}

function refused(where: string, what: string, given: string, allowed: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, { where, what, given, allowed, remedy: 'correct the policies, and start again' });
}
