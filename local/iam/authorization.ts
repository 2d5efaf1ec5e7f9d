import type { LocalIam } from './local-iam';
import type { RefusedCall } from './refused-calls';
import { Cache } from '../kms/authorization/cache';
import { describePolicyErrors, loadEvaluator, type Evaluator } from '../kms/authorization/evaluator';
import { KnownPolicies } from '../kms/authorization/known-policies';
import { resourceClass } from '../kms/authorization/resource-class';

/** A request to a service in which IAM alone decides, as the authorization sees it. */
export interface AwsRequest {
  /** The access key of the caller. */
  readonly accessKey: string;
  /** The action in policies: `s3:GetObject`. */
  readonly action: string;
  readonly resource: string;
  /** The values of condition keys of this service. Undefined if this request has no value. @default - none */
  readonly context?: { readonly [key: string]: string | string[] | undefined };
}

/** Returns the message of a denial, or `undefined` if the caller may send the request. */
export type Authorize = (request: AwsRequest) => Promise<string | undefined>;

/** For tests that are not about permissions. */
export const EVERYTHING_IS_ALLOWED: Authorize = async () => undefined;

const MAX_CACHED_VERDICTS = 20_000;
/** Condition keys with a value in every request. A policy that mentions an unknown one is not evaluated. */
const GLOBAL_KEYS = new Set(['aws:principalarn', 'aws:principalaccount', 'aws:securetransport']);

/** `undefined` if the policies allow the request; otherwise why not. */
type Verdict = string | undefined;

/** What one evaluator has read and decided. */
interface Known {
  readonly policies: KnownPolicies;
  readonly verdicts: Cache<Promise<Verdict>>;
}

/** Decides by the identity policies of the caller: everything that no policy allows is denied. */
export class IdentityAuthorization {
  /** Called with each call that is refused. */
  public onRefused?: (call: RefusedCall) => void;
  private readonly known: Known;

  public constructor(private readonly iam: LocalIam, private readonly evaluator: Evaluator = loadEvaluator()) {
    this.known = knownTo(evaluator);
  }

  public readonly authorize: Authorize = async (request) => {
    const principal = this.iam.principalOf(request.accessKey);
    // A caller of another account. No resource of this account allows it anything, except keys.
    if (principal === undefined) {
      this.onRefused?.({ action: request.action, principal: request.accessKey });
      return `User: ${request.accessKey} is not authorized to perform: ${request.action}`;
    }
    return this.authorizePrincipal(principal, request);
  };

  /** Decides about a role that has no access key, such as the role of a state machine. */
  public async authorizePrincipal(principalArn: string, request: Omit<AwsRequest, 'accessKey'>): Promise<string | undefined> {
    const { action, resource, context = {} } = request;
    const policies = this.iam.policiesOf(principalArn);
    const known = policies.map((policy) => this.known.policies.of(policy));
    const place = resourceClass(resource, known.map(({ resources }) => resources));
    const name = JSON.stringify([known.map(({ number }) => number), principalArn, action, place, context]);
    const because = await this.known.verdicts.getOrCompute(name, () =>
      this.evaluate(principalArn, { action, resource, context }, policies));
    if (because !== undefined) this.onRefused?.({ action, principal: principalArn });
    return because && `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
  }

  private async evaluate(
    principal: string, { action, resource, context }: Required<Omit<AwsRequest, 'accessKey'>>, policies: readonly object[],
  ): Promise<Verdict> {
    requireKnownKeys(policies, action, context);
    const account = principal.split(':')[4] ?? '';
    const values = Object.fromEntries(Object.entries(context).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
    const outcome = await this.evaluator.runSimulation({
      request: {
        principal,
        action,
        resource: { resource, accountId: account },
        contextVariables: { 'aws:PrincipalArn': principal, 'aws:PrincipalAccount': account, 'aws:SecureTransport': 'true', ...values },
      },
      identityPolicies: policies.map((policy, index) => ({ name: `identity-${index}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    }, {});
    if (outcome.resultType === 'error') {
      const errors = Object.values(outcome.errors.identityPolicyErrors ?? {}).map(describePolicyErrors);
      throw new Error(`the policy evaluator cannot decide about ${action}: ${[outcome.errors.message, ...errors].join('; ')}`);
    }
    if (outcome.overallResult === 'Allowed') return undefined;
    return outcome.overallResult === 'ExplicitlyDenied'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  }
}

const KNOWN = new WeakMap<Evaluator, Known>();

/** The same policies decide in the same way in every account: all accounts of this process share what is known. */
function knownTo(evaluator: Evaluator): Known {
  let known = KNOWN.get(evaluator);
  if (known === undefined) KNOWN.set(evaluator, known = { policies: new KnownPolicies(), verdicts: new Cache(MAX_CACHED_VERDICTS) });
  return known;
}

/** A condition on a key that has no value here would be false, or true with `IfExists`: a guess in both cases. */
function requireKnownKeys(policies: readonly object[], action: string, context: { readonly [key: string]: unknown }): void {
  const service = action.slice(0, action.indexOf(':') + 1);
  const known = new Set([...GLOBAL_KEYS, ...Object.keys(context).map((key) => key.toLowerCase())]);
  for (const statement of policies.flatMap((policy) => [(policy as { Statement?: unknown }).Statement ?? []].flat())) {
    const { Condition: conditions = {}, Action: actions } = statement as { Condition?: { [operator: string]: object }; Action?: unknown };
    if (![actions].flat().some((named) => String(named) === '*' || String(named).startsWith(service))) continue;
    const unknown = Object.values(conditions).flatMap((keys) => Object.keys(keys)).find((key) => !known.has(key.toLowerCase()));
    if (unknown !== undefined) throw new Error(`condition key ${unknown} has no value in this account; add it to the request`);
  }
}
