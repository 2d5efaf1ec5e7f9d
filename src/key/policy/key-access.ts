import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { KeyPosture } from './key-posture';
import { byName } from '../../contract/by-name';
import { KeyActions } from '../../permissions/key-actions';
import { keyStatements } from '../../permissions/key-statements';
import { administratorActions, encrypts, isSymmetric, userActions, type KeyAccessSetting, type KeyKind } from '../kind/key-kind';
import { KmsKeyUsage } from '../kind/kms-key-usage';
import type { ServiceUser } from '../services/service-user';

/**
 * Access to a KMS key.
 *
 * @internal
 */
export interface KeyAccessProps {
  /**
   * Who has the last word: IAM policies of the account, or the key policy alone.
   *
   * @default KeyPosture.iamDelegated()
   */
  readonly posture?: KeyPosture;

  /**
   * Who manages the key: policy, state, aliases, tags, deletion. They cannot use it, nor let somebody in by a grant.
   *
   * An administrator can rewrite the key policy, which is how separation of duties ends for whoever is willing to be seen in CloudTrail.
   *
   * @default - whom the posture lets in
   */
  readonly administrators?: iam.IGrantable[];

  /**
   * Who uses the key for what it is for: encrypts and decrypts, or signs, or makes message authentication codes.
   *
   * The key policy names them, so no IAM policy is needed.
   *
   * @default - whom grants and the posture let in
   */
  readonly users?: iam.IGrantable[];

  /**
   * An encryption context that every use by `users` and `otherAccounts` has to bring: these pairs, among others.
   *
   * Only symmetric encryption keys know encryption contexts. It is no secret: CloudTrail shows it.
   *
   * @default - any
   */
  readonly encryptionContext?: { readonly [name: string]: string };

  /**
   * Exact principals of other accounts that use the key as `users` do. Their own accounts have to allow it as well, by IAM.
   *
   * A whole account, whose administrators would then choose who uses the key, is refused.
   *
   * @default - nobody outside the account
   */
  readonly otherAccounts?: iam.IGrantable[];

  /**
   * The organization, such as `o-a1b2c3d4e5`, that principals of `otherAccounts` have to be in still.
   *
   * @default - they are not asked
   */
  readonly organizationId?: string;

  /**
   * Who moves ciphertext from this key to another and back, without seeing what is in it, and can neither encrypt nor decrypt anything else.
   *
   * @default - nobody but users
   */
  readonly reEncryptionWorkers?: iam.IGrantable[];

  /**
   * Uses of the key by AWS services: in the name of those who call them, or for resources of yours, and for nobody and nothing else.
   *
   * Nothing is asked of their encryption contexts by `encryptionContext`, since services bring contexts of their own.
   *
   * @default - no service, but in the name of `users`, and without grants
   */
  readonly serviceUsers?: ServiceUser[];

  /**
   * Statements of your own. One whose Sid is that of a generated statement takes its place; all others are added.
   *
   * @default - none
   */
  readonly statements?: iam.PolicyStatement[];
}

const USED_FOR: ReadonlyMap<string, string> = new Map([
  [KmsKeyUsage.ENCRYPT_DECRYPT.name, 'EncryptAndDecrypt'],
  [KmsKeyUsage.SIGN_VERIFY.name, 'SignAndVerify'],
  [KmsKeyUsage.GENERATE_VERIFY_MAC.name, 'MakeAndVerifyMacs'],
  [KmsKeyUsage.KEY_AGREEMENT.name, 'AgreeOnSecrets'],
]);

/** The key policy that says so, in sentences. */
export function declaredStatements(scope: Construct, props: KeyAccessProps, setting: KeyAccessSetting): iam.PolicyStatement[] {
  const { posture = KeyPosture.iamDelegated(), administrators = [], reEncryptionWorkers = [], serviceUsers = [] } = props;
  const { kind } = setting;
  const manage = administratorActions(setting);
  return [
    ...posture._statements(scope, manage),
    ...keyStatements('AdministratorsManageButCannotUse', administrators, manage),
    ...useStatements('Users', props.users ?? [], kind, withContext(kind, props)),
    ...useStatements('OtherAccounts', props.otherAccounts ?? [], kind, withContext(kind, props), inOrganization(props)),
    ...keyStatements('ReEncryptionWorkersMoveCiphertextButCannotDecrypt', reEncryptionWorkers, KeyActions.REENCRYPT),
    ...serviceUsers.flatMap((serviceUser) => serviceUser._use.statements(scope)),
  ];
}

/** Whoever lets a statement of his own take the place of ours has read it, and answers for what it says. */
export function withStatementsOfTheirOwn(declared: readonly iam.PolicyStatement[], own: readonly iam.PolicyStatement[] = []): iam.PolicyStatement[] {
  const replaced = new Map(own.flatMap((statement) => statement.sid === undefined ? [] : [[statement.sid, statement]]));
  const kept = declared.map((statement) => replaced.get(statement.sid ?? '') ?? statement);
  return [...kept, ...own.filter((statement) => !kept.includes(statement))];
}

/** To describe a key takes no encryption context, and so could not be allowed under a condition on one. */
function useStatements(
  who: string, grantees: readonly iam.IGrantable[], kind: KeyKind, context: iam.Conditions | undefined, always?: iam.Conditions,
): iam.PolicyStatement[] {
  const sid = `${who}${USED_FOR.get(kind.usage.name) ?? 'Use'}ButCannotManage`;
  const actions = userActions(kind);
  if (context === undefined) return keyStatements(sid, grantees, actions, always);
  return [
    ...keyStatements(`${sid}OnlyInTheirEncryptionContext`, grantees, actions.filter((action) => action !== 'kms:DescribeKey'), merged(context, always)),
    ...keyStatements(`${who}SeeTheKey`, grantees, ['kms:DescribeKey'], always),
  ];
}

function withContext(kind: KeyKind, { encryptionContext = {} }: KeyAccessProps): iam.Conditions | undefined {
  const pairs = byName(encryptionContext);
  if (pairs.length === 0 || !isSymmetric(kind) || !encrypts(kind)) return undefined;
  return { StringEquals: Object.fromEntries(pairs.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])) };
}

function inOrganization({ organizationId }: KeyAccessProps): iam.Conditions | undefined {
  return organizationId === undefined ? undefined : { StringEquals: { 'aws:PrincipalOrgID': organizationId } };
}

function merged(one: iam.Conditions, other: iam.Conditions = {}): iam.Conditions {
  return { StringEquals: { ...one.StringEquals as object, ...other.StringEquals as object } };
}
