import { isDeepStrictEqual } from 'node:util';
import type { GrantConstraints, GrantOperation } from '../model/grants/grant';
import type { EncryptionContext } from '../protocol/encryption-context';

/**
 * Operations without an encryption context that a grant with constraints may allow. The constraints do
 * not restrict them.
 */
const WITHOUT_CONTEXT: ReadonlySet<GrantOperation> = new Set<GrantOperation>(['CreateGrant', 'DescribeKey']);

/**
 * Whether a request satisfies the constraints of a grant. An absent encryption context counts as one without pairs.
 */
export function satisfies(constraints: GrantConstraints, operation: GrantOperation, context: EncryptionContext = {}): boolean {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset, SourceArn: sourceArn } = constraints;
  // Retirement of a grant is always allowed.
  if (operation === 'RetireGrant') return true;
  // Callers of this KMS act for themselves, never on behalf of another AWS resource, so that no call can
  // satisfy this constraint.
  if (sourceArn !== undefined) return false;
  if (WITHOUT_CONTEXT.has(operation)) return true;
  return (equals === undefined || isDeepStrictEqual(context, equals)) && (subset === undefined || contains(context, subset));
}

/** Whether every request that satisfies the child's constraints also satisfies the parent's. */
export function areAsStrict(child: GrantConstraints, parent: GrantConstraints): boolean {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = child;
  if (parent.SourceArn !== undefined && child.SourceArn !== parent.SourceArn) return false;
  if (parent.EncryptionContextEquals !== undefined && !isDeepStrictEqual(equals, parent.EncryptionContextEquals)) return false;
  return parent.EncryptionContextSubset === undefined || contains({ ...subset, ...equals }, parent.EncryptionContextSubset);
}

function contains(context: EncryptionContext, pairs: EncryptionContext): boolean {
  return Object.entries(pairs).every(([name, value]) => Object.hasOwn(context, name) && context[name] === value);
}
