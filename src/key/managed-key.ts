import { Annotations, Resource, Stack, Token, TokenComparison, type RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { ICustomerManagedKey } from './i-customer-managed-key';
import type { KeyAndAliases } from './key-and-aliases';
import { KeyVerbs } from './key-verbs';
import { describeProblem } from '../contract/problem';

/**
 * A KMS key, for whatever construct makes it: a key as the AWS CDK knows it, and the place where a grant lands.
 *
 * @internal
 */
export abstract class ManagedKey extends KeyVerbs implements ICustomerManagedKey {
  /** The ARN of the key. Whatever refers to it waits until the key can be used. */
  public abstract readonly keyArn: string;
  /** The id of the key. Whatever refers to it waits until the key can be used. */
  public abstract readonly keyId: string;

  /**
   * What the key policy is made of; nothing when it is written elsewhere.
   *
   * @internal
   */
  protected abstract readonly _policy: iam.PolicyDocument | undefined;

  /**
   * Whether IAM policies of the account can allow anything.
   *
   * @internal
   */
  protected abstract readonly _delegatesToIam: boolean;

  /**
   * The resources that it consists of; nothing when it was made elsewhere.
   *
   * @internal
   */
  protected abstract readonly _resources: KeyAndAliases | undefined;

  /** A reference to this key. */
  public get keyRef(): kms.KeyReference {
    return { keyArn: this.keyArn, keyId: this.keyId };
  }

  /**
   * Gives the key one more alias, which shares its removal policy.
   *
   * @param aliasName The alias; `alias/` in front may be left out.
   */
  public addAlias(aliasName: string): kms.Alias {
    const alias = new kms.Alias(this, `Alias${aliasName}`, { aliasName, targetKey: this });
    this._resources?.add(alias);
    return alias;
  }

  /**
   * What happens to key and aliases when they leave the stack.
   *
   * @param policy The policy; it replaces the one from the properties.
   */
  public override applyRemovalPolicy(policy: RemovalPolicy): void {
    if (this._resources === undefined) super.applyRemovalPolicy(policy);
    else this._resources.applyRemovalPolicy(policy);
  }

  /**
   * Adds a statement to the key policy.
   *
   * @param statement The statement; its resource has to be `*`, which means this key.
   * @param _allowNoOp Whether nothing may happen: with a key that was made elsewhere, whose policy is not ours.
   */
  public addToResourcePolicy(statement: iam.PolicyStatement, _allowNoOp?: boolean): iam.AddToResourcePolicyResult {
    if (this._policy === undefined) return { statementAdded: false };
    this._policy.addStatements(statement);
    return { statementAdded: true, policyDependable: this.node.defaultChild };
  }

  /**
   * Lets the grantee call these actions on the key. Where it landed, the answer tells.
   *
   * It lands in the grantee's own IAM policy, which makes no stack of the key depend on a stack of its users. Where IAM policies decide
   * nothing (see `KeyPosture`), for a principal of another account, and for one without an IAM policy, the key policy says it. Another
   * account has to allow the same on its own side, which cannot be done from here.
   *
   * @param grantee Who may.
   * @param actions KMS actions, such as `kms:Decrypt`.
   */
  public grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    const options = { grantee, actions, resource: this, resourceArns: [this.keyArn], resourceSelfArns: ['*'] };
    if (this._policy === undefined) return iam.Grant.addToPrincipal(options);
    if (this.isOfAnotherAccount(grantee)) this.tellOtherAccount(grantee, actions);
    else if (this._delegatesToIam) return iam.Grant.addToPrincipalOrResource(options);
    else if (!this.mayReferTo(grantee)) throw this.wrongDirection(grantee);
    const statement = new iam.PolicyStatement({ actions, principals: [grantee.grantPrincipal], resources: ['*'] });
    return iam.Grant.addStatementToResourcePolicy({ ...options, statement });
  }

  private isOfAnotherAccount({ grantPrincipal }: iam.IGrantable): boolean {
    const theirs = grantPrincipal.principalAccount;
    return theirs !== undefined && Token.compareStrings(theirs, this.env.account) === TokenComparison.DIFFERENT;
  }

  private tellOtherAccount({ grantPrincipal }: iam.IGrantable, actions: readonly string[]): void {
    Annotations.of(this).addInfo(describeProblem({
      where: 'grant',
      what: 'the key policy alone does not let a principal of another account in',
      given: `account ${grantPrincipal.principalAccount}`,
      remedy: `allow ${actions.join(', ')} on the ARN of this key in an IAM policy of that account, too`,
    }));
  }

  /** Whoever is not made by this app refers to nothing in it: a service, an ARN, an imported role. */
  private mayReferTo({ grantPrincipal }: iam.IGrantable): boolean {
    if (!Construct.isConstruct(grantPrincipal) || !Resource.isOwnedResource(grantPrincipal)) return true;
    const own = Stack.of(this);
    return [own, ...own.dependencies].includes(Stack.of(grantPrincipal));
  }

  private wrongDirection({ grantPrincipal }: iam.IGrantable): Error {
    return new Error(describeProblem({
      where: this.node.path,
      what: 'the key policy alone decides, and it would make the stack of the key depend on the stack of whom it names',
      given: Construct.isConstruct(grantPrincipal) ? grantPrincipal.node.path : undefined,
      remedy: 'deploy that stack first (keyStack.addDependency(thatStack)), hand in iam.Role.fromRoleName for a role with a name of its own, or use KeyPosture.iamDelegated()',
    }));
  }
}
