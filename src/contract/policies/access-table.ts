import { readableOperations } from './action-groups';
import { isNoValue, isRecord, listOf, readableValue } from './readable-value';
import { ErrorName } from '../error-names';
import { Failure } from '../failure';

/** One line of the access table of a key. */
export interface AccessRow {
  /** The principal: a logical id, an ARN, a service, `account 111122223333 (IAM)`. */
  readonly principal: string;
  readonly effect: 'Allow' | 'Deny';
  /** The allowed or denied operations, as readable text. */
  readonly operations: readonly string[];
  /** The actions as the policy lists them. */
  readonly actions: readonly string[];
  /** The actions that the policy excludes with `NotAction`. */
  readonly exceptActions?: readonly string[];
  /** When the statement applies: if all of these hold. Empty: always. */
  readonly conditions: readonly string[];
  readonly sid?: string;
  /** The policy that contains the statement. */
  readonly source: string;
  /** Whether the statement only delegates to the IAM policies of an account, and allows nothing without them. */
  readonly decidedByIam: boolean;
}

/** The policy of a statement, and its principals if the statement does not name them. */
export interface StatementPlace {
  /** `key policy`, `identity policy OrdersPolicy`. */
  readonly source: string;
  /** The principals to which an identity policy is attached. Absent: the statement names its principals. */
  readonly principals?: readonly string[];
}

/** A statement of a policy, and the template conditions under which the policy contains it. */
export interface PolicyStatement {
  /** The resource that the policy belongs to. */
  readonly where: string;
  readonly statement: { readonly [member: string]: unknown };
  readonly when: readonly string[];
}

/**
 * The statements of a policy, with both alternatives of every template condition. `when` applies to all of them.
 *
 * The document is plain data from a synthesized template, so a principal may be a CloudFormation reference.
 * A policy that cannot be read is an error that names `where`: an incomplete table would look like a complete one.
 */
export function policyStatements(where: string, document: unknown, when: readonly string[] = []): PolicyStatement[] {
  return alternatives(where, document, when).flatMap((policy) => alternatives(where, policy.statement.Statement, policy.when));
}

/** The text for a statement that the policy contains only under a template condition. */
export function templateCondition(name: string): string {
  return `condition ${name} of the template holds`;
}

/** Writes the values of a condition. */
export type WriteList = (values: readonly string[]) => string;

const everyValue: WriteList = (values) => values.join(', ');

/** A row for each principal of a statement. */
export function statementRows(
  policyStatement: PolicyStatement, { source, principals }: StatementPlace, writeList: WriteList = everyValue,
): AccessRow[] {
  const { where, statement, when } = policyStatement;
  const { Effect: effect, Sid: sid } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') return refuse(where, 'effect of a policy statement is neither Allow nor Deny', statement);
  const actions = listOf(statement.Action).map((action) => readableValue(action));
  const exceptActions = listOf(statement.NotAction).map((action) => readableValue(action));
  if (actions.length + exceptActions.length === 0) return refuse(where, 'policy statement has neither Action nor NotAction', statement);
  const operations = exceptActions.length > 0
    ? [`everything except: ${readableOperations(exceptActions).join(', ')}`]
    : readableOperations(actions);
  const row = {
    effect,
    actions: exceptActions.length > 0 ? ['*'] : actions,
    ...(exceptActions.length > 0 ? { exceptActions } : {}),
    conditions: [...when, ...readableConditions(statement.Condition, effect, writeList)],
    ...(sid === undefined ? {} : { sid: readableValue(sid) }),
    source,
  } as const;
  const named = principals?.map((name): NamedPrincipal => ({ name })) ?? principalsOf(where, statement);
  return named.map(({ name, account }) => account === undefined
    ? { principal: name, operations, decidedByIam: false, ...row }
    : { ...aboutAnAccount(account, effect, operations), ...row });
}

/**
 * A statement that allows an account delegates to its IAM policies. A statement that denies an account denies every
 * principal in it.
 */
function aboutAnAccount(
  account: string, effect: 'Allow' | 'Deny', operations: readonly string[],
): Pick<AccessRow, 'principal' | 'operations' | 'decidedByIam'> {
  if (effect === 'Deny') return { principal: `${account} (every principal in it)`, operations, decidedByIam: false };
  const about = operations[0] === 'everything' ? '' : ` which principal ${operations.join(', ')}`;
  return { principal: `${account} (IAM)`, operations: [`IAM policies of ${account} decide${about}`], decidedByIam: true };
}

interface NamedPrincipal {
  readonly name: string;
  /** The account, if the principal is a whole account. */
  readonly account?: string;
}

function principalsOf(where: string, statement: PolicyStatement['statement']): NamedPrincipal[] {
  const { Principal: principal, NotPrincipal: notPrincipal } = statement;
  if (notPrincipal !== undefined) return [{ name: `every principal except ${namedIn(notPrincipal).map(({ name }) => name).join(', ')}` }];
  const named = namedIn(principal);
  return named.length > 0 ? named : refuse(where, 'policy statement has no principal', statement);
}

function namedIn(principals: unknown): NamedPrincipal[] {
  if (principals === undefined) return [];
  if (!isRecord(principals)) return [namedAs('AWS', principals)];
  return Object.entries(principals).flatMap(([kind, names]) => listOf(names).map((name) => namedAs(kind, name)));
}

const KINDS: { readonly [kind: string]: string } = { Service: 'service', Federated: 'federated', CanonicalUser: 'canonical user' };

function namedAs(kind: string, value: unknown): NamedPrincipal {
  const text = readableValue(value);
  if (kind !== 'AWS') return { name: `${KINDS[kind] ?? kind} ${text}` };
  if (text === '*') return { name: 'every principal' };
  const account = /^(?:arn:[^:]+:iam::)?(\d{12}|<account>)(?::root)?$/.exec(text)?.[1];
  if (account === undefined) return { name: text };
  const name = account === '<account>' ? 'this account' : `account ${account}`;
  return { name, account: name };
}

/** `only via s3.eu-central-1.amazonaws.com`, and every other condition as `Operator key = value`. */
function readableConditions(condition: unknown, effect: 'Allow' | 'Deny', writeList: WriteList): string[] {
  if (condition === undefined || isNoValue(condition)) return [];
  if (!isRecord(condition)) return [readableValue(condition)];
  return Object.entries(condition).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) return [`${operator} ${readableValue(keys)}`];
    return Object.entries(keys).map(([key, values]) => {
      const texts = listOf(values).map((value) => readableValue(value));
      return isServiceCondition(operator, key, effect) ? `only via ${texts.join(' or ')}` : `${operator} ${key} = ${writeList(texts)}`;
    });
  });
}

function isServiceCondition(operator: string, key: string, effect: 'Allow' | 'Deny'): boolean {
  return effect === 'Allow' && /^String(Equals|Like)$/i.test(operator) && key.toLowerCase() === 'kms:viaservice';
}

/** The elements of a value, with both alternatives of each `Fn::If`. */
function alternatives(where: string, value: unknown, when: readonly string[]): PolicyStatement[] {
  if (Array.isArray(value)) return value.flatMap((element) => alternatives(where, element, when));
  if (isNoValue(value)) return [];
  if (!isRecord(value)) return refuse(where, 'policy cannot be read', value);
  const choice = value['Fn::If'];
  if (!Array.isArray(choice)) return [{ where, statement: value, when }];
  const [condition, holds, otherwise] = choice;
  return [
    ...alternatives(where, holds, [...when, templateCondition(condition)]),
    ...alternatives(where, otherwise, [...when, `condition ${condition} of the template does not hold`]),
  ];
}

function refuse(where: string, what: string, given: unknown): never {
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where,
    what,
    given: JSON.stringify(given) ?? 'nothing',
    allowed: 'a policy document with a list of statements, each with Effect, Action and, in a key policy, Principal',
    remedy: 'compare it with the AWS page "Key policies in AWS KMS"',
  });
}
