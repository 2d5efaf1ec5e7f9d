import { grantedUseOf, type AuthorizationRequest, type Authorizer, type Decision } from './authorizer';
import { Cache } from './cache';
import { conditionValue, type ConditionValue } from './condition-keys';
import { describePolicyErrors, type Evaluator, type Simulation, type SimulationOutcome } from './evaluator';
import { grantAllows } from './grant-allows';
import type { Policies } from './policies';
import { nameForEvaluator, preparePolicy, type PreparedPolicy } from './prepared-policy';
import { defaultPolicy } from '../model/keys/default-policy';
import { effectivePolicy } from '../model/keys/effective-policy';
import { malformedPolicy } from '../protocol/errors';
import { keyArn } from '../protocol/identifiers';
import { isAccountRoot } from '../protocol/principals';

/** The result of the policies, before grants are evaluated. */
interface Verdict {
  readonly result: 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied';
  /** Whether the policies of the caller refuse, and not the key policy. */
  readonly byIdentityPolicy: boolean;
}

interface KeyPolicy extends PreparedPolicy {
  readonly number: number;
}

const MAX_CACHED_POLICIES = 1000;
const MAX_CACHED_VERDICTS = 10_000;
/** The root of an account may perform every action that the account may perform. */
const ROOT_POLICY = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
/** The key id of a key that does not exist yet. */
const KEY_BEING_CREATED = '00000000-0000-0000-0000-000000000000';

/**
 * Decides as AWS does: by the key policy, the policies of the caller, and grants, which allow but never
 * override a Deny.
 */
export class PolicyAuthorizer implements Authorizer {
  private readonly keyPolicies = new Cache<KeyPolicy>(MAX_CACHED_POLICIES);
  private readonly identityPolicies: ReadonlyMap<string, readonly PreparedPolicy[]>;
  private readonly verdicts = new Cache<Promise<Verdict>>(MAX_CACHED_VERDICTS);
  private policiesRead = 0;

  public constructor(private readonly evaluator: Evaluator, policies: Policies) {
    this.identityPolicies = new Map(
      Object.entries(policies.identityPolicies ?? {}).map(([arn, documents]) => [arn, documents.map(preparePolicy)]));
  }

  public async decide(request: AuthorizationRequest): Promise<Decision> {
    const { result, byIdentityPolicy } = await this.verdict(request);
    if (result === 'Allowed') return undefined;
    if (result === 'ImplicitlyDenied' && request.key !== undefined) {
      const byGrant = grantAllows(request.key, grantedUseOf(request));
      if (byGrant !== undefined) return { byGrant };
    }
    const kind = byIdentityPolicy ? 'identity-based' : 'resource-based';
    const because = result === 'ExplicitlyDenied'
      ? `with an explicit deny in ${byIdentityPolicy ? 'an' : 'a'} ${kind} policy`
      : `because no ${kind} policy allows the ${request.action} action`;
    return { because, byIdentityPolicy };
  }

  /** Calls that differ in nothing that a policy mentions have the same result, so that it is computed once. */
  private verdict(request: AuthorizationRequest): Promise<Verdict> {
    const { key, action, caller } = request;
    const keyPolicy = this.keyPolicyOf(request);
    const identityPolicies = this.policiesOf(caller.principalArn);
    const context = contextOf(request, [...identityPolicies, ...keyPolicy === undefined ? [] : [keyPolicy]]);
    const resource = resourceOf(request);
    const name = JSON.stringify([keyPolicy?.number, caller.principalArn, action, resource, context]);
    const accountId = key?.account ?? caller.account;
    return this.verdicts.getOrCompute(name, () => this.evaluate({
      request: { principal: caller.principalArn, action, resource: { resource, accountId }, contextVariables: context },
      identityPolicies: identityPolicies.map(({ document }, index) => ({ name: `identity-${index}`, policy: document })),
      resourcePolicy: keyPolicy?.document,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    }));
  }

  private keyPolicyOf({ key, aliasArn, action, store, now }: AuthorizationRequest): KeyPolicy | undefined {
    // Whether a key may be created with tags is decided by IAM: the key has no policy yet.
    const isCreation = key === undefined && aliasArn === undefined && action === 'kms:TagResource';
    const text = isCreation ? defaultPolicy(store.place) : key && effectivePolicy(key, now);
    if (text === undefined) return undefined;
    return this.keyPolicies.getOrCompute(text, () => ({ ...preparePolicy(JSON.parse(text) as object), number: this.policiesRead++ }));
  }

  private policiesOf(principalArn: string): readonly PreparedPolicy[] {
    const given = this.identityPolicies.get(principalArn) ?? [];
    return isAccountRoot(principalArn) ? [...given, preparePolicy(ROOT_POLICY)] : given;
  }

  private async evaluate(simulation: Simulation): Promise<Verdict> {
    const outcome = await this.evaluator.runSimulation(simulation, {});
    const { action } = simulation.request;
    if (outcome.resultType === 'error') throw unreadable(action, outcome.errors);
    const results = outcome.resultType === 'single' ? [outcome.result] : outcome.results;
    // If the evaluator ignores a condition key, the condition has another meaning than in AWS.
    const ignored = results.flatMap(({ ignoredContextKeys = [] }) => ignoredContextKeys);
    if (ignored.length > 0) throw new Error(`the policy evaluator does not know ${ignored.join(', ')} in ${action}`);
    const identity = results[0]?.analysis.identityAnalysis?.result;
    const keyPolicy = results[0]?.analysis.resourceAnalysis?.result;
    return {
      result: outcome.overallResult,
      byIdentityPolicy: outcome.overallResult === 'ExplicitlyDenied'
        ? keyPolicy !== 'ExplicitlyDenied' && keyPolicy !== 'DeniedForAccount'
        : identity !== 'Allowed'
          && (simulation.resourcePolicy === undefined || keyPolicy === 'Allowed' || keyPolicy === 'AllowedForAccount'),
    };
  }
}

function resourceOf({ key, aliasArn, action, store }: AuthorizationRequest): string {
  if (key !== undefined) return key.arn;
  if (aliasArn !== undefined) return aliasArn;
  return action === 'kms:TagResource' ? keyArn(store.place, KEY_BEING_CREATED) : '*';
}

/** The condition keys that the policies mention: no other key can change the result. */
function contextOf(request: AuthorizationRequest, policies: readonly PreparedPolicy[]): Record<string, ConditionValue> {
  const names = new Set(policies.flatMap(({ mentions }) => [...mentions]));
  return Object.fromEntries([...names].flatMap((name) => {
    const value = conditionValue(name, request);
    return value === undefined ? [] : [[nameForEvaluator(name), value]];
  }));
}

function unreadable(action: string, errors: (SimulationOutcome & { resultType: 'error' })['errors']): Error {
  if (errors.resourcePolicyErrors !== undefined) {
    return malformedPolicy(`The key policy is malformed: ${describePolicyErrors(errors.resourcePolicyErrors)}`);
  }
  return new Error(`the policy evaluator cannot decide about ${action}: ${JSON.stringify(errors)}`);
}
