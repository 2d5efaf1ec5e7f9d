import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { describeProblem } from '../../contract/problem';
import { principalProblems, principalsOf } from '../../permissions/principals/principal-problems';
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
  return Object.entries(lists).flatMap(([list, grantees]) => grantees.flatMap((grantee, index) => {
    const where = list === 'breakGlassRole' ? list : `${list}[${index}]`;
    return [...principalProblems(scope, where, grantee), ...serviceProblems(scope, where, grantee)];
  }));
}

/** What a service encrypts is in none of the stores, so it would become unreadable with its generation. */
function serviceProblems(scope: Construct, where: string, grantee: iam.IGrantable): string[] {
  return principalsOf(scope, grantee).filter(({ kind }) => kind === 'other').map(({ text }) => describeProblem({
    where,
    what: 'principal is an AWS service or an identity provider, and a rotation re-encrypts only what applications store',
    given: text,
    allowed: 'roles and users by their ARNs',
    remedy: 'pass the role of the application, such as the execution role of a function; for a service, use a CustomerManagedKey with '
      + 'serviceUsers',
  }));
}
