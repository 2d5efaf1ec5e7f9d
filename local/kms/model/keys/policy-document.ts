import { isAboutAction } from '../../../../src/contract/policies/wildcard';
import { limitExceeded, malformedPolicy } from '../../protocol/errors';
import { isUniqueId } from '../../protocol/principals';

type Statement = Readonly<Record<string, unknown>>;

const MAX_POLICY_BYTES = 32768;
const PRINCIPALS = [
  /^(\*|\d{12})$/,
  /^arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)\/[\w+=,.@/-]+)$/,
  /^arn:aws[a-z-]*:sts::\d{12}:(assumed-role|federated-user)\/[\w+=,.@/-]+$/,
];

/**
 * Refuses a key policy that KMS refuses by its form: too long, not JSON, no statements, a statement without Effect,
 * Principal, Action or Resource, and principals that cannot be the ARN of an account, user or role, such as a group.
 */
export function checkPolicy(policy: string): void {
  if (Buffer.byteLength(policy) > MAX_POLICY_BYTES) throw limitExceeded(`The key policy is longer than ${MAX_POLICY_BYTES} bytes.`);
  const statements = readStatements(policy);
  if (statements === undefined) throw malformedPolicy('The policy document is not a JSON object with a Statement.');
  for (const statement of statements) {
    const missing = ['Effect', 'Principal', 'Action', 'Resource']
      .find((element) => statement[element] === undefined && statement[`Not${element}`] === undefined);
    if (missing !== undefined) throw malformedPolicy(`The policy contains a statement with no ${missing.toLowerCase()}.`);
  }
  if (!statements.every(({ Principal: principal, NotPrincipal: others }) => isPrincipal(principal ?? others))) {
    throw malformedPolicy('Policy contains a statement with one or more invalid principals.');
  }
}

/** The roles and users that the statements of a policy name as principals, each once; deleted ones by unique id. */
export function principalsIn(policy: string): string[] {
  const named = (readStatements(policy) ?? []).flatMap((statement) => awsPrincipals(statement.Principal ?? statement.NotPrincipal));
  return [...new Set(named)].filter((name) => /:(user|role)\//.test(name) || isUniqueId(name));
}

/** The policy with another text in place of one principal. Nothing else of it changes, also not its conditions. */
export function withPrincipalReplaced(policy: string, principal: string, replacement: string): string {
  const document = JSON.parse(policy) as { readonly Statement: unknown };
  const replaced = (name: unknown) => (name === principal ? replacement : name);
  const statements = asList(document.Statement).map((statement) => Object.fromEntries(
    Object.entries(statement as Statement).map(([element, value]) => {
      if (!/^(Not)?Principal$/.test(element) || typeof value !== 'object' || value === null) return [element, value];
      const { AWS: names, ...others } = value as { AWS?: unknown };
      return [element, { ...others, ...(names !== undefined && { AWS: Array.isArray(names) ? names.map(replaced) : replaced(names) }) }];
    })));
  return JSON.stringify({ ...document, Statement: statements });
}

/**
 * Whether a statement allows the action to any principal, even under conditions, and whatever other statements deny.
 */
export function allowsAnyPrincipal(policy: string, action: string): boolean {
  return (readStatements(policy) ?? []).some((statement) => statement.Effect === 'Allow' && isAboutAction(statement, action));
}

function readStatements(policy: string): Statement[] | undefined {
  let document: unknown;
  try {
    document = JSON.parse(policy);
  } catch {
    return undefined;
  }
  const { Statement: statement } = (document ?? {}) as { Statement?: unknown };
  const statements = asList(statement);
  return statements.every((each) => typeof each === 'object' && each !== null) ? statements as Statement[] : undefined;
}

function awsPrincipals(principal: unknown): string[] {
  if (typeof principal !== 'object' || principal === null) return [];
  return asList((principal as { AWS?: unknown }).AWS ?? []).map(String);
}

/** `*`, or lists by kind of principal. Names of services and identity providers are not checked. */
function isPrincipal(principal: unknown): boolean {
  if (typeof principal !== 'object' || principal === null) return principal === '*';
  const { AWS: principals = [] } = principal as { AWS?: unknown };
  return asList(principals).every((name) => typeof name === 'string' && PRINCIPALS.some((form) => form.test(name)));
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}
