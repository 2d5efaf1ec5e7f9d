import { readFileSync } from 'node:fs';
import { Failure } from '../../../lambda/runtime/failure';
import { ErrorName } from '../../../src/contract/error-names';
import { checkPrincipals, refusedPolicies, requirePrincipal, type Principals } from '../protocol/principals';

/** Who calls, and what IAM policies say about them. */
export interface Policies {
  /** From access key to the ARN of a role, a user or the root of an account. @default - each access key is a user of its own */
  readonly principals?: Principals;
  /** From the ARN of a role or user to its policy documents. @default - no identity has a policy */
  readonly identityPolicies?: Readonly<Record<string, readonly object[]>>;
}

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
  if (unknown !== undefined) throw refusedPolicies(where, 'has a member that means nothing', unknown, MEMBERS.join(', '));
  checkPrincipals(`${where} principals`, asObject(`${where} principals`, principals));
  for (const [arn, documents] of Object.entries(asObject(`${where} identityPolicies`, identityPolicies))) {
    const place = `${where} identityPolicies`;
    requirePrincipal(place, arn);
    if (!Array.isArray(documents)) throw refusedPolicies(`${place} ${arn}`, 'must be a list', typeof documents, 'a list of policy documents');
    documents.forEach((document, index) => asObject(`${place} ${arn} ${index + 1}`, document));
  }
  return content as Policies;
}

function asObject(where: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw refusedPolicies(where, 'must be an object', JSON.stringify(value), 'a JSON object');
}
