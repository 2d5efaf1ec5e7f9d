import { ALIAS_GATE_SID, TAG_GATE_SID } from './generation-policy';
import { isSamePolicy } from './same-policy';
import type { FamilyRoles } from '../../../src/contract/family/family-description';
import type { StatementActions } from '../../../src/contract/policies/wildcard';

/** A statement of a key policy, as far as a comparison reads it. */
export interface Statement extends StatementActions {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: string | { readonly AWS?: string | readonly string[] };
  readonly [member: string]: unknown;
}

/** The difference between the policy of a key and the declared one. */
export interface PolicyComparison {
  /** `reduced`: the same, without some of the declared principals. */
  readonly verdict: 'same' | 'reduced' | 'different';
  /** Declared principals that the policy of the key does not name by their ARN. */
  readonly missing: readonly string[];
}

const UNIQUE_ID = /^A[A-Z0-9]{15,}$/;

/** KMS shows a principal that was deleted by its unique id: no request can name it. */
export function isUniqueId(principal: string): boolean {
  return UNIQUE_ID.test(principal);
}

/**
 * Compares the policy of a key with the declared one. A policy without the roles of the construct is different: those
 * are never left out.
 */
export function comparePolicies(actual: string, declared: string, roles: FamilyRoles): PolicyComparison {
  if (isSamePolicy(actual, declared)) return { verdict: 'same', missing: [] };
  const known = principalsOf(actual);
  const missing = principalsOf(declared).filter((arn) => !known.includes(arn));
  const isReduced = missing.length > 0 && missing.every((arn) => mayBeLeftOut(arn, roles))
    && isSamePolicy(withoutPrincipals(actual, isUniqueId), withoutPrincipals(declared, (arn) => missing.includes(arn)));
  return { verdict: isReduced ? 'reduced' : 'different', missing };
}

/** The account root user always exists, and without a role of the construct nothing could be repaired. */
export function mayBeLeftOut(arn: string, { control, worker, retirement, breakGlass }: FamilyRoles): boolean {
  return ![control, worker, retirement, breakGlass].includes(arn) && !/:root$/.test(arn);
}

/** Removes principals. A statement without any principal left is removed: KMS would refuse it. */
export function withoutPrincipals(policy: string, isLeftOut: (arn: string) => boolean): string {
  const document = parse(policy);
  const Statement = listOf(document).flatMap((statement) => {
    const named = awsPrincipals(statement);
    const kept = named.filter((arn) => !isLeftOut(arn));
    if (kept.length === named.length) return [statement];
    return kept.length === 0 ? [] : [{ ...statement, Principal: { ...(statement.Principal as object), AWS: kept } }];
  });
  return JSON.stringify({ ...document, Statement });
}

/** Every principal that a policy allows or denies something by its ARN or unique id. */
export function principalsOf(policy: string): string[] {
  return [...new Set(statementsOf(policy).flatMap(awsPrincipals))].filter((principal) => principal !== '*');
}

/** Every principal that a policy allows something: also services and identity providers, and `*`. */
export function allowedPrincipals(policy: string): string[] {
  return [...new Set(statementsOf(policy).filter(({ Effect }) => Effect === 'Allow').flatMap(({ Principal = [] }) =>
    (typeof Principal === 'string' ? [Principal] : Object.values(Principal).flat() as string[])))];
}

/** Whether a policy denies every other principal the changes of tags and aliases, whatever roles it exempts. */
export function isGated(policy: string): boolean {
  const denies = (sid: string, actions: readonly string[]) => statementsOf(policy).some((statement) =>
    statement.Sid === sid && statement.Effect === 'Deny' && awsPrincipals(statement).includes('*')
    && actions.every((action) => [statement.Action].flat().includes(action)));
  return denies(TAG_GATE_SID, ['kms:TagResource', 'kms:UntagResource'])
    && denies(ALIAS_GATE_SID, ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias']);
}

/** The statements of a policy. Empty if its text is not a policy. */
export function statementsOf(policy: string): readonly Statement[] {
  return listOf(parse(policy));
}

function listOf({ Statement }: { readonly Statement?: Statement | readonly Statement[] }): readonly Statement[] {
  return Statement === undefined ? [] : [Statement].flat() as readonly Statement[];
}

function awsPrincipals({ Principal }: Statement): string[] {
  if (Principal === undefined) return [];
  return typeof Principal === 'string' ? [Principal] : [Principal.AWS ?? []].flat() as string[];
}

function parse(policy: string): { readonly Statement?: Statement | readonly Statement[] } {
  try {
    return (JSON.parse(policy) ?? {}) as { readonly Statement?: Statement | readonly Statement[] };
  } catch {
    return {};
  }
}
