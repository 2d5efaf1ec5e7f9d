import { isRecord, listOf, readableValue } from '../../contract/policies/readable-value';

/**
 * Kind of a principal in a policy statement.
 *
 * `identity`: a role, a user or a session, by its ARN. `unknown`: a reference that has a value only at deployment.
 * `other`: a service, or a federated principal.
 */
export type PrincipalKind = 'every principal' | 'account' | 'group' | 'policy' | 'wildcard' | 'identity' | 'no ARN' | 'unknown' | 'other';

/** Principal of a policy statement, as far as it is known at synthesis. */
export interface StatedPrincipal {
  readonly kind: PrincipalKind;
  /** The ARN, the number of the account or the name of the service. A reference is written in angle brackets. */
  readonly text: string;
  /** The account of the principal, if the text contains it. `<account>` is the account of the stack. */
  readonly account?: string;
}

/** The text for the account of a stack that may be deployed to any account. */
export const ACCOUNT_OF_THE_STACK = '<account>';

/** The member with which the AWS CDK writes `"Principal": "*"`. */
const LITERAL = 'LiteralString';

/**
 * The principals of a statement.
 *
 * @param principal the member `Principal`, with references as CloudFormation functions
 */
export function statedPrincipals(principal: unknown): StatedPrincipal[] {
  if (!isRecord(principal)) return listOf(principal).map(principalByArn);
  return Object.entries(principal).flatMap(([member, values]) => listOf(values).map((value) =>
    member === 'AWS' || member === LITERAL ? principalByArn(value) : { kind: 'other', text: readableValue(value) } as const));
}

/** Source: "AWS JSON policy elements: Principal", IAM user guide. */
function principalByArn(value: unknown): StatedPrincipal {
  const text = readableValue(value);
  if (text === '*') return { kind: 'every principal', text };
  if (/^\d{12}$/.test(text) || text === ACCOUNT_OF_THE_STACK) return { kind: 'account', text, account: text };
  if (typeof value !== 'string' && !text.startsWith('arn:')) return { kind: 'unknown', text };
  const [, account, resource] = /^arn:[^:]+:(?:iam|sts)::([^:]*):(.+)$/.exec(text) ?? [];
  if (/[*?]/.test(text)) return { kind: 'wildcard', text, account };
  if (resource === undefined || account === undefined) return { kind: 'no ARN', text };
  return { kind: kindOf(resource), text, account };
}

function kindOf(resource: string): PrincipalKind {
  if (resource === 'root') return 'account';
  if (resource.startsWith('group/')) return 'group';
  if (/^(role|user|assumed-role|federated-user)\/./.test(resource)) return 'identity';
  return resource.startsWith('<') ? 'unknown' : 'no ARN';
}
