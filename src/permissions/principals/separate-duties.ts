import { Annotations } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { principalsOf } from './principal-problems';
import { describeProblem } from '../../contract/problem';

/** The principals that a key policy separates. */
export interface Duties {
  readonly users: readonly iam.IGrantable[];
  readonly administrators: readonly iam.IGrantable[];
  readonly materialOperators?: readonly iam.IGrantable[];
  readonly breakGlassRole?: iam.IGrantable;
}

/**
 * Warns of a principal that has two duties which the Sids of the policy declare to be separate.
 *
 * It is a warning and not an error: one role for everything is a choice in a development account. Nothing is allowed to
 * a principal that is not named.
 */
export function warnOfSharedDuties(scope: Construct, { users, administrators, materialOperators = [], breakGlassRole }: Duties): void {
  const breakGlass = breakGlassRole === undefined ? [] : [breakGlassRole];
  warn(scope, 'administrator-is-user', 'administrators', shared(scope, administrators, users),
    'is also one of users, so this principal alone manages the key and uses it');
  warn(scope, 'material-operator-is-user', 'materialOperators', shared(scope, materialOperators, users),
    'is also one of users, so this principal alone knows the key material and uses the key');
  warn(scope, 'break-glass-is-user', 'break-glass role', shared(scope, breakGlass, users),
    'is also one of users, so the role for emergencies uses the key every day');
}

function warn(scope: Construct, id: string, where: string, principals: readonly string[], what: string): void {
  if (principals.length === 0) return;
  Annotations.of(scope).addWarningV2(`cdk-kms-lifecycle:${id}`, describeProblem({
    where, what, given: principals.join(', '), remedy: 'use separate roles, or acknowledge this warning if it is intended',
  }));
}

/** The principals that both lists name, as the template writes them. */
function shared(scope: Construct, some: readonly iam.IGrantable[], others: readonly iam.IGrantable[]): string[] {
  const names = others.flatMap((grantee) => principalsOf(scope, grantee)).map(({ text }) => text);
  const own = some.flatMap((grantee) => principalsOf(scope, grantee)).map(({ text }) => text);
  return [...new Set(own.filter((name) => names.includes(name)))];
}
