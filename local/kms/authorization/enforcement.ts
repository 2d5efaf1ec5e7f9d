import type { AuthorizationRequest, Authorizer } from './authorizer';
import { describePolicyErrors, loadEvaluator, type Evaluator } from './evaluator';
import { checkPolicies, type Policies } from './policies';
import { PolicyAuthorizer } from './policy-authorizer';
import { preparePolicy } from './prepared-policy';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { checkPrincipals, type Principals } from '../protocol/principals';

/**
 * Whether policies are enforced. It can be switched on and off while the KMS runs. While it is off,
 * another authorizer decides.
 */
export class Enforcement implements Authorizer {
  private enforced: { readonly policies: Policies; readonly authorizer: Authorizer } | undefined;
  private known: Principals;

  /**
   * @param otherwise decides while policies are not enforced
   * @param principals the principal of each access key, whether policies are enforced or not
   */
  public constructor(private readonly otherwise: Authorizer, principals: Principals = {}) {
    checkPrincipals('principals', principals);
    this.known = principals;
  }

  /** The policies that are enforced beside key policies and grants; `undefined` while policies are not enforced. */
  public get policies(): Policies | undefined {
    return this.enforced?.policies;
  }

  /** The role, user or account root of each access key, where one has been given. */
  public get principals(): Principals {
    return this.known;
  }

  /**
   * Enforces key policies, these policies and grants from now on. Policies that were given before no longer count.
   *
   * The principals stay known when enforcement ends, so that no caller changes its account because of it.
   */
  public async on(policies: Policies, evaluator: Evaluator = loadEvaluator()): Promise<void> {
    checkPolicies('policies', policies);
    await requireReadable(policies, evaluator);
    this.enforced = { policies, authorizer: new PolicyAuthorizer(evaluator, policies) };
    this.known = { ...this.known, ...policies.principals };
  }

  public off(): void {
    this.enforced = undefined;
  }

  public decide(request: AuthorizationRequest): ReturnType<Authorizer['decide']> {
    return (this.enforced?.authorizer ?? this.otherwise).decide(request);
  }
}

/** Reports a malformed policy immediately, instead of at the first call that needs it. */
async function requireReadable({ identityPolicies = {} }: Policies, evaluator: Evaluator): Promise<void> {
  for (const [arn, documents] of Object.entries(identityPolicies)) {
    for (const [index, document] of documents.entries()) {
      const outcome = await evaluator.runSimulation({
        request: { principal: arn, action: 'kms:ListKeys', resource: { resource: '*', accountId: '' }, contextVariables: {} },
        identityPolicies: [{ name: arn, policy: preparePolicy(document).document }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      }, {});
      if (outcome.resultType !== 'error') continue;
      throw new Failure(ErrorName.INVALID_REQUEST, {
        where: `identity policy ${index + 1} of ${arn}`,
        what: 'is not a policy that IAM can read',
        given: describePolicyErrors(outcome.errors.identityPolicyErrors?.[arn] ?? []),
        remedy: 'correct the policy',
      });
    }
  }
}
