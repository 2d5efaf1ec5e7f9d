import { Fn, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { describeProblem } from '../../contract/problem';
import { KeyActions } from '../../permissions/key-actions';
import { accountStatement, keyStatements } from '../../permissions/key-statements';
import { principalProblems } from '../../permissions/principals/principal-problems';
import { GRANTEE } from '../../validation/kinds';
import { optional, requireArguments } from '../../validation/shape';

/**
 * Posture of a key policy: whether IAM policies of the account can allow access to the key, and which principals can
 * recover it.
 *
 * Source: "Key policies in AWS KMS" and "Default key policy", AWS KMS developer guide.
 */
export class KeyPosture {
  /**
   * IAM policies of the account can allow access in addition to the key policy. The delegation itself allows nothing.
   *
   * A lockout is impossible, because the account always keeps the permission to change the key policy. Every IAM
   * administrator of the account can grant itself access.
   */
  public static iamDelegated(): KeyPosture {
    return new KeyPosture({ delegatesToIam: true });
  }

  /**
   * Only the key policy decides: IAM policies of the account allow nothing.
   *
   * Only administrators and the deployment role can change the key policy. **If both are deleted, only AWS Support can
   * recover the key.**
   *
   * @param deploymentRole The principal that deploys the key. AWS KMS refuses a key policy that its caller could not
   * change again. The default is the CloudFormation execution role of the stack.
   */
  public static keyPolicyOnly(deploymentRole?: iam.IPrincipal): KeyPosture {
    requireArguments('KeyPosture.keyPolicyOnly', { deploymentRole }, { deploymentRole: optional(GRANTEE) });
    return new KeyPosture({ delegatesToIam: false, deploymentRole });
  }

  /**
   * Only the key policy decides, as with `keyPolicyOnly`. A break-glass role can also manage the key, for an emergency
   * in which no other principal can.
   *
   * The break-glass role cannot use the key.
   *
   * @param role The break-glass role.
   * @param deploymentRole As in `keyPolicyOnly`.
   */
  public static breakGlass(role: iam.IGrantable, deploymentRole?: iam.IPrincipal): KeyPosture {
    requireArguments('KeyPosture.breakGlass', { role, deploymentRole }, { role: GRANTEE, deploymentRole: optional(GRANTEE) });
    return new KeyPosture({ delegatesToIam: false, breakGlassRole: role, deploymentRole });
  }

  /**
   * Whether the key policy delegates access to IAM policies of the account.
   *
   * @internal
   */
  public readonly _delegatesToIam: boolean;

  /**
   * The principal that manages the key in an emergency.
   *
   * @internal
   */
  public readonly _breakGlassRole?: iam.IGrantable;

  private readonly deploymentRole?: iam.IPrincipal;

  private constructor(access: PostureProps) {
    this._delegatesToIam = access.delegatesToIam;
    this._breakGlassRole = access.breakGlassRole;
    this.deploymentRole = access.deploymentRole;
  }

  /**
   * Key policy statements of the posture. `manage`: the actions that manage a key of this kind.
   *
   * @internal
   */
  public _statements(scope: Construct, manage: readonly string[]): iam.PolicyStatement[] {
    if (this._delegatesToIam) return [accountStatement()];
    return [
      ...keyStatements('BreakGlassManagesButCannotUse', this._breakGlassRole === undefined ? [] : [this._breakGlassRole], manage),
      ...keyStatements('DeploymentManagesTheKeyButCannotUseIt', this.deployers(scope), KeyActions.DEPLOY),
    ];
  }

  /**
   * Statements that a primary needs for a replica. AWS KMS checks ReplicateKey in the key policy of the primary, and
   * CreateKey in IAM policies in the Region of the replica.
   *
   * @internal
   */
  public _replicationStatements(replica: Construct): iam.PolicyStatement[] {
    if (this._delegatesToIam) return [];
    const { region } = Stack.of(replica);
    // A Sid may contain only letters and digits.
    const sid = `DeploymentReplicatesTheKeyTo${region.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`;
    return keyStatements(sid, this.deployers(replica), KeyActions.REPLICATE, { StringEquals: { 'kms:ReplicaRegion': region } });
  }

  /** @internal */
  public _problems(scope: Construct): string[] {
    const { _breakGlassRole: breakGlassRole, deploymentRole } = this;
    const named = [
      ...(breakGlassRole === undefined ? [] : principalProblems(scope, 'posture, break-glass role', breakGlassRole)),
      ...(deploymentRole === undefined ? [] : principalProblems(scope, 'posture, deployment role', deploymentRole)),
    ];
    if (this._delegatesToIam || this._deployer(scope) !== undefined) return named;
    return [...named, describeProblem({
      where: 'posture',
      what: 'only the key policy decides, and the deployment role of the key is unknown',
      remedy: 'pass the role of your deployments to the posture: without it CloudFormation could not change the key policy again',
    })];
  }

  /**
   * The principal that deploys the key, if it is known.
   *
   * @internal
   */
  public _deployer(scope: Construct): iam.IPrincipal | undefined {
    return this.deploymentRole ?? executionRole(scope);
  }

  private deployers(scope: Construct): iam.IPrincipal[] {
    const deployer = this._deployer(scope);
    return deployer === undefined ? [] : [deployer];
  }
}

interface PostureProps {
  readonly delegatesToIam: boolean;
  readonly breakGlassRole?: iam.IGrantable;
  readonly deploymentRole?: iam.IPrincipal;
}

/**
 * The role that CloudFormation assumes. Its ARN may contain placeholders of CloudFormation. A nested stack is deployed
 * by the role of its outermost parent.
 */
function executionRole(scope: Construct): iam.IPrincipal | undefined {
  let stack = Stack.of(scope);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  const { cloudFormationExecutionRoleArn: arn } = stack.synthesizer as { readonly cloudFormationExecutionRoleArn?: string };
  return arn === undefined ? undefined : new iam.ArnPrincipal(arn.includes('${') ? Fn.sub(arn) : arn);
}
