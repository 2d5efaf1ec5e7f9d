import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { byName } from '../../contract/by-name';
import { describeProblem } from '../../contract/problem';
import type { GrantRequest } from '../../contract/requests/grant-request';
import { KeyActions } from '../../permissions/key-actions';

/**
 * The role of the maker as far as one grant is concerned. What it is allowed stands in a policy of that grant: the policy leaves the
 * stack after the grant, and not before it as a statement of a common policy would.
 */
class MakerOfOneGrant extends iam.ArnPrincipal {
  public override readonly principalAccount: string | undefined;
  private policy?: iam.Policy;

  public constructor(private readonly scope: Construct, private readonly role: iam.Role) {
    super(role.roleArn);
    this.principalAccount = role.principalAccount;
  }

  /** The policy is made with its first statement: where the key policy says everything, there is none. */
  public override addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    this.policy ??= new iam.Policy(this.scope, 'Permissions', { roles: [this.role] });
    this.policy.addStatements(statement);
    return { statementAdded: true, policyDependable: this.policy };
  }
}

/** Lets the maker make this very grant, or less of it, and take grants away from the key. Where that lands, the key decides. */
export function permitGrant(scope: Construct, key: kms.IKey, role: iam.Role, request: GrantRequest): iam.Grant {
  const maker = new MakerOfOneGrant(scope, role);
  const permission = key.grant(maker, ...KeyActions.END_GRANTS);
  const statement = { actions: [...KeyActions.MAKE_GRANT], conditions: onlyThisGrant(request) };
  if (permission.principalStatements.length > 0) {
    maker.addToPrincipalPolicy(new iam.PolicyStatement({ ...statement, resources: [key.keyArn] }));
  }
  if (permission.resourceStatements.length > 0) {
    if (Stack.of(key) !== Stack.of(scope)) throw wrongStack(scope, key);
    if (request.retiringPrincipal !== role.roleArn) throw couldNotEnd(scope, key);
    key.addToResourcePolicy(new iam.PolicyStatement({ ...statement, principals: [maker], resources: ['*'] }));
  }
  return permission;
}

/**
 * Holds CreateGrant to the terms of this grant: once they have changed, the same function cannot make the old grant again.
 *
 * That all operations are asked for, no condition can say; fewer are allowed. Pairs of a constraint are what CreateGrant has of an
 * encryption context. Their names are held to a second time, since the first comparison does not tell upper from lower case.
 *
 * Source: "AWS KMS condition keys", AWS KMS developer guide.
 */
function onlyThisGrant({ operations, granteePrincipal, retiringPrincipal, constraint }: GrantRequest): iam.Conditions {
  const terms = { 'kms:GranteePrincipal': granteePrincipal, 'kms:RetiringPrincipal': retiringPrincipal };
  if (constraint === undefined) {
    return { 'ForAllValues:StringEquals': { 'kms:GrantOperations': [...operations] }, 'StringEquals': terms };
  }
  const pairs = byName(constraint.pairs);
  return {
    'ForAllValues:StringEquals': { 'kms:GrantOperations': [...operations], 'kms:EncryptionContextKeys': pairs.map(([name]) => name) },
    'StringEquals': {
      ...terms,
      'kms:GrantConstraintType': constraint.kind === 'equals' ? 'EncryptionContextEquals' : 'EncryptionContextSubset',
      ...Object.fromEntries(pairs.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
    },
  };
}

function wrongStack(scope: Construct, key: kms.IKey): Error {
  return new Error(describeProblem({
    where: scope.node.path,
    what: 'the key policy alone decides, and it would make the stack of the key depend on the stack of the grant',
    given: key.node.path,
    remedy: 'declare the grant in the stack of the key, or use KeyPosture.iamDelegated()',
  }));
}

/** The key policy forgets the grant before the function is asked to end it: then only who retires it still can. */
function couldNotEnd(scope: Construct, key: kms.IKey): Error {
  return new Error(describeProblem({
    where: scope.node.path,
    what: 'the key policy alone decides, and without the right to retire the grant its removal would leave it on the key',
    given: `a retiringPrincipal, and the key ${key.node.path}`,
    remedy: 'leave retiringPrincipal out and let the grantee retire it by GrantOperation.RETIRE_GRANT, or use KeyPosture.iamDelegated()',
  }));
}
