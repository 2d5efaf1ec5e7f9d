import { statementRows } from '../../src/contract/policies/access-table';
import { knownKeyActions } from '../../src/contract/policies/action-groups';
import { isNoValue, isRecord, listOf, readableValue } from '../../src/contract/policies/readable-value';
import { matchesWildcard } from '../../src/contract/policies/wildcard';
import { statementsOn, type PlacedStatement } from '../explain/statements';
import type { Template } from '../explain/template';
import type { TemplateKey } from '../explain/template-keys';

/** One action that one statement allows or denies to one principal. */
export interface Permit {
  readonly effect: 'Allow' | 'Deny';
  readonly principal: string;
  /** An action, a wildcard, or `everything except: ...`. */
  readonly action: string;
  /** All of them must hold. */
  readonly conditions: readonly PermitCondition[];
  readonly source: string;
  readonly sid?: string;
}

/** A condition of a statement, of the template, or on the keys to which a statement applies. */
export interface PermitCondition {
  /** Operator and key. Without values: the whole condition as text. */
  readonly name: string;
  readonly values?: readonly string[];
  /** Whether it describes to how many keys the statement applies, and does not restrict access to this key. */
  readonly isScope?: true;
}

/** The action of a statement with `NotAction`. */
export const EVERYTHING_EXCEPT = 'everything except: ';

/** The permits on a key in a template. */
export function permitsOn(key: TemplateKey, template: Template): Permit[] {
  const placed = statementsOn(key, template);
  const own = placed.filter(({ needsDelegation }) => !needsDelegation).flatMap((statement) => permitsOf(statement));
  const delegations = own.filter(({ effect, delegates }) => effect === 'Allow' && delegates);
  const byIam = placed.filter(({ needsDelegation }) => needsDelegation).flatMap((statement) => permitsOf(statement));
  return [
    ...own,
    ...byIam.filter(({ effect }) => effect === 'Deny'),
    ...byIam.filter(({ effect }) => effect === 'Allow').flatMap((permit) => delegated(permit, delegations)),
  ];
}

/** Text of a condition, as `explain` writes it. */
export function conditionText({ name, values }: PermitCondition): string {
  return values === undefined ? name : `${name} = ${values.join(', ')}`;
}

export interface DelegatingPermit extends Permit {
  /** Whether it delegates to the identity policies of the account. */
  readonly delegates: boolean;
}

/** An identity policy allows what a delegation allows, too, and under the conditions of both. */
function delegated({ delegates: _, ...permit }: DelegatingPermit, delegations: readonly Permit[]): Permit[] {
  return delegations.filter(({ action }) => matchesAction(action, permit.action) || matchesAction(permit.action, action))
    .map(({ action, conditions }) => ({
      ...permit,
      action: matchesAction(action, permit.action) ? permit.action : action,
      conditions: [...permit.conditions, ...conditions],
    }));
}

/** Whether every action that the second pattern matches is matched by the first, now and in the future. */
export function matchesAction(pattern: string, action: string): boolean {
  if (action.startsWith(EVERYTHING_EXCEPT)) return pattern === action || /^(kms:)?\*$/i.test(pattern);
  if (pattern.startsWith(EVERYTHING_EXCEPT)) return false;
  if (pattern.includes('?') && /[*?]/.test(action)) return pattern.toLowerCase() === action.toLowerCase();
  return matchesWildcard(pattern.toLowerCase(), action.toLowerCase());
}

/** The permits of one statement, whatever the key policy delegates. */
export function permitsOf({ policyStatement, place }: Pick<PlacedStatement, 'policyStatement' | 'place'>): DelegatingPermit[] {
  const conditions = conditionsOf(policyStatement.statement.Condition, policyStatement.when);
  return statementRows(policyStatement, place).flatMap(({ principal, effect, actions, exceptActions, source, sid, decidedByIam }) =>
    atomsOf(actions, exceptActions).map((action) => ({
      effect, principal, action, conditions, source, ...(sid === undefined ? {} : { sid }), delegates: decidedByIam,
    })));
}

/**
 * The actions of a statement: a wildcard also as the known actions that it matches, so that a comparison names the
 * actions which differ.
 */
function atomsOf(actions: readonly string[], exceptActions: readonly string[] | undefined): string[] {
  const known = knownKeyActions();
  if (exceptActions !== undefined) {
    const others = known.filter((action) => !exceptActions.some((excluded) => matchesAction(excluded, action)));
    return [`${EVERYTHING_EXCEPT}${[...exceptActions].sort().join(', ')}`, ...others];
  }
  return [...new Set(actions.flatMap((action) =>
    /[*?]/.test(action) ? [action, ...known.filter((each) => matchesAction(action, each))] : [nameOf(action, known)]))];
}

/** IAM compares actions without regard to case. */
function nameOf(action: string, known: readonly string[]): string {
  return known.find((each) => each.toLowerCase() === action.toLowerCase()) ?? action;
}

function conditionsOf(condition: unknown, when: readonly string[]): PermitCondition[] {
  const outer = when.map((name): PermitCondition => (/^for every key that /.test(name) ? { name, isScope: true } : { name }));
  if (condition === undefined || isNoValue(condition)) return outer;
  if (!isRecord(condition)) return [...outer, { name: readableValue(condition) }];
  return [...outer, ...withoutRemoved(condition).flatMap(([operator, keys]): PermitCondition[] =>
    isRecord(keys)
      ? withoutRemoved(keys).map(([name, values]) => ({
        name: `${operator} ${name}`, values: listOf(values).map((value) => readableValue(value)),
      }))
      : [{ name: `${operator} ${readableValue(keys)}` }])];
}

/** CloudFormation removes a member that is `AWS::NoValue`: it restricts nothing. */
function withoutRemoved(members: { readonly [name: string]: unknown }): [string, unknown][] {
  return Object.entries(members).filter(([, value]) => !isNoValue(value));
}
