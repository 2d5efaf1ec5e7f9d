import { Annotations, Resource, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IDependable } from 'constructs';
import { aliasedUseStatement } from './family-access';
import { describeProblem } from '../../contract/problem';

/** Properties of `FamilyGrants`. */
export interface FamilyGrantsProps {
  readonly aliasName: string;
  /** The declared key policy of every generation. */
  readonly policy: iam.PolicyDocument;
  /** Who stands in the policy from the beginning: the family's stack refers to theirs already. */
  readonly named: readonly iam.IGrantable[];
  /** What brings the policy to the generations. */
  readonly policyDependable: IDependable;
}

/**
 * Lets people in, by the way that leaves references running in one direction: from the family's stack to those who use it.
 *
 * Into the key policy, which counts for a new generation the moment it exists, goes whom the family's stack may refer to. Anybody else
 * gets an identity statement that names the family by its aliases.
 */
export class FamilyGrants {
  public constructor(private readonly scope: Construct, private readonly props: FamilyGrantsProps) {}

  public grant(grantee: iam.IGrantable, actions: readonly string[]): iam.Grant {
    if (this.isOfAnotherAccount(grantee)) return this.grantToAnotherAccount(grantee, actions);
    return this.mayReferTo(grantee) ? this.byKeyPolicy(grantee, actions) : this.byIdentity(grantee, actions);
  }

  /** Whoever is not made by this app refers to nothing in it: a service, an ARN, an imported role. */
  private mayReferTo({ grantPrincipal }: iam.IGrantable): boolean {
    if (!Construct.isConstruct(grantPrincipal) || !Resource.isOwnedResource(grantPrincipal)) return true;
    const own = Stack.of(this.scope);
    const stacks = [own, ...own.dependencies, ...this.props.named.flatMap((named) => stackOf(named))];
    return stacks.includes(Stack.of(grantPrincipal));
  }

  private byKeyPolicy(grantee: iam.IGrantable, actions: readonly string[]): iam.Grant {
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

  /** Somebody without an IAM policy of his own can be named by the key policy alone, whatever that refers to. */
  private byIdentity(grantee: iam.IGrantable, actions: readonly string[]): iam.Grant {
    const { resources, conditions } = aliasedUseStatement(this.scope, this.props.aliasName, actions);
    const grant = iam.Grant.addToPrincipal({ grantee, actions: [...actions], resourceArns: resources, conditions });
    return grant.success ? grant : this.byKeyPolicy(grantee, actions);
  }

  private grantToAnotherAccount(grantee: iam.IGrantable, actions: readonly string[]): iam.Grant {
    Annotations.of(this.scope).addInfo(describeProblem({
      where: 'grant',
      what: 'the key policy alone does not let a principal of another account in',
      given: `account ${grantee.grantPrincipal.principalAccount}`,
      remedy: `allow ${actions.join(', ')} in an IAM policy of that account, too, on the keys of this one with kms:ResourceAliases ${this.props.aliasName}`,
    }));
    return this.byKeyPolicy(grantee, actions);
  }

  private isOfAnotherAccount({ grantPrincipal }: iam.IGrantable): boolean {
    const theirs = grantPrincipal.principalAccount;
    return theirs !== undefined && Token.compareStrings(theirs, Stack.of(this.scope).account) === TokenComparison.DIFFERENT;
  }
}

function stackOf({ grantPrincipal }: iam.IGrantable): Stack[] {
  return Construct.isConstruct(grantPrincipal) ? [Stack.of(grantPrincipal)] : [];
}
