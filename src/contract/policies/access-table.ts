import { inPlainWords } from './kms-edges';
import { describeProblem } from '../problem';
import { isNoValue, isRecord, listOf, readableValue } from './readable-value';

/** One line of the table of who may do what with a key. */
export interface AccessRow {
  /** Whom it is about: a logical id, an ARN, a service, `account 111122223333 (IAM)`. */
  readonly principal: string;
  readonly effect: 'Allow' | 'Deny';
  /** What they may do, or may not, in plain words. */
  readonly does: readonly string[];
  /** The actions as the policy has them. */
  readonly actions: readonly string[];
  /** The actions that the policy takes out of these, by `NotAction`. */
  readonly exceptActions?: readonly string[];
  /** When the statement counts. All of them have to hold; none: always. */
  readonly conditions: readonly string[];
  readonly sid?: string;
  /** The policy that says so. */
  readonly through: string;
  /** Gives nobody anything by itself: lets the IAM policies of an account decide. */
  readonly decidedByIam: boolean;
}

/** Where a statement stands, and what it cannot say itself. */
export interface StatementPlace {
  /** `key policy`, `identity policy OrdersPolicy`. */
  readonly through: string;
  /** Whom an identity policy is attached to: it names nobody. Absent: the statement names its principals. */
  readonly principals?: readonly string[];
}

/** A statement of a policy, and the conditions of the template under which it is there at all. */
export interface PolicyStatement {
  /** The resource that the policy belongs to. */
  readonly where: string;
  readonly statement: { readonly [member: string]: unknown };
  readonly when: readonly string[];
}

/**
 * Who may do what by a key policy: a row for each principal of each statement, in the order of the policy.
 *
 * The document is plain data, as a synthesized template has it: principals may be references of CloudFormation.
 * What cannot be read is an error, which says `where`: half a table would be worse than none.
 */
export function accessTable(where: string, document: unknown, place: StatementPlace): AccessRow[] {
  return policyStatements(where, document).flatMap((statement) => statementRows(statement, place));
}

/** The statements of a policy, both of those that a condition of the template chooses between. `when` holds for all of them. */
export function policyStatements(where: string, document: unknown, when: readonly string[] = []): PolicyStatement[] {
  return alternatives(where, document, when).flatMap((policy) => alternatives(where, policy.statement.Statement, policy.when));
}

/** How it reads that something is there only under a condition of the template. */
export function templateCondition(name: string): string {
  return `condition ${name} of the template holds`;
}

/** A row for each principal of a statement. */
export function statementRows(policyStatement: PolicyStatement, { through, principals }: StatementPlace): AccessRow[] {
  const { where, statement, when } = policyStatement;
  const { Effect: effect, Sid: sid } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') return refuse(where, 'policy statement neither allows nor denies', statement);
  const actions = listOf(statement.Action).map((action) => readableValue(action));
  const exceptActions = listOf(statement.NotAction).map((action) => readableValue(action));
  if (actions.length + exceptActions.length === 0) return refuse(where, 'policy statement is about no action', statement);
  const does = exceptActions.length > 0 ? [`everything except: ${inPlainWords(exceptActions).join(', ')}`] : inPlainWords(actions);
  const row = {
    effect,
    actions: exceptActions.length > 0 ? ['*'] : actions,
    ...(exceptActions.length > 0 ? { exceptActions } : {}),
    conditions: [...when, ...readableConditions(statement.Condition, effect)],
    ...(sid === undefined ? {} : { sid: readableValue(sid) }),
    through,
  } as const;
  const named = principals?.map((name): NamedPrincipal => ({ name })) ?? principalsOf(where, statement);
  return named.map(({ name, account }) => account === undefined
    ? { principal: name, does, decidedByIam: false, ...row }
    : { ...aboutAnAccount(account, effect, does), ...row });
}

/** To allow something to an account lets its IAM policies take effect; to deny it something denies it to everybody in there. */
function aboutAnAccount(account: string, effect: 'Allow' | 'Deny', does: readonly string[]): Pick<AccessRow, 'principal' | 'does' | 'decidedByIam'> {
  if (effect === 'Deny') return { principal: `${account} (everybody in it)`, does, decidedByIam: false };
  const about = does[0] === 'everything' ? '' : ` who ${does.join(', ')}`;
  return { principal: `${account} (IAM)`, does: [`IAM policies of ${account} decide${about}`], decidedByIam: true };
}

interface NamedPrincipal {
  readonly name: string;
  /** The account, where all of it is meant. */
  readonly account?: string;
}

function principalsOf(where: string, statement: PolicyStatement['statement']): NamedPrincipal[] {
  const { Principal: principal, NotPrincipal: notPrincipal } = statement;
  if (notPrincipal !== undefined) return [{ name: `everybody except ${namedIn(notPrincipal).map(({ name }) => name).join(', ')}` }];
  const named = namedIn(principal);
  return named.length > 0 ? named : refuse(where, 'policy statement names no principal', statement);
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
  if (text === '*') return { name: 'everybody' };
  const account = /^(?:arn:[^:]+:iam::)?(\d{12}|<account>)(?::root)?$/.exec(text)?.[1];
  if (account === undefined) return { name: text };
  const name = account === '<account>' ? 'this account' : `account ${account}`;
  return { name, account: name };
}

/** `only via s3.eu-central-1.amazonaws.com`, and every other condition as `Operator key = value`. */
function readableConditions(condition: unknown, effect: 'Allow' | 'Deny'): string[] {
  if (condition === undefined || isNoValue(condition)) return [];
  if (!isRecord(condition)) return [readableValue(condition)];
  return Object.entries(condition).flatMap(([operator, keys]) => isRecord(keys)
    ? Object.entries(keys).map(([key, values]) => readableCondition(operator, key, listOf(values).map((value) => readableValue(value)), effect))
    : [`${operator} ${readableValue(keys)}`]);
}

function readableCondition(operator: string, key: string, values: readonly string[], effect: 'Allow' | 'Deny'): string {
  const isVia = /^String(Equals|Like)$/i.test(operator) && key.toLowerCase() === 'kms:viaservice';
  return isVia && effect === 'Allow' ? `only via ${values.join(' or ')}` : `${operator} ${key} = ${values.join(', ')}`;
}

/** What is there, and what `Fn::If` chooses between. */
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
  throw new Error(describeProblem({
    where,
    what,
    given: JSON.stringify(given) ?? 'nothing',
    allowed: 'a policy document with a list of statements, each with Effect, Action and, in a key policy, Principal',
    remedy: 'compare it with the AWS page "Key policies in AWS KMS"',
  }));
}
