import { Annotations, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IDependable } from 'constructs';
import { aliasedUseStatement } from './family-access';
import { describeProblem } from '../../contract/problem';
import { isNameable } from '../../permissions/principals/nameable';
import { withOwnConditions } from '../../permissions/principals/own-conditions';
import { accountOf, isOfAnotherAccount, principalsOf, requirePrincipal } from '../../permissions/principals/principal-problems';
import { mayReferTo } from '../../permissions/reference-direction';

/** Properties of `FamilyGrants`. */
export interface FamilyGrantsProps {
  readonly aliasName: string;
  /** The declared key policy of every generation. */
  readonly policy: iam.PolicyDocument;
  /**
   * The principals that the policy names from the beginning: the stack of the family already refers to their stacks.
   */
  readonly named: readonly iam.IGrantable[];
  /** The resource that writes the policy to the generations. */
  readonly policyDependable: IDependable;
}

/**
 * Grants access so that references between stacks have one direction: from the stack of the family to the stacks
 * of its users.
 *
 * A principal to which the stack of the family may refer is named in the key policy, which applies to a new generation
 * from the moment it exists. Every other principal receives a statement in its IAM policy, with a condition on the
 * aliases of the family.
 */
export class FamilyGrants {
  public constructor(private readonly scope: Construct, private readonly props: FamilyGrantsProps) {}

  public grant(grantee: iam.IGrantable, actions: readonly string[]): iam.Grant {
    if (isOfAnotherAccount(this.scope, grantee)) return this.grantToAnotherAccount(grantee, actions);
    return this.canBeNamed(grantee) ? this.byKeyPolicy(grantee, actions) : this.byIdentity(grantee, actions);
  }

  /** A group has an IAM policy, a policy accepts statements, and neither can be named in a key policy. */
  private canBeNamed(grantee: iam.IGrantable): boolean {
    if (!isNameable(grantee) || principalsOf(this.scope, grantee).some(({ kind }) => kind === 'group')) return false;
    return mayReferTo(this.scope, grantee) || this.props.named.flatMap(stackOf).some((stack) => stackOf(grantee).includes(stack));
  }

  private byKeyPolicy(grantee: iam.IGrantable, actions: readonly string[]): iam.Grant {
    requirePrincipal(this.scope, grantee);
    const { policy, policyDependable } = this.props;
    const { account, region } = Stack.of(this.scope);
    const resource: iam.IResourceWithPolicyV2 = {
      env: { account, region },
      addToResourcePolicy: (statement) => {
        policy.addStatements(statement);
        return { statementAdded: true, policyDependable };
      },
    };
    const statement = new iam.PolicyStatement({ actions: [...actions], principals: [grantee.grantPrincipal], resources: ['*'] });
    return iam.Grant.addStatementToResourcePolicy({ grantee, actions: [...actions], resourceArns: ['*'], resource, statement });
  }

  /**
   * A principal without an IAM policy in this app can only be named in the key policy, even if that adds a reference.
   */
  private byIdentity(grantee: iam.IGrantable, actions: readonly string[]): iam.Grant {
    const { resources, conditions: ofThisFamily } = aliasedUseStatement(this.scope, this.props.aliasName, actions);
    const conditions = withOwnConditions(this.scope.node.path, grantee, ofThisFamily);
    const grant = iam.Grant.addToPrincipal({ grantee, actions: [...actions], resourceArns: resources, conditions });
    return grant.success ? grant : this.byKeyPolicy(grantee, actions);
  }

  private grantToAnotherAccount(grantee: iam.IGrantable, actions: readonly string[]): iam.Grant {
    Annotations.of(this.scope).addInfo(describeProblem({
      where: 'grant',
      what: 'the key policy alone does not give a principal of another account access',
      given: `account ${accountOf(this.scope, grantee)}`,
      remedy: `allow ${actions.join(', ')} also in an IAM policy of that account, `
        + `for the keys of this account with kms:ResourceAliases ${this.props.aliasName}`,
    }));
    return this.byKeyPolicy(grantee, actions);
  }
}

function stackOf({ grantPrincipal }: iam.IGrantable): Stack[] {
  return Construct.isConstruct(grantPrincipal) ? [Stack.of(grantPrincipal)] : [];
}
