import { Fn, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { KeyActions } from './key-actions';
import { accountStatement, keyStatement } from './key-statements';
import { describeProblem } from '../contract/problem';

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
    return new KeyPosture(true, () => [accountStatement()], () => [], () => []);
  }

  /**
   * The key policy alone decides: IAM policies, whoever writes them, allow nothing.
   *
   * Only its administrators and whoever deploys it can change it. When both are gone, nobody but AWS support can help.
   *
   * @param options Who deploys.
   */
  public static keyPolicyOnly(options: KeyPolicyDecidesOptions = {}): KeyPosture {
    return new KeyPosture(
      false,
      (scope) => deploymentStatements(scope, options),
      (replica) => statementsForReplica(replica, options),
      (scope) => deploymentProblems(scope, options),
    );
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
    return new KeyPosture(
      false,
      (scope, manage) => [keyStatement('BreakGlassManagesButCannotUse', role, manage), ...deploymentStatements(scope, options)],
      (replica) => statementsForReplica(replica, options),
      (scope) => deploymentProblems(scope, options),
    );
  }

  /**
   * Whether IAM policies of the account can allow anything.
   *
   * @internal
   */
  public readonly _delegatesToIam: boolean;

  /**
   * What the key policy says of it. `manage`: the actions that managing a key of this kind takes.
   *
   * @internal
   */
  public readonly _statements: (scope: Construct, manage: readonly string[]) => iam.PolicyStatement[];

  /**
   * What a primary says for a replica.
   *
   * @internal
   */
  public readonly _replicationStatements: (replica: Construct) => iam.PolicyStatement[];

  /** @internal */
  public readonly _problems: (scope: Construct) => string[];

  private constructor(
    delegatesToIam: boolean,
    statements: KeyPosture['_statements'],
    replicationStatements: KeyPosture['_replicationStatements'],
    problems: KeyPosture['_problems'],
  ) {
    this._delegatesToIam = delegatesToIam;
    this._statements = statements;
    this._replicationStatements = replicationStatements;
    this._problems = problems;
  }
}

function deploymentStatements(scope: Construct, { deployment }: KeyPolicyDecidesOptions): iam.PolicyStatement[] {
  const deployer = deployment ?? executionRole(scope);
  return deployer === undefined ? [] : [keyStatement('DeploymentLooksAfterTheKeyButCannotUseIt', deployer, KeyActions.DEPLOY)];
}

/** AWS KMS asks this of the primary's policy; that the same role may make keys at all is a matter of IAM in the Region of the replica. */
function statementsForReplica(replica: Construct, { deployment }: KeyPolicyDecidesOptions): iam.PolicyStatement[] {
  const deployer = deployment ?? executionRole(replica);
  const { region } = Stack.of(replica);
  const toThisRegion = { StringEquals: { 'kms:ReplicaRegion': region } };
  // In a Sid there are letters and digits only.
  const sid = `DeploymentReplicatesTheKeyTo${region.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`;
  return deployer === undefined ? [] : [keyStatement(sid, deployer, KeyActions.REPLICATE, toThisRegion)];
}

function deploymentProblems(scope: Construct, { deployment }: KeyPolicyDecidesOptions): string[] {
  if (deployment !== undefined || executionRole(scope) !== undefined) return [];
  return [describeProblem({
    where: 'posture',
    what: 'the key policy alone decides, and nothing tells who deploys the key',
    remedy: 'name the role of your deployments as `deployment`, or CloudFormation could not change the key policy again',
  })];
}

/** The role that CloudFormation assumes. Its ARN may hold placeholders of CloudFormation. */
function executionRole(scope: Construct): iam.IPrincipal | undefined {
  const { cloudFormationExecutionRoleArn: arn } = Stack.of(scope).synthesizer as { readonly cloudFormationExecutionRoleArn?: string };
  return arn === undefined ? undefined : new iam.ArnPrincipal(arn.includes('${') ? Fn.sub(arn) : arn);
}
