import { runSimulation } from '@cloud-copilot/iam-simulate';
import { matchesWildcard } from '../../src/contract/policies/wildcard';

/** A call to KMS with everything on which its authorization depends. */
export interface KmsCall {
  /** The role, user or account root that calls. */
  readonly principalArn: string;
  /** The statements of the identity policies of the caller. */
  readonly identityStatements?: readonly object[];
  /** The key policy of the called key, as JSON. Optional: without it the call concerns no existing key. */
  readonly keyPolicy?: string;
  /** The called key, if identity policies distinguish keys. @default KEY_ARN */
  readonly keyArn?: string;
  /** `kms:Decrypt`. */
  readonly action: string;
  /** The alias of an alias operation, which must be allowed on the key and on the alias. */
  readonly alias?: string;
  /** The tags that the call writes or, for UntagResource, removes. */
  readonly tags?: { readonly [name: string]: string };
  readonly encryptionContext?: { readonly [name: string]: string };
  /** Further condition keys; `undefined` removes one. */
  readonly context?: { readonly [key: string]: string | string[] | undefined };
}

interface Statement {
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: unknown } };
}

export const ACCOUNT = '111122223333';
const KMS = `arn:aws:kms:eu-central-1:${ACCOUNT}`;
/** The called key by default. */
export const KEY_ARN = `${KMS}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const ENCRYPTION_CONTEXT_KEY = 'kms:encryptioncontext:';

/** A key policy that delegates to IAM, and the one of a key during CreateKey. */
export const LEFT_TO_IAM = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
});

/**
 * Whether AWS would allow the call. An independent implementation of IAM evaluation decides, and no code
 * of this project.
 *
 * Calls that AWS checks twice are checked twice: an operation on an alias also on the alias, CreateKey with tags also
 * as TagResource.
 */
export async function mayCall(call: KmsCall): Promise<boolean> {
  if (call.alias !== undefined && !(await isAllowed({ ...call, keyPolicy: undefined }, `${KMS}:${call.alias}`))) return false;
  if (call.action === 'kms:CreateKey') {
    const mayTag =
      call.tags === undefined || (await isAllowed({ ...call, action: 'kms:TagResource', keyPolicy: LEFT_TO_IAM, context: {} }, KEY_ARN));
    return mayTag && isAllowed(call, '*');
  }
  return isAllowed(call, call.keyPolicy === undefined ? '*' : call.keyArn ?? KEY_ARN);
}

/** Whether AWS would allow a call to another service, where IAM alone decides. */
export async function mayCallElsewhere(
  call: Pick<KmsCall, 'principalArn' | 'identityStatements' | 'action' | 'context'> & { readonly resource: string },
): Promise<boolean> {
  return isAllowed(call, call.resource);
}

async function isAllowed(call: KmsCall, resource: string): Promise<boolean> {
  const { principalArn, action, tags, identityStatements = [], encryptionContext = {} } = call;
  const statementsThatApply = (all: readonly object[]) =>
    all.flatMap((statement) => withoutEncryptionContext(statement, encryptionContext));
  const keyPolicy = call.keyPolicy === undefined ? undefined : JSON.parse(call.keyPolicy) as { Statement: object[] };
  const outcome = await runSimulation({
    request: {
      principal: principalArn,
      action,
      resource: { resource, accountId: ACCOUNT },
      contextVariables: present({ 'aws:PrincipalArn': principalArn, ...tagContext(action, tags), ...call.context }),
    },
    identityPolicies: [{ name: 'identity', policy: { Version: '2012-10-17', Statement: statementsThatApply(identityStatements) } }],
    resourcePolicy: keyPolicy === undefined ? undefined : { ...keyPolicy, Statement: statementsThatApply(keyPolicy.Statement) },
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {});
  if (outcome.resultType === 'error') throw new Error(`${action}: ${JSON.stringify(outcome.errors)}`);
  // A condition key that the evaluator ignores would change the meaning of a condition.
  const ignored = (outcome.resultType === 'single' ? [outcome.result] : outcome.results).flatMap(
    ({ ignoredContextKeys = [] }) => ignoredContextKeys,
  );
  if (ignored.length > 0) throw new Error(`${action}: the evaluator does not know ${ignored.join(', ')}`);
  return outcome.overallResult === 'Allowed';
}

function present(context: NonNullable<KmsCall['context']>): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(context).flatMap(([key, value]) => value === undefined ? [] : [[key, value]]));
}

function tagContext(action: string, tags: KmsCall['tags']): Record<string, string | string[]> {
  if (tags === undefined) return {};
  const values = action === 'kms:UntagResource' ? [] : Object.entries(tags).map(([name, value]) => [`aws:RequestTag/${name}`, value]);
  return { 'aws:TagKeys': Object.keys(tags), ...Object.fromEntries(values) };
}

/**
 * The evaluator does not know `kms:EncryptionContext:<name>`, so those conditions are evaluated here: if they hold, the
 * statement is returned without them, and if not, no statement is returned.
 */
function withoutEncryptionContext(statement: Statement, encryptionContext: { readonly [name: string]: string }): object[] {
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => ({ operator, key, value })));
  const ours = conditions.filter(({ key }) => key.toLowerCase().startsWith(ENCRYPTION_CONTEXT_KEY));
  if (ours.length === 0) return [statement];
  const holds = ours.every(({ operator, key, value }) =>
    holdsFor(encryptionContext[key.slice(ENCRYPTION_CONTEXT_KEY.length)], operator, [value].flat()));
  const { Condition: _, ...unconditional } = statement;
  const others = conditions.filter((condition) => !ours.includes(condition));
  const left = others.map(({ operator, key, value }) => ({ [operator]: { [key]: value } }));
  return holds ? [{ ...unconditional, ...(left.length > 0 && { Condition: mergedByOperator(left) }) }] : [];
}

/**
 * The operators that key policies of this library use on an encryption context. For a pair that is missing in the call
 * only Null can hold.
 */
function holdsFor(given: string | undefined, operator: string, values: readonly unknown[]): boolean {
  const someMatches = (matches: (pattern: string, text: string) => boolean) =>
    given !== undefined && values.some((value) => matches(String(value), given));
  switch (operator) {
    case 'StringEquals': return values.includes(given);
    case 'StringLike': return someMatches(matchesWildcard);
    case 'ArnEquals': case 'ArnLike': return someMatches(matchesArn);
    case 'Null': return values.map(String).includes(String(given === undefined));
    default: throw new Error(`operator on an encryption context is not one that is known here: ${operator}`);
  }
}

/**
 * Each of the six parts of an ARN is matched separately, so that no wildcard matches across parts. Colons in the last
 * part belong to it.
 *
 * Source: "IAM JSON policy elements: Condition operators", IAM user guide, where ArnEquals and ArnLike are the same.
 */
function matchesArn(pattern: string, arn: string): boolean {
  const patterns = partsOfArn(pattern);
  const parts = partsOfArn(arn);
  return patterns.length === 6 && parts.length === 6 && patterns.every((each, index) => matchesWildcard(each, parts[index] as string));
}

function partsOfArn(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

function mergedByOperator(conditions: readonly { readonly [operator: string]: object }[]): object {
  const merged: { [operator: string]: object } = {};
  for (const condition of conditions) {
    for (const [operator, keys] of Object.entries(condition)) merged[operator] = { ...merged[operator], ...keys };
  }
  return merged;
}
