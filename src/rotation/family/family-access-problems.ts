import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { principalProblems } from '../../permissions/principals/principal-problems';
import { warnOfSharedDuties } from '../../permissions/principals/separate-duties';

/** The principals that a rotating key declares. */
export interface DeclaredPrincipals {
  readonly users: readonly iam.IGrantable[];
  readonly administrators: readonly iam.IGrantable[];
  readonly breakGlassRole?: iam.IGrantable;
}

/** Reports principals that the key policy of a generation cannot name, and warns of shared duties. */
export function familyAccessProblems(scope: Construct, { users, administrators, breakGlassRole }: DeclaredPrincipals): string[] {
  warnOfSharedDuties(scope, { users, administrators, breakGlassRole });
  const lists = { users, administrators, breakGlassRole: breakGlassRole === undefined ? [] : [breakGlassRole] };
  return Object.entries(lists).flatMap(([where, grantees]) =>
    grantees.flatMap((grantee) => principalProblems(scope, where, grantee)));
}
