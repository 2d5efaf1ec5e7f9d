import { refusalByKms } from './principal-problems';
import { KEYS_THAT_RESTRICT_EVERY_PRINCIPAL, restrictEveryPrincipal } from './restricting-conditions';
import { statedPrincipals } from './stated-principal';
import { describeProblem, type Problem } from '../../contract/problem';

/** Statement as in the template. Values that are unknown at synthesis are intrinsic functions of CloudFormation. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: unknown } };
}

/**
 * Problems of each statement of a key policy, whichever property, grant or statement of the user it comes from.
 *
 * Source: "Key policies in AWS KMS", AWS KMS developer guide.
 */
export function statementProblems(statements: readonly Statement[]): string[] {
  return statements.flatMap((statement) => [
    ...missingMembers(statement),
    ...principalsRefused(statement),
    ...everyPrincipalProblems(statement),
  ].map((problem) => describeProblem({ where: `key policy, statement ${statement.Sid ?? 'without Sid'}`, ...problem })));
}

type StatementProblem = Omit<Problem, 'where'>;

/** AWS KMS refuses a statement that lacks one of them, and with it the whole policy. */
function missingMembers(statement: Statement): StatementProblem[] {
  const members: [boolean, StatementProblem][] = [
    [statement.Principal === undefined && statement.NotPrincipal === undefined, {
      what: 'names no principal', remedy: 'set principals: a key policy applies to no principal by itself',
    }],
    [statement.Action === undefined && statement.NotAction === undefined, { what: 'names no action', remedy: 'set actions' }],
    [statement.Resource === undefined && statement.NotResource === undefined, {
      what: 'names no resource', allowed: '*, which means this key', remedy: 'set resources: [\'*\']',
    }],
  ];
  return members.flatMap(([isMissing, problem]) => (isMissing ? [problem] : []));
}

function principalsRefused({ Principal, NotPrincipal }: Statement): StatementProblem[] {
  return [Principal, NotPrincipal].flatMap(statedPrincipals).flatMap((principal) => {
    const refusal = refusalByKms(principal);
    return refusal === undefined ? [] : [{ ...refusal, what: `principal ${refusal.what}`, given: principal.text }];
  });
}

function everyPrincipalProblems({ Effect, Principal, NotPrincipal, Condition }: Statement): StatementProblem[] {
  const isForEvery = NotPrincipal !== undefined || statedPrincipals(Principal).some(({ kind }) => kind === 'every principal');
  if (Effect !== 'Allow' || !isForEvery || restrictEveryPrincipal(Condition)) return [];
  return [{
    what: 'every principal in AWS would be allowed',
    given: NotPrincipal === undefined ? 'principal *' : 'NotPrincipal',
    allowed: `named principals, or * with a condition on ${KEYS_THAT_RESTRICT_EVERY_PRINCIPAL.slice(0, 4).join(', ')} `
      + 'or a similar key, whose values have no wildcard in the id of the account or organization',
    remedy: 'name the principals',
  }];
}
