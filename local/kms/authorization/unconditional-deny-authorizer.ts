import { ALLOW_WITHIN_THE_ACCOUNT, type AuthorizationRequest, type Authorizer } from './authorizer';
import { Cache } from './cache';
import { effectivePolicy } from '../model/keys/effective-policy';

interface DenyStatement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

const MAX_CACHED_POLICIES = 1000;

/**
 * Enforces one kind of statement only: an unconditional Deny for all principals in a key policy, of actions
 * that it names.
 *
 * This is enough to make a fence around an old generation effective. Every action that is not denied this way is
 * allowed within the account.
 */
export class UnconditionalDenyAuthorizer implements Authorizer {
  private readonly read = new Cache<readonly DenyStatement[]>(MAX_CACHED_POLICIES);

  public decide(request: AuthorizationRequest): ReturnType<Authorizer['decide']> {
    const { action, key, now } = request;
    if (key === undefined) return undefined;
    const denied = this.denyStatementsIn(effectivePolicy(key, now)).some((statement) =>
      statement.actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()))
      && statement.resources.some((pattern) => matches(pattern, key.arn)));
    return denied ? { because: 'with an explicit deny in a resource-based policy' } : ALLOW_WITHIN_THE_ACCOUNT.decide(request);
  }

  private denyStatementsIn(policy: string): readonly DenyStatement[] {
    return this.read.getOrCompute(policy, () => readDenyStatements(policy));
  }
}

function readDenyStatements(policy: string): DenyStatement[] {
  const document = JSON.parse(policy) as { Statement?: unknown };
  return asList(document.Statement as Record<string, unknown> | Record<string, unknown>[])
    .filter((statement) => statement.Effect === 'Deny' && statement.Condition === undefined && isForAllPrincipals(statement.Principal))
    .map(({ Action: actions, Resource: resources }) => (
      { actions: asList(actions as string | string[]), resources: asList(resources as string | string[]) }));
}

function isForAllPrincipals(principal: unknown): boolean {
  if (principal === '*') return true;
  const accounts = (principal as { AWS?: string | string[] } | undefined)?.AWS;
  return accounts !== undefined && asList(accounts).includes('*');
}

/** A literal, or a prefix followed by `*`. */
function matches(pattern: string, value: string): boolean {
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : value === pattern;
}

function asList<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
