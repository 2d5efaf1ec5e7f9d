import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { declaredStatements, withOwnStatements } from './key-access';
import { accessProblems, type AccessOfKey } from './key-access-problems';
import { keyPolicyProblems } from './key-policy-problems';
import { KeyPosture } from './key-posture';
import { isNameable } from '../../permissions/principals/nameable';
import { warnOfSharedDuties } from '../../permissions/principals/separate-duties';
import { deployAfterPrincipals } from '../../validation/stack-order';
import type { KeyAccessSetting } from '../kind/key-kind';

/** How to allow a principal without a reference to its stack. */
const REMEDIES = {
  delegated: 'remove it there and call a grant method of the key instead, such as grantEncryptDecrypt, which extends its IAM policy',
  keyPolicyOnly: 'deploy that stack first and let it refer to the key by its alias, or use KeyPosture.iamDelegated()',
};

/** Key policy of one key, and its problems. */
export class KeyPolicy {
  public readonly document: iam.PolicyDocument;
  /** Whether the key policy delegates access to IAM policies of the account. */
  public readonly delegatesToIam: boolean;
  /** The Sids of the statements that the user has not replaced. */
  private readonly generated: readonly string[];

  /** @param added statements that the construct needs for its own work */
  public constructor(
    private readonly scope: Construct, private readonly props: AccessOfKey, private readonly setting: KeyAccessSetting,
    added: readonly iam.PolicyStatement[] = [],
  ) {
    const declared = [...declaredStatements(scope, props, setting), ...added];
    const replaced = (props.statements ?? []).map(({ sid }) => sid);
    this.generated = declared.flatMap(({ sid }) => sid === undefined || replaced.includes(sid) ? [] : [sid]);
    this.document = new iam.PolicyDocument({ statements: withOwnStatements(declared, props.statements) });
    this.delegatesToIam = this.posture._delegatesToIam;
    const { administrators = [], users = [], reEncryptionWorkers = [] } = props;
    deployAfterPrincipals(scope, 'users, administrators or reEncryptionWorkers', [...administrators, ...users, ...reEncryptionWorkers],
      this.delegatesToIam ? REMEDIES.delegated : REMEDIES.keyPolicyOnly);
  }

  /** Allows the deployment role of a replica to create it from this key. */
  public allowReplication(replica: Construct): void {
    this.document.addStatements(...this.posture._replicationStatements(replica));
  }

  /** To be called after everything is declared: grants add statements until then. */
  public problems(): string[] {
    const template = Stack.of(this.scope);
    const deployer = this.posture._deployer(this.scope);
    const deployerJson = isNameable(deployer) ? deployer?.grantPrincipal.policyFragment.principalJson : undefined;
    const { users = [], administrators = [], materialOperators } = this.props;
    warnOfSharedDuties(this.scope, { users, administrators, materialOperators, breakGlassRole: this.posture._breakGlassRole });
    return [
      ...this.posture._problems(this.scope),
      ...accessProblems(this.scope, this.props, this.setting),
      ...keyPolicyProblems(template.resolve(this.document), template.resolve(deployerJson), this.generated),
    ];
  }

  private get posture(): KeyPosture {
    return this.props.posture ?? KeyPosture.iamDelegated();
  }
}
