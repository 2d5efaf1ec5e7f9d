import { Annotations, RemovalPolicy, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { aliasOwnerProblems } from './alias/alias-owners';
import { fullAliasName, newAliasProblems } from './alias-name';
import type { ICustomerManagedKey } from './i-customer-managed-key';
import type { KeyAndAliases } from './key-and-aliases';
import { KeyVerbs } from './key-verbs';
import { describeProblem } from '../contract/problem';
import { withoutConditions } from '../permissions/principals/nameable';
import { withOwnConditions } from '../permissions/principals/own-conditions';
import { accountOf, isOfAnotherAccount, requirePrincipal } from '../permissions/principals/principal-problems';
import { isDeployedTogether, mayReferTo, outermost } from '../permissions/reference-direction';
import { ALIAS, REMOVAL_POLICY, STATEMENT } from '../validation/kinds';
import { GRANT_ARGUMENTS, requireArguments } from '../validation/shape';

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
   * @param aliasName The alias. The prefix `alias/` is optional, except if the alias is a token.
   */
  public addAlias(aliasName: string): kms.Alias {
    requireArguments(`${this.node.path}, addAlias`, { aliasName }, { aliasName: ALIAS });
    const fullName = fullAliasName(aliasName);
    const id = Token.isUnresolved(aliasName) ? `Alias${this.node.children.length}` : `Alias${aliasName}`;
    requireNoProblems(this, [...newAliasProblems(aliasName, 'addAlias, aliasName'), ...twiceProblems(this, id, aliasName)]);
    const alias = new kms.Alias(this, id, { aliasName: fullName, targetKey: this });
    const resource = alias.node.defaultChild as kms.CfnAlias;
    this.node.addValidation({ validate: () => aliasOwnerProblems(resource) });
    this._resources?.add(resource);
    return alias;
  }

  /**
   * Sets the policy for the key and its aliases when they are removed from the stack. It replaces the `removalPolicy`
   * of the properties.
   */
  public override applyRemovalPolicy(policy: RemovalPolicy): void {
    requireArguments(`${this.node.path}, applyRemovalPolicy`, { policy }, { policy: REMOVAL_POLICY });
    if (this._resources === undefined) super.applyRemovalPolicy(policy);
    else this._resources.applyRemovalPolicy(policy);
  }

  /**
   * Adds a statement to the key policy.
   *
   * @param statement The statement. Its resource must be `*`, which means this key.
   * @param allowNoOp Whether the statement may be omitted. A key of `fromKeyArn` never gets it: `statementAdded` of the
   * result is then false. With `false` it is an error. The default is `true`.
   */
  public addToResourcePolicy(statement: iam.PolicyStatement, allowNoOp: boolean = true): iam.AddToResourcePolicyResult {
    requireArguments(`${this.node.path}, addToResourcePolicy`, { statement }, { statement: STATEMENT });
    if (this._policy === undefined) {
      if (!allowNoOp) throw this.noPolicy();
      return { statementAdded: false };
    }
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
    requireArguments(`${this.node.path}, grant`, { grantee, actions }, GRANT_ARGUMENTS);
    const conditions = withOwnConditions(this.node.path, grantee);
    const options = { grantee, actions, resource: this, resourceArns: [this.keyArn], resourceSelfArns: ['*'], conditions };
    if (this._policy === undefined) return iam.Grant.addToPrincipal(options);
    if (isOfAnotherAccount(this, grantee)) this.addInfoForOtherAccount(grantee, actions);
    else if (this._delegatesToIam) return this.grantByIamOrKeyPolicy(options);
    else if (!mayReferTo(this, grantee) && !isDeployedTogether(this, grantee)) throw this.wrongDirection(grantee);
    requirePrincipal(this, grantee);
    const statement = new iam.PolicyStatement({ actions, principals: [grantee.grantPrincipal], resources: ['*'] });
    return iam.Grant.addStatementToResourcePolicy({ ...options, statement });
  }

  private grantByIamOrKeyPolicy(options: iam.GrantOnPrincipalAndResourceOptions): iam.Grant {
    const { grantee } = options;
    if (grantee.grantPrincipal instanceof iam.UnknownPrincipal) requirePrincipal(this, grantee);
    return iam.Grant.addToPrincipalOrResource({ ...options, resource: this.namingOnly(grantee) });
  }

  /** The key policy as the resource of a grant. It names only principals that KMS accepts. */
  private namingOnly(grantee: iam.IGrantable): iam.IResourceWithPolicyV2 {
    return {
      env: this.env,
      addToResourcePolicy: (statement) => {
        requirePrincipal(this, grantee);
        return this.addToResourcePolicy(statement);
      },
    };
  }

  private addInfoForOtherAccount(grantee: iam.IGrantable, actions: readonly string[]): void {
    Annotations.of(this).addInfo(describeProblem({
      where: 'grant',
      what: 'the key policy is not sufficient for a principal of another account',
      given: `account ${accountOf(this, grantee)}`,
      remedy: `allow ${actions.join(', ')} on the ARN of this key in an IAM policy of that account, too`,
    }));
  }

  private noPolicy(): Error {
    return new Error(describeProblem({
      where: this.node.path,
      what: 'the key policy of an existing key is not changed by this app, and allowNoOp is false',
      remedy: 'add the statement where the key is declared, or omit allowNoOp',
    }));
  }

  private wrongDirection({ grantPrincipal }: iam.IGrantable): Error {
    const principal = withoutConditions(grantPrincipal);
    const theirs = Construct.isConstruct(principal) ? principal : this;
    const [keyStack, thatStack] = [outermost(this), outermost(theirs)];
    const remedies = [
      ...(thatStack.dependencies.includes(keyStack) ? [] : ['deploy that stack first (keyStack.addDependency(thatStack))']),
      'pass iam.Role.fromRoleName for a role with a fixed name',
    ];
    return new Error(describeProblem({
      where: this.node.path,
      what: 'only the key policy decides, and it would make the stack of the key depend on the stack of the grantee',
      given: theirs.node.path,
      remedy: `${remedies.join(', ')}, or use KeyPosture.iamDelegated()`,
    }));
  }
}

function requireNoProblems(scope: Construct, problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.map((problem) => `${scope.node.path}, ${problem}`).join('\n'));
}

function twiceProblems(scope: Construct, id: string, given: string): string[] {
  if (scope.node.tryFindChild(id) === undefined) return [];
  return [describeProblem({ where: 'addAlias, aliasName', what: 'was already added to this key', given, remedy: 'add it once' })];
}
