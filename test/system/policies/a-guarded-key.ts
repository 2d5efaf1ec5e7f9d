import * as iam from 'aws-cdk-lib/aws-iam';
import { KEY_ACTIONS } from './a-guarded-family';
import { resolveIntrinsics } from '../../../local/cloudformation/resolve-intrinsics';
import { KeyPosture, type CustomerManagedKeyProps } from '../../../src/index';
import { aCustomerManagedKey, keyStatementsOf } from '../../support/a-customer-managed-key';
import { aStack } from '../../support/a-stack';
import { ACCOUNT, mayCall, type KmsCall } from '../../support/policy-evaluator';

export const OTHER_ACCOUNT = '999988887777';
const arn = (path: string, account = ACCOUNT) => `arn:aws:iam::${account}:${path}`;

/** Everybody who may ever want something from a key. */
export const PEOPLE = {
  administrator: arn('role/security'),
  user: arn('role/orders-service'),
  worker: arn('role/re-encryption'),
  deployment: arn('role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-central-1'),
  breakGlass: arn('role/break-glass'),
  /** Stands in no key policy. */
  stranger: arn('role/somebody-else'),
  partner: arn('role/partner', OTHER_ACCOUNT),
  /** Of the partner's account, and not named. */
  partnersColleague: arn('role/colleague', OTHER_ACCOUNT),
  partnersRoot: arn('root', OTHER_ACCOUNT),
} as const;
export type Person = keyof typeof PEOPLE;
export const EVERYBODY = Object.keys(PEOPLE) as Person[];

export const POSTURES = ['IAM-delegated', 'key-policy-only', 'break-glass'] as const;
export type PostureName = (typeof POSTURES)[number];

/** The declared access, as one role for each kind of people. */
export class GuardedKey {
  public readonly statements: readonly object[];

  public constructor(posture: PostureName, props: Partial<CustomerManagedKeyProps> = {}, stack = aStack()) {
    const role = (person: Person) => iam.Role.fromRoleArn(stack, person, PEOPLE[person]);
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
    const pseudoParameters = new Map([['AWS::Partition', 'aws'], ['AWS::URLSuffix', 'amazonaws.com']].map(([name = '', ref = '']) => [name, { ref, attributes: {} }]));
    this.statements = keyStatementsOf(stack).map((statement) => resolveIntrinsics(statement, pseudoParameters) as object);
  }
}

/** Everything that somebody may do to a key under these statements. */
export async function everythingThat(person: Person, statements: readonly object[], details: Partial<KmsCall> = {}): Promise<string[]> {
  const answers = await Promise.all(KEY_ACTIONS.map(async (action) => await may(person, action, statements, details) ? [action] : []));
  return answers.flat();
}

export function may(person: Person, action: string, statements: readonly object[], details: Partial<KmsCall> = {}): Promise<boolean> {
  const keyPolicy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  return mayCall({ principalArn: PEOPLE[person], keyPolicy, action, ...details });
}
