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
    return new KeyPosture(true, () => [accountStatement()], () => []);
  }

  /**
   * The key policy alone decides: IAM policies, whoever writes them, allow nothing.
   *
   * Only its administrators and whoever deploys it can change it. When both are gone, nobody but AWS support can help.
   *
   * @param options Who deploys.
   */
  public static keyPolicyOnly(options: KeyPolicyDecidesOptions = {}): KeyPosture {
    return new KeyPosture(false, (scope) => deploymentStatements(scope, options), (scope) => deploymentProblems(scope, options));
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
    const statements: KeyPosture['_statements'] = (scope, manage) =>
      [keyStatement('BreakGlassManagesButCannotUse', role, manage), ...deploymentStatements(scope, options)];
    return new KeyPosture(false, statements, (scope) => deploymentProblems(scope, options));
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

  /** @internal */
  public readonly _problems: (scope: Construct) => string[];

  private constructor(delegatesToIam: boolean, statements: KeyPosture['_statements'], problems: KeyPosture['_problems']) {
    this._delegatesToIam = delegatesToIam;
    this._statements = statements;
    this._problems = problems;
  }
}

function deploymentStatements(scope: Construct, { deployment }: KeyPolicyDecidesOptions): iam.PolicyStatement[] {
  const deployer = deployment ?? executionRole(scope);
  return deployer === undefined ? [] : [keyStatement('DeploymentLooksAfterTheKeyButCannotUseIt', deployer, KeyActions.DEPLOY)];
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
