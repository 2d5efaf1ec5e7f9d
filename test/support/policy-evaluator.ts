import { runSimulation } from '@cloud-copilot/iam-simulate';
import { matchesWildcard } from '../../src/contract/policies/wildcard';

/** A call to KMS, and all that its permission depends on. */
export interface KmsCall {
  /** The role, user or account root that calls. */
  readonly principalArn: string;
  /** What IAM policies say about the caller. */
  readonly identityStatements?: readonly object[];
  /** The policy of the key that the call is about, as JSON. Absent: the call is about no key that exists. */
  readonly keyPolicy?: string;
  /** Which key the call is about, where identity policies tell keys apart. @default - the one key that there is */
  readonly keyArn?: string;
  /** `kms:Decrypt`. */
  readonly action: string;
  /** The alias that an alias operation is about: to be allowed on the key is not enough. */
  readonly alias?: string;
  /** Tags that the call brings or, for UntagResource, takes. */
  readonly tags?: { readonly [name: string]: string };
  readonly encryptionContext?: { readonly [name: string]: string };
  /** Further condition keys; `undefined` takes one away. */
  readonly context?: { readonly [key: string]: string | string[] | undefined };
}

interface Statement {
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: unknown } };
}

export const ACCOUNT = '111122223333';
const KMS = `arn:aws:kms:eu-central-1:${ACCOUNT}`;
/** The one key that there is where nobody tells keys apart. */
export const KEY_ARN = `${KMS}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const ENCRYPTION_CONTEXT_KEY = 'kms:encryptioncontext:';

/** The policy of a key for which IAM alone decides; of a key, too, that is only just being made. */
export const LEFT_TO_IAM = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
});

/**
 * Whether AWS would let the call through: decided by somebody else's evaluation of IAM, never by our own idea of it.
 *
 * Calls that AWS checks twice are checked twice: an operation on an alias also on the alias, CreateKey with tags also as TagResource.
 */
export async function mayCall(call: KmsCall): Promise<boolean> {
  if (call.alias !== undefined && !(await isAllowed({ ...call, keyPolicy: undefined }, `${KMS}:${call.alias}`))) return false;
  if (call.action === 'kms:CreateKey') {
    const mayTag = call.tags === undefined || await isAllowed({ ...call, action: 'kms:TagResource', keyPolicy: LEFT_TO_IAM, context: {} }, KEY_ARN);
    return mayTag && isAllowed(call, '*');
  }
  return isAllowed(call, call.keyPolicy === undefined ? '*' : call.keyArn ?? KEY_ARN);
}

/** The same for a call to a service where IAM alone decides. */
export async function mayCallElsewhere(
  call: Pick<KmsCall, 'principalArn' | 'identityStatements' | 'action'> & { readonly resource: string },
): Promise<boolean> {
  return isAllowed(call, call.resource);
}

async function isAllowed(call: KmsCall, resource: string): Promise<boolean> {
  const { principalArn, action, tags, identityStatements = [], encryptionContext = {} } = call;
  const statementsThatApply = (all: readonly object[]) => all.flatMap((statement) => withoutEncryptionContext(statement, encryptionContext));
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
  // A condition key that the evaluator drops would make a condition mean something else than it does in AWS.
  const ignored = (outcome.resultType === 'single' ? [outcome.result] : outcome.results).flatMap(({ ignoredContextKeys = [] }) => ignoredContextKeys);
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
 * The evaluator does not know `kms:EncryptionContext:<name>`, so it is decided here: the statement without those conditions where they
 * hold, and no statement where they do not.
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

/** The operators that key policies of ours use on an encryption context; with a pair that the call does not bring, only Null can hold. */
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
 * Each of the six parts of an ARN is matched for itself, so that no wildcard reaches over into the next; colons of the last part are its own.
 *
 * Source: "IAM JSON policy elements: Condition operators", IAM user guide, which says the same of ArnEquals and ArnLike.
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
  for (const condition of conditions) for (const [operator, keys] of Object.entries(condition)) merged[operator] = { ...merged[operator], ...keys };
  return merged;
}
