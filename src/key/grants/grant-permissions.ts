import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { byName } from '../../contract/by-name';
import { describeProblem } from '../../contract/problem';
import type { GrantRequest } from '../../contract/requests/grant-request';
import { KeyActions } from '../../permissions/key-actions';

/**
 * Role of the grant function, for one grant. Its permissions are in a separate IAM policy for each grant:
 * CloudFormation deletes that policy after the grant. A statement of a shared policy would be removed before the grant.
 */
class CreatorOfOneGrant extends iam.ArnPrincipal {
  public override readonly principalAccount: string | undefined;
  private policy?: iam.Policy;

  public constructor(private readonly scope: Construct, private readonly role: iam.Role) {
    super(role.roleArn);
    this.principalAccount = role.principalAccount;
  }

  /** The policy is created with its first statement: if the key policy has all permissions, there is no IAM policy. */
  public override addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    this.policy ??= new iam.Policy(this.scope, 'Permissions', { roles: [this.role] });
    this.policy.addStatements(statement);
    return { statementAdded: true, policyDependable: this.policy };
  }
}

/**
 * Allows the function to create this grant, or one with fewer operations, and to revoke grants of the key.
 *
 * The posture of the key decides whether the permissions are in the key policy or in an IAM policy.
 */
export function permitGrant(scope: Construct, key: kms.IKey, role: iam.Role, request: GrantRequest): iam.Grant {
  const creator = new CreatorOfOneGrant(scope, role);
  const permission = key.grant(creator, ...KeyActions.REVOKE_GRANTS);
  const statement = { actions: [...KeyActions.CREATE_GRANT], conditions: onlyThisGrant(request) };
  if (permission.principalStatements.length > 0) {
    creator.addToPrincipalPolicy(new iam.PolicyStatement({ ...statement, resources: [key.keyArn] }));
  }
  if (permission.resourceStatements.length > 0) {
    if (Stack.of(key) !== Stack.of(scope)) throw wrongStack(scope, key);
    if (request.retiringPrincipal !== role.roleArn) throw couldNotRetire(scope, key);
    key.addToResourcePolicy(new iam.PolicyStatement({ ...statement, principals: [creator], resources: ['*'] }));
  }
  return permission;
}

/**
 * Restricts CreateGrant to the terms of this grant: after the terms change, the function cannot create the old grant
 * again.
 *
 * No condition can require that all operations are requested, so fewer are allowed. For CreateGrant, the pairs of a
 * constraint are the encryption context. Their names are restricted a second time because the first comparison is not
 * case-sensitive.
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
    what: 'only the key policy decides, and it would make the stack of the key depend on the stack of the grant',
    given: key.node.path,
    remedy: 'declare the grant in the stack of the key, or use KeyPosture.iamDelegated()',
  }));
}

/**
 * The permission is removed from the key policy before the function is called to end the grant: only the retiring
 * principal still can.
 */
function couldNotRetire(scope: Construct, key: kms.IKey): Error {
  return new Error(describeProblem({
    where: scope.node.path,
    what: 'only the key policy decides, and a function that is not the retiring principal could not end the grant when it is removed',
    given: `a retiringPrincipal, and the key ${key.node.path}`,
    remedy: 'omit retiringPrincipal and allow the grantee GrantOperation.RETIRE_GRANT, or use KeyPosture.iamDelegated()',
  }));
}
