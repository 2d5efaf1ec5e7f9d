import type { AuthorizationRequest, Authorizer } from './authorizer';
import { describePolicyErrors, loadEvaluator, type Evaluator } from './evaluator';
import { checkPolicies, fixedIdentityPolicies, type Policies } from './policies';
import { PolicyAuthorizer } from './policy-authorizer';
import { preparePolicy } from './prepared-policy';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { checkPrincipals, type PrincipalDirectory, type Principals } from '../protocol/principals';

/**
 * Whether policies are enforced. It can be switched on and off while the KMS runs. While it is off,
 * another authorizer decides.
 */
export class Enforcement implements Authorizer, PrincipalDirectory {
  /** Called with each role or user that existed in the policies before, and does not exist in those that follow. */
  public onDeleted?: (principalArn: string, uniqueId: string) => void;
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
   * Enforces key policies, these policies and grants from now on, whether or not the caller waits. Policies that were
   * given before no longer count. If a policy cannot be read, it throws, and what was enforced before continues.
   *
   * The principals stay known when enforcement ends, so that no caller changes its account because of it.
   */
  public async on(policies: Policies, evaluator: Evaluator = loadEvaluator()): Promise<void> {
    checkPolicies('policies', policies);
    const before = { enforced: this.enforced, known: this.known };
    const readable = requireReadable(policies, evaluator);
    const authorizer = afterwards(readable, new PolicyAuthorizer(evaluator, fixedIdentityPolicies(policies)));
    const enforced = { policies, authorizer };
    this.enforced = enforced;
    this.known = { ...this.known, ...policies.principals };
    try {
      await readable;
    } catch (error) {
      if (this.enforced === enforced) [this.enforced, this.known] = [before.enforced, before.known];
      throw error;
    }
    const { uniqueIds = {} } = policies;
    for (const [arn, uniqueId] of Object.entries(before.enforced?.policies.uniqueIds ?? {})) {
      if (uniqueIds[arn] !== uniqueId) this.onDeleted?.(arn, uniqueId);
    }
  }

  public off(): void {
    this.enforced = undefined;
  }

  public principalOf(accessKey: string): string | undefined {
    return Object.hasOwn(this.known, accessKey) ? this.known[accessKey] : undefined;
  }

  public exists(principalArn: string): boolean {
    const { uniqueIds } = this.enforced?.policies ?? {};
    return uniqueIds === undefined || Object.hasOwn(uniqueIds, principalArn);
  }

  public decide(request: AuthorizationRequest): ReturnType<Authorizer['decide']> {
    return (this.enforced?.authorizer ?? this.otherwise).decide(request);
  }
}

/** Decides when the policies have been read. Until then calls wait, and a call under a malformed policy is refused. */
function afterwards(readable: Promise<void>, authorizer: Authorizer): Authorizer {
  return { decide: (request) => readable.then(async () => authorizer.decide(request)) };
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
