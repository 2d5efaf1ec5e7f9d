import * as iam from 'aws-cdk-lib/aws-iam';
import { KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { KeyPosture } from './key-posture';
import { byName } from '../../contract/by-name';
import { KeyActions } from '../../permissions/key-actions';
import { keyStatements } from '../../permissions/key-statements';
import { administratorActions, encrypts, isSymmetric, userActions, type KeyAccessSetting, type KeyKind } from '../kind/key-kind';
import type { ServiceUser } from '../services/service-user';

/**
 * Access to a KMS key: the properties that every key construct with a key policy shares.
 *
 * @internal
 */
export interface KeyAccessProps {
  /**
   * Whether IAM policies of the account can allow access, or only the key policy.
   *
   * @default KeyPosture.iamDelegated()
   */
  readonly posture?: KeyPosture;

  /**
   * Principals that manage the key: policy, state, aliases, tags, deletion. They can neither use the key nor create
   * grants.
   *
   * Administrators keep `kms:PutKeyPolicy`, so an administrator can grant itself use of the key. CloudTrail records the
   * change.
   *
   * @default - the principals that the posture allows: the account, or the deployment role and the break-glass role
   */
  readonly administrators?: iam.IGrantable[];

  /**
   * Principals that use the key according to its usage: encrypt and decrypt, sign and verify, generate and verify MACs,
   * or derive shared secrets.
   *
   * The key policy allows them, so they need no IAM policy. `*`, a whole account, an IAM group and an ARN with a
   * wildcard are errors at synthesis. For roles by a pattern, pass the account root with a condition on
   * `aws:PrincipalArn`.
   *
   * @default - no principal; grant methods, and IAM policies if the posture delegates to IAM, can allow use
   */
  readonly users?: iam.IGrantable[];

  /**
   * Pairs that the encryption context of every request of `users` and `otherAccounts` must contain.
   *
   * Only symmetric encryption keys support encryption contexts. An encryption context is not secret: CloudTrail logs
   * it. Without `users` and `otherAccounts` it restricts no principal, which is an error at synthesis.
   *
   * @default - any encryption context is allowed
   */
  readonly encryptionContext?: { readonly [name: string]: string };

  /**
   * Roles and users of other accounts that use the key as `users` do. IAM policies of their own accounts must allow the
   * same use.
   *
   * A whole account is refused, because its administrators could then allow any principal of it to use the key. With a
   * condition on `aws:PrincipalArn` that names roles, it is accepted.
   *
   * @default - no principal of another account
   */
  readonly otherAccounts?: iam.IGrantable[];

  /**
   * The AWS organization, such as `o-a1b2c3d4e5`, to which principals of `otherAccounts` must belong at the time of the
   * request.
   *
   * @default - the organization is not checked
   */
  readonly organizationId?: string;

  /**
   * Principals that re-encrypt ciphertext from and to this key, without plaintext. They can neither encrypt nor
   * decrypt.
   *
   * @default - no principal; `users` can also re-encrypt
   */
  readonly reEncryptionWorkers?: iam.IGrantable[];

  /**
   * Uses of the key by AWS services: on behalf of the given callers, or for the given resources of this account.
   *
   * `encryptionContext` does not apply to them, because each service sets its own encryption context.
   *
   * @default - services can use the key only on behalf of `users`, and cannot create grants
   */
  readonly serviceUsers?: ServiceUser[];

  /**
   * Additional key policy statements. A statement whose Sid is that of a generated statement replaces the generated
   * one. All other statements are added.
   *
   * Principals with conditions (`withConditions`) have a generated statement for each set of conditions. Its Sid ends
   * in `UnderConditions` if the same list also contains principals without conditions.
   *
   * @default - none
   */
  readonly statements?: iam.PolicyStatement[];
}

const USED_FOR: ReadonlyMap<string, string> = new Map([
  [KeyUsage.ENCRYPT_DECRYPT, 'EncryptAndDecrypt'],
  [KeyUsage.SIGN_VERIFY, 'SignAndVerify'],
  [KeyUsage.GENERATE_VERIFY_MAC, 'GenerateAndVerifyMacs'],
  [KeyUsage.KEY_AGREEMENT, 'DeriveSharedSecrets'],
]);

/** Key policy statements for the access properties, with Sids that read as sentences. */
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

/**
 * Replaces generated statements by the user's statements with the same Sid. The user is responsible for their content.
 */
export function withOwnStatements(
  declared: readonly iam.PolicyStatement[],
  own: readonly iam.PolicyStatement[] = [],
): iam.PolicyStatement[] {
  const replaced = new Map(own.flatMap((statement) => (statement.sid === undefined ? [] : [[statement.sid, statement]])));
  const kept = declared.map((statement) => replaced.get(statement.sid ?? '') ?? statement);
  return [...kept, ...own.filter((statement) => !kept.includes(statement))];
}

/** DescribeKey has no encryption context, so a condition on one would never match: it needs a separate statement. */
function useStatements(
  subject: string, grantees: readonly iam.IGrantable[], kind: KeyKind, context: iam.Conditions | undefined, always?: iam.Conditions,
): iam.PolicyStatement[] {
  const sid = `${subject}${USED_FOR.get(kind.usage) ?? 'Use'}ButCannotManage`;
  const actions = userActions(kind);
  if (context === undefined) return keyStatements(sid, grantees, actions, always);
  return [
    ...keyStatements(
      `${sid}OnlyInTheirEncryptionContext`, grantees, actions.filter((action) => action !== 'kms:DescribeKey'), merged(context, always),
    ),
    ...keyStatements(`${subject}DescribeTheKey`, grantees, ['kms:DescribeKey'], always),
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
