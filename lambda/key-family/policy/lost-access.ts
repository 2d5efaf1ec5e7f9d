import { statementsOf, type Statement } from './policy-comparison';
import { isSamePolicy } from './same-policy';
import { isAboutAction } from '../../../src/contract/policies/wildcard';

/** The actions that use a key. Without one of them, an application fails at once. */
const USING_ACTIONS = [
  'Decrypt', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo',
];

/** Uses of a key that a principal may lose. */
export interface LostAccess {
  /** As the former policy names it. */
  readonly principal: string;
  /** Without `kms:`. */
  readonly actions: readonly string[];
}

/**
 * Pure: what a key policy allows its principals, and another one may not. A use is kept only if the other policy allows
 * it to the same principal, for the same key, without an additional condition, and denies it by no additional
 * statement. What cannot be compared counts as lost.
 */
export function lostAccess(formerPolicy: string, nextPolicy: string): LostAccess[] {
  const [former, next] = [statementsOf(formerPolicy), statementsOf(nextPolicy)];
  // Every key policy has a statement.
  if (former.length === 0) return [{ principal: EVERY_PRINCIPAL, actions: USING_ACTIONS }];
  const lost = new Map<string, Set<string>>();
  for (const statement of former.filter(({ Effect }) => Effect === 'Allow')) {
    for (const action of USING_ACTIONS.filter((name) => isAboutAction(statement, `kms:${name}`))) {
      for (const principal of principalsIn(statement)) {
        if (isKept(principal, action, statement, former, next)) continue;
        lost.set(principal, (lost.get(principal) ?? new Set()).add(action));
      }
    }
  }
  return [...lost].map(([principal, actions]) => ({ principal, actions: USING_ACTIONS.filter((action) => actions.has(action)) }));
}

/**
 * Pure: the statements of a key policy that deny something, and that another policy does not contain. Each is named by
 * its Sid, or else printed whole.
 */
export function removedDenials(formerPolicy: string, nextPolicy: string): string[] {
  const next = statementsOf(nextPolicy);
  return statementsOf(formerPolicy)
    .filter((statement) => statement.Effect !== 'Allow' && !next.some((each) => isSameStatement(each, statement)))
    .map((statement) => statement.Sid ?? JSON.stringify(statement));
}

/** Whether two texts name the same principal. An account is named by its id, or by the ARN of its root user. */
export function isSamePrincipal(one: string, other: string): boolean {
  return one === other || (accountOf(one) !== undefined && accountOf(one) === accountOf(other));
}

const EVERY_PRINCIPAL = '*';

function isKept(
  principal: string, action: string, before: Statement, former: readonly Statement[], next: readonly Statement[],
): boolean {
  const about = next.filter((statement) => isAboutAction(statement, `kms:${action}`));
  const denials = about.filter((statement) => statement.Effect !== 'Allow' && mayApply(statement, principal));
  return denials.every((denial) => former.some((statement) => isSameStatement(statement, denial)))
    && about.some((statement) => statement.Effect === 'Allow' && isAboutTheKey(statement) && names(statement, principal)
      && addsNoCondition(statement.Condition, before.Condition));
}

/** Principals of a statement. One that names those to which it does not apply is about every other one. */
function principalsIn({ Principal }: Statement): string[] {
  if (Principal === undefined) return [EVERY_PRINCIPAL];
  return typeof Principal === 'string' ? [Principal] : Object.values(Principal).flat() as string[];
}

function names(statement: Statement, principal: string): boolean {
  if (statement.Principal === undefined) return false;
  const isOfAccount = principal.startsWith('arn:') || accountOf(principal) !== undefined;
  return principalsIn(statement).some((named) => isSamePrincipal(named, principal) || (named === EVERY_PRINCIPAL && isOfAccount));
}

/** A statement that denies an account something is about every principal of it. */
function mayApply(statement: Statement, principal: string): boolean {
  return principal === EVERY_PRINCIPAL || accountOf(principal) !== undefined || principalsIn(statement).some((named) =>
    named === EVERY_PRINCIPAL || accountOf(named) !== undefined || named === principal);
}

function isAboutTheKey({ Resource }: Statement): boolean {
  return [Resource].flat().includes('*');
}

/** All conditions of a statement must match. Each of the next statement must be one of the former statement. */
function addsNoCondition(next: unknown, former: unknown): boolean {
  if (next === undefined) return true;
  const known = conditionsOf(former);
  return conditionsOf(next).every((condition) => known.some((each) => isSamePolicy(each, condition)));
}

function conditionsOf(condition: unknown): string[] {
  if (typeof condition !== 'object' || condition === null) return condition === undefined ? [] : [JSON.stringify({ condition })];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys as object).map(([key, values]) => JSON.stringify({ [operator]: { [key]: values as unknown } })));
}

function isSameStatement({ Sid: _, ...one }: Statement, { Sid: __, ...other }: Statement): boolean {
  return isSamePolicy(JSON.stringify(one), JSON.stringify(other));
}

function accountOf(principal: string): string | undefined {
  return /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(principal)?.[1];
}
