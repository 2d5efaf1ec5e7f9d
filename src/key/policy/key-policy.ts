import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { declaredStatements, withStatementsOfTheirOwn, type KeyAccessProps } from './key-access';
import { accessProblems } from './key-access-problems';
import { keyPolicyProblems } from './key-policy-problems';
import { KeyPosture } from './key-posture';
import type { KeyAccessSetting } from '../kind/key-kind';

/** The key policy of one key, and what is wrong with it. */
export class KeyPolicy {
  public readonly document: iam.PolicyDocument;
  /** Whether IAM policies of the account can allow anything. */
  public readonly delegatesToIam: boolean;

  /** @param added statements of the construct itself: what it needs to do its work */
  public constructor(
    private readonly scope: Construct, private readonly props: KeyAccessProps, private readonly setting: KeyAccessSetting,
    added: readonly iam.PolicyStatement[] = [],
  ) {
    const declared = [...declaredStatements(scope, props, setting), ...added];
    this.document = new iam.PolicyDocument({ statements: withStatementsOfTheirOwn(declared, props.statements) });
    this.delegatesToIam = this.posture._delegatesToIam;
  }

  /** Lets whoever deploys a replica make it from this key. */
  public letReplicate(replica: Construct): void {
    this.document.addStatements(...this.posture._replicationStatements(replica));
  }

  /** Told when everything is declared: grants go on to add statements until then. */
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
