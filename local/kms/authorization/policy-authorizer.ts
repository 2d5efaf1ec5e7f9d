import { grantedUseOf, type AuthorizationRequest, type Authorizer, type Decision } from './authorizer';
import { Cache } from './cache';
import { conditionValue, type ConditionValue } from './condition-keys';
import { describePolicyErrors, type Evaluator, type Simulation, type SimulationOutcome } from './evaluator';
import { grantAllows } from './grant-allows';
import { KnownPolicies, type KnownPolicy } from './known-policies';
import type { IdentityPolicies } from './policies';
import { nameForEvaluator, type PreparedPolicy } from './prepared-policy';
import { resourceClass } from './resource-class';
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

/** What one evaluator has read and decided. */
interface Known {
  readonly policies: KnownPolicies;
  readonly verdicts: Cache<Promise<Verdict>>;
  /** The condition keys that a set of policies mentions. */
  readonly conditionKeys: Cache<readonly ConditionKey[]>;
  readonly classes: Cache<string>;
}

interface ConditionKey {
  readonly name: string;
  readonly nameForEvaluator: string;
}

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
  private readonly known: Known;

  public constructor(private readonly evaluator: Evaluator, private readonly identities: IdentityPolicies) {
    this.known = knownTo(evaluator);
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

  /** Calls that differ in nothing that a policy tells apart have the same result, so that it is computed once. */
  private verdict(request: AuthorizationRequest): Promise<Verdict> {
    const { key, action, caller } = request;
    const keyPolicy = this.keyPolicyOf(request);
    const identityPolicies = this.policiesOf(caller.principalArn);
    const policies = keyPolicy === undefined ? identityPolicies : [...identityPolicies, keyPolicy];
    const numbers = `${keyPolicy?.number ?? '-'}:${identityPolicies.map(({ number }) => number).join()}`;
    const context = contextOf(request, this.known.conditionKeys.getOrCompute(numbers, () => conditionKeysOf(policies)));
    const resource = resourceOf(request);
    const sameClass = this.known.classes.getOrCompute(`${numbers} ${resource}`, () =>
      resourceClass(resource, policies.map(({ resources }) => resources)));
    const accountId = key?.account ?? caller.account;
    const name = JSON.stringify([numbers, caller.principalArn, action, accountId, sameClass, context]);
    return this.known.verdicts.getOrCompute(name, () => this.evaluate({
      request: { principal: caller.principalArn, action, resource: { resource, accountId }, contextVariables: context },
      identityPolicies: identityPolicies.map(({ document }, index) => ({ name: `identity-${index}`, policy: document })),
      resourcePolicy: keyPolicy?.document,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    }));
  }

  private keyPolicyOf({ key, aliasArn, action, store, now }: AuthorizationRequest): KnownPolicy | undefined {
    // Whether a key may be created with tags is decided by IAM: the key has no policy yet.
    const isCreation = key === undefined && aliasArn === undefined && action === 'kms:TagResource';
    const text = isCreation ? defaultPolicy(store.place) : key && effectivePolicy(key, now);
    return text === undefined ? undefined : this.known.policies.ofText(text);
  }

  private policiesOf(principalArn: string): readonly KnownPolicy[] {
    const documents = this.identities.policiesOf(principalArn);
    return (isAccountRoot(principalArn) ? [...documents, ROOT_POLICY] : documents).map((document) => this.known.policies.of(document));
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

const KNOWN = new WeakMap<Evaluator, Known>();

/** The same policies decide in the same way in every account: all accounts of this process share what is known. */
function knownTo(evaluator: Evaluator): Known {
  const known: Known = KNOWN.get(evaluator) ?? {
    policies: new KnownPolicies(),
    verdicts: new Cache(MAX_CACHED_VERDICTS),
    conditionKeys: new Cache(MAX_CACHED_VERDICTS),
    classes: new Cache(MAX_CACHED_VERDICTS),
  };
  KNOWN.set(evaluator, known);
  return known;
}

function resourceOf({ key, aliasArn, action, store }: AuthorizationRequest): string {
  if (key !== undefined) return key.arn;
  if (aliasArn !== undefined) return aliasArn;
  return action === 'kms:TagResource' ? keyArn(store.place, KEY_BEING_CREATED) : '*';
}

/** The condition keys that the policies mention: no other key can change the result. */
function conditionKeysOf(policies: readonly PreparedPolicy[]): ConditionKey[] {
  const names = new Set(policies.flatMap(({ mentions }) => [...mentions]));
  return [...names].map((name) => ({ name, nameForEvaluator: nameForEvaluator(name) }));
}

function contextOf(request: AuthorizationRequest, keys: readonly ConditionKey[]): Record<string, ConditionValue> {
  const context: Record<string, ConditionValue> = {};
  for (const { name, nameForEvaluator: given } of keys) {
    const value = conditionValue(name, request);
    if (value !== undefined) context[given] = value;
  }
  return context;
}

function unreadable(action: string, errors: (SimulationOutcome & { resultType: 'error' })['errors']): Error {
  if (errors.resourcePolicyErrors !== undefined) {
    return malformedPolicy(`The key policy is malformed: ${describePolicyErrors(errors.resourcePolicyErrors)}`);
  }
  return new Error(`the policy evaluator cannot decide about ${action}: ${JSON.stringify(errors)}`);
}
