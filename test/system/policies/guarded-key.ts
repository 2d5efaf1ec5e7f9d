import * as iam from 'aws-cdk-lib/aws-iam';
import { KEY_ACTIONS } from './guarded-family';
import { resolveIntrinsics } from '../../../local/cloudformation/resolve-intrinsics';
import { KeyPosture, type CustomerManagedKeyProps } from '../../../src/index';
import { aCustomerManagedKey, keyStatementsOf } from '../../support/a-customer-managed-key';
import { aStack } from '../../support/a-stack';
import { ACCOUNT, mayCall, type KmsCall } from '../../support/policy-evaluator';

export const OTHER_ACCOUNT = '999988887777';
const arn = (path: string, account = ACCOUNT) => `arn:aws:iam::${account}:${path}`;

/** The principals that may call a key. */
export const PRINCIPALS = {
  administrator: arn('role/security'),
  user: arn('role/orders-service'),
  worker: arn('role/re-encryption'),
  deployment: arn('role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-central-1'),
  breakGlass: arn('role/break-glass'),
  /** Named in no key policy. */
  stranger: arn('role/stranger'),
  partner: arn('role/partner', OTHER_ACCOUNT),
  /** In the account of the partner, and not named in the key policy. */
  partnersColleague: arn('role/colleague', OTHER_ACCOUNT),
  partnersRoot: arn('root', OTHER_ACCOUNT),
} as const;
export type CallerName = keyof typeof PRINCIPALS;
export const ALL_CALLERS = Object.keys(PRINCIPALS) as CallerName[];

export const POSTURES = ['IAM-delegated', 'key-policy-only', 'break-glass'] as const;
export type PostureName = (typeof POSTURES)[number];

/** The key policy of the declared access, with one role for each kind of access. */
export class GuardedKey {
  public readonly statements: readonly object[];

  public constructor(posture: PostureName, props: Partial<CustomerManagedKeyProps> = {}, stack = aStack()) {
    const role = (caller: CallerName) => iam.Role.fromRoleArn(stack, caller, PRINCIPALS[caller]);
    const postures = {
      'IAM-delegated': () => KeyPosture.iamDelegated(),
      'key-policy-only': () => KeyPosture.keyPolicyOnly(),
      'break-glass': () => KeyPosture.breakGlass(role('breakGlass')),
    };
    aCustomerManagedKey(stack, {
      posture: postures[posture](),
      administrators: [role('administrator')],
      users: [role('user')],
      otherAccounts: [role('partner')],
      ...props,
    });
    const pseudoParameters = new Map(
      [
        ['AWS::Partition', 'aws'],
        ['AWS::URLSuffix', 'amazonaws.com'],
      ].map(([name = '', ref = '']) => [name, { ref, attributes: {} }]),
    );
    this.statements = keyStatementsOf(stack).map((statement) => resolveIntrinsics(statement, pseudoParameters) as object);
  }
}

/** The actions that a caller is allowed on a key with these statements. */
export async function allowedActions(caller: CallerName, statements: readonly object[], details: Partial<KmsCall> = {}): Promise<string[]> {
  const answers = await Promise.all(KEY_ACTIONS.map(async (action) => await may(caller, action, statements, details) ? [action] : []));
  return answers.flat();
}

export function may(caller: CallerName, action: string, statements: readonly object[], details: Partial<KmsCall> = {}): Promise<boolean> {
  const keyPolicy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  return mayCall({ principalArn: PRINCIPALS[caller], keyPolicy, action, ...details });
}
