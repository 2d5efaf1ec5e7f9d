import { Annotations, Resource, Stack, Token, TokenComparison, type RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { ICustomerManagedKey } from './i-customer-managed-key';
import type { KeyAndAliases } from './key-and-aliases';
import { KeyVerbs } from './key-verbs';
import { describeProblem } from '../contract/problem';

/**
 * KMS key as the AWS CDK knows it, and the choice of the policy that a grant changes.
 *
 * @internal
 */
export abstract class ManagedKey extends KeyVerbs implements ICustomerManagedKey {
  /** The ARN of the key. Resources that refer to it are deployed after the key is usable. */
  public abstract readonly keyArn: string;
  /** The id of the key. Resources that refer to it are deployed after the key is usable. */
  public abstract readonly keyId: string;

  /**
   * The key policy. Undefined for an existing key, whose policy this app does not manage.
   *
   * @internal
   */
  protected abstract readonly _policy: iam.PolicyDocument | undefined;

  /**
   * Whether the key policy delegates access to IAM policies of the account.
   *
   * @internal
   */
  protected abstract readonly _delegatesToIam: boolean;

  /**
   * The resources of the key in this stack. Undefined for an existing key.
   *
   * @internal
   */
  protected abstract readonly _resources: KeyAndAliases | undefined;

  /** A reference to this key. */
  public get keyRef(): kms.KeyReference {
    return { keyArn: this.keyArn, keyId: this.keyId };
  }

  /**
   * Adds an alias, which gets the removal policy of the key.
   *
   * @param aliasName The alias. The prefix `alias/` is optional.
   */
  public addAlias(aliasName: string): kms.Alias {
    const alias = new kms.Alias(this, `Alias${aliasName}`, { aliasName, targetKey: this });
    this._resources?.add(alias);
    return alias;
  }

  /**
   * Sets the policy for the key and its aliases when they are removed from the stack. It replaces the `removalPolicy`
   * of the properties.
   */
  public override applyRemovalPolicy(policy: RemovalPolicy): void {
    if (this._resources === undefined) super.applyRemovalPolicy(policy);
    else this._resources.applyRemovalPolicy(policy);
  }

  /**
   * Adds a statement to the key policy.
   *
   * @param statement The statement. Its resource must be `*`, which means this key.
   * @param _allowNoOp Not used. A key of `fromKeyArn` never gets the statement, and `statementAdded` of the result is
   * then false.
   */
  public addToResourcePolicy(statement: iam.PolicyStatement, _allowNoOp?: boolean): iam.AddToResourcePolicyResult {
    if (this._policy === undefined) return { statementAdded: false };
    this._policy.addStatements(statement);
    return { statementAdded: true, policyDependable: this.node.defaultChild };
  }

  /**
   * Grants these KMS actions on the key. The returned `Grant` reports which policy was changed: `principalStatements`
   * or `resourceStatements`.
   *
   * By default the statement is added to the IAM policy of the grantee, so that the stack of the key never depends on
   * the stack of the grantee. It is added to the key policy instead if the posture does not delegate to IAM (see
   * `KeyPosture`), if the grantee is in another account, or if it has no IAM policy.
   *
   * A grantee of another account also needs the same actions in an IAM policy of that account, which this app cannot
   * change.
   *
   * @param actions KMS actions, such as `kms:Decrypt`.
   */
  public grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    const options = { grantee, actions, resource: this, resourceArns: [this.keyArn], resourceSelfArns: ['*'] };
    if (this._policy === undefined) return iam.Grant.addToPrincipal(options);
    if (this.isOfAnotherAccount(grantee)) this.addInfoForOtherAccount(grantee, actions);
    else if (this._delegatesToIam) return iam.Grant.addToPrincipalOrResource(options);
    else if (!this.canBeNamed(grantee)) throw this.wrongDirection(grantee);
    const statement = new iam.PolicyStatement({ actions, principals: [grantee.grantPrincipal], resources: ['*'] });
    return iam.Grant.addStatementToResourcePolicy({ ...options, statement });
  }

  private isOfAnotherAccount({ grantPrincipal }: iam.IGrantable): boolean {
    const theirs = grantPrincipal.principalAccount;
    return theirs !== undefined && Token.compareStrings(theirs, this.env.account) === TokenComparison.DIFFERENT;
  }

  private addInfoForOtherAccount({ grantPrincipal }: iam.IGrantable, actions: readonly string[]): void {
    Annotations.of(this).addInfo(describeProblem({
      where: 'grant',
      what: 'the key policy is not sufficient for a principal of another account',
      given: `account ${grantPrincipal.principalAccount}`,
      remedy: `allow ${actions.join(', ')} on the ARN of this key in an IAM policy of that account, too`,
    }));
  }

  /**
   * A principal that this app does not create (a service, an ARN, a role from `fromRoleName`) causes no dependency on a
   * stack.
   */
  private canBeNamed({ grantPrincipal }: iam.IGrantable): boolean {
    if (!Construct.isConstruct(grantPrincipal) || !Resource.isOwnedResource(grantPrincipal)) return true;
    const own = Stack.of(this);
    return [own, ...own.dependencies].includes(Stack.of(grantPrincipal));
  }

  private wrongDirection({ grantPrincipal }: iam.IGrantable): Error {
    return new Error(describeProblem({
      where: this.node.path,
      what: 'only the key policy decides, and it would make the stack of the key depend on the stack of the grantee',
      given: Construct.isConstruct(grantPrincipal) ? grantPrincipal.node.path : undefined,
      remedy: 'deploy that stack first (keyStack.addDependency(thatStack)), pass iam.Role.fromRoleName for a role with a fixed name, '
        + 'or use KeyPosture.iamDelegated()',
    }));
  }
}
