import { Fn, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { describeProblem } from '../../contract/problem';
import { KeyActions } from '../../permissions/key-actions';
import { accountStatement, keyStatements } from '../../permissions/key-statements';

/** Options of postures in which the key policy alone decides. */
export interface KeyPolicyDecidesOptions {
  /**
   * Who deploys the key: AWS KMS refuses a key policy under which its author could not change it again.
   *
   * @default - the role that CloudFormation assumes, as the stack's synthesizer names it
   */
  readonly deployment?: iam.IPrincipal;
}

/**
 * Who has the last word about a key: how much of its access IAM policies of the account may decide, and who gets in when all else fails.
 *
 * Source: "Key policies in AWS KMS" and "Default key policy", AWS KMS developer guide.
 */
export class KeyPosture {
  /**
   * IAM policies of the account may allow more than the key policy says; without one, nobody gains anything by it.
   *
   * Nobody is ever locked out, since the account always keeps the right to change the key policy. Whoever administers IAM in the account
   * can let himself in.
   */
  public static iamDelegated(): KeyPosture {
    return new KeyPosture({ delegatesToIam: true });
  }

  /**
   * The key policy alone decides: IAM policies, whoever writes them, allow nothing.
   *
   * Only its administrators and whoever deploys it can change it. When both are gone, nobody but AWS support can help.
   *
   * @param options Who deploys.
   */
  public static keyPolicyOnly(options: KeyPolicyDecidesOptions = {}): KeyPosture {
    return new KeyPosture({ delegatesToIam: false, ...options });
  }

  /**
   * The key policy alone decides, and one role more can manage the key: the one that is kept under seal for the day on which nobody else can.
   *
   * It cannot use the key.
   *
   * @param role The role behind glass.
   * @param options Who deploys.
   */
  public static breakGlass(role: iam.IGrantable, options: KeyPolicyDecidesOptions = {}): KeyPosture {
    return new KeyPosture({ delegatesToIam: false, behindGlass: role, ...options });
  }

  /**
   * Whether IAM policies of the account can allow anything.
   *
   * @internal
   */
  public readonly _delegatesToIam: boolean;

  private readonly behindGlass?: iam.IGrantable;
  private readonly deployment?: iam.IPrincipal;

  private constructor(lastWord: LastWord) {
    this._delegatesToIam = lastWord.delegatesToIam;
    this.behindGlass = lastWord.behindGlass;
    this.deployment = lastWord.deployment;
  }

  /**
   * What the key policy says of it. `manage`: the actions that managing a key of this kind takes.
   *
   * @internal
   */
  public _statements(scope: Construct, manage: readonly string[]): iam.PolicyStatement[] {
    if (this._delegatesToIam) return [accountStatement()];
    return [
      ...keyStatements('BreakGlassManagesButCannotUse', this.behindGlass === undefined ? [] : [this.behindGlass], manage),
      ...keyStatements('DeploymentLooksAfterTheKeyButCannotUseIt', this.deployers(scope), KeyActions.DEPLOY),
    ];
  }

  /**
   * What a primary says for a replica. AWS KMS asks this of the primary's policy; that the same role may make keys at all is a matter of IAM
   * in the Region of the replica.
   *
   * @internal
   */
  public _replicationStatements(replica: Construct): iam.PolicyStatement[] {
    if (this._delegatesToIam) return [];
    const { region } = Stack.of(replica);
    // In a Sid there are letters and digits only.
    const sid = `DeploymentReplicatesTheKeyTo${region.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`;
    return keyStatements(sid, this.deployers(replica), KeyActions.REPLICATE, { StringEquals: { 'kms:ReplicaRegion': region } });
  }

  /** @internal */
  public _problems(scope: Construct): string[] {
    if (this._delegatesToIam || this._deployer(scope) !== undefined) return [];
    return [describeProblem({
      where: 'posture',
      what: 'the key policy alone decides, and nothing tells who deploys the key',
      remedy: 'name the role of your deployments as `deployment`, or CloudFormation could not change the key policy again',
    })];
  }

  /**
   * Who deploys the key, as far as it is known.
   *
   * @internal
   */
  public _deployer(scope: Construct): iam.IPrincipal | undefined {
    return this.deployment ?? executionRole(scope);
  }

  private deployers(scope: Construct): iam.IPrincipal[] {
    const deployer = this._deployer(scope);
    return deployer === undefined ? [] : [deployer];
  }
}

interface LastWord extends KeyPolicyDecidesOptions {
  readonly delegatesToIam: boolean;
  readonly behindGlass?: iam.IGrantable;
}

/** The role that CloudFormation assumes. Its ARN may hold placeholders of CloudFormation. */
function executionRole(scope: Construct): iam.IPrincipal | undefined {
  const { cloudFormationExecutionRoleArn: arn } = Stack.of(scope).synthesizer as { readonly cloudFormationExecutionRoleArn?: string };
  return arn === undefined ? undefined : new iam.ArnPrincipal(arn.includes('${') ? Fn.sub(arn) : arn);
}
