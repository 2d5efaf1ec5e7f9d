import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { declaredStatements, withOwnStatements, type KeyAccessProps } from './key-access';
import { accessProblems } from './key-access-problems';
import { keyPolicyProblems } from './key-policy-problems';
import { KeyPosture } from './key-posture';
import type { KeyAccessSetting } from '../kind/key-kind';

/** Key policy of one key, and its problems. */
export class KeyPolicy {
  public readonly document: iam.PolicyDocument;
  /** Whether the key policy delegates access to IAM policies of the account. */
  public readonly delegatesToIam: boolean;

  /** @param added statements that the construct needs for its own work */
  public constructor(
    private readonly scope: Construct, private readonly props: KeyAccessProps, private readonly setting: KeyAccessSetting,
    added: readonly iam.PolicyStatement[] = [],
  ) {
    const declared = [...declaredStatements(scope, props, setting), ...added];
    this.document = new iam.PolicyDocument({ statements: withOwnStatements(declared, props.statements) });
    this.delegatesToIam = this.posture._delegatesToIam;
  }

  /** Allows the deployment role of a replica to create it from this key. */
  public allowReplication(replica: Construct): void {
    this.document.addStatements(...this.posture._replicationStatements(replica));
  }

  /** To be called after everything is declared: grants add statements until then. */
  public problems(): string[] {
    const template = Stack.of(this.scope);
    const deployer = this.posture._deployer(this.scope)?.policyFragment.principalJson;
    return [
      ...this.posture._problems(this.scope),
      ...accessProblems(this.scope, this.props, this.setting),
      ...keyPolicyProblems(template.resolve(this.document), template.resolve(deployer)),
    ];
  }

  private get posture(): KeyPosture {
    return this.props.posture ?? KeyPosture.iamDelegated();
  }
}
