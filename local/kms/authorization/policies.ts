import { readFileSync } from 'node:fs';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import {
  checkPrincipals, refusedPolicies, requirePrincipal, requireUniqueId, type Principals, type UniqueIds,
} from '../protocol/principals';

/** The principals of callers, and their IAM policies. */
export interface Policies {
  /**
   * The ARN of a role, a user or the root of an account for each access key. @default - each access key is a user of
   * its own
   */
  readonly principals?: Principals;
  /** The policy documents of each role or user, by its ARN. @default - no identity has a policy */
  readonly identityPolicies?: Readonly<Record<string, readonly object[]>>;
  /**
   * The unique id of each role or user that exists, such as `AROAEXAMPLEID`, by its ARN. Key policies and grants cannot
   * name any other of their own account. Where one is left out later, or has another id, it has been deleted: policies
   * that named it name its former id from then on. @default - every role and user exists
   */
  readonly uniqueIds?: UniqueIds;
}

const MEMBERS = ['principals', 'identityPolicies', 'uniqueIds'];

/** The identity policies of roles and users. They can change between two calls. */
export interface IdentityPolicies {
  /** The policy documents of a role or user. A changed policy is another object. */
  policiesOf(principalArn: string): readonly object[];
}

/** Identity policies that do not change. */
export function fixedIdentityPolicies({ identityPolicies = {} }: Pick<Policies, 'identityPolicies'>): IdentityPolicies {
  return { policiesOf: (principalArn) => Object.hasOwn(identityPolicies, principalArn) ? identityPolicies[principalArn] ?? [] : [] };
}

/**
 * Reads principals, their policies and their unique ids from a JSON file:
 *
 * ```json
 * {
 *   "principals": { "worker": "arn:aws:iam::111122223333:role/worker" },
 *   "identityPolicies": {
 *     "arn:aws:iam::111122223333:role/worker": [
 *       { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*" }] }
 *     ]
 *   },
 *   "uniqueIds": { "arn:aws:iam::111122223333:role/worker": "AROAEXAMPLEID" }
 * }
 * ```
 *
 * A caller whose access key is `worker` is then the role, in the account of the role. Policies name the role itself,
 * never a session of it.
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

/**
 * Refuses a value that does not have the form of `Policies`. The evaluator checks whether the documents are policies.
 */
export function checkPolicies(where: string, content: unknown): Policies {
  const { principals = {}, identityPolicies = {}, uniqueIds = {}, ...others } = asObject(where, content);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw refusedPolicies(where, 'has an unknown member', unknown, MEMBERS.join(', '));
  checkPrincipals(`${where} principals`, asObject(`${where} principals`, principals));
  for (const [arn, documents] of Object.entries(asObject(`${where} identityPolicies`, identityPolicies))) {
    const place = `${where} identityPolicies`;
    requirePrincipal(place, arn);
    if (!Array.isArray(documents)) {
      throw refusedPolicies(`${place} ${arn}`, 'must be a list', typeof documents, 'a list of policy documents');
    }
    documents.forEach((document, index) => asObject(`${place} ${arn} ${index + 1}`, document));
  }
  for (const [arn, uniqueId] of Object.entries(asObject(`${where} uniqueIds`, uniqueIds))) {
    requirePrincipal(`${where} uniqueIds`, arn);
    requireUniqueId(`${where} uniqueIds ${arn}`, uniqueId);
  }
  return content as Policies;
}

function asObject(where: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw refusedPolicies(where, 'must be an object', JSON.stringify(value), 'a JSON object');
}
