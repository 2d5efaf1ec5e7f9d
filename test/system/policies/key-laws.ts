import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { EVERYTHING_BY_IAM, KEY_ACTIONS } from './guarded-family';
import { PRINCIPALS, type CallerName, type PostureName } from './guarded-key';
import { KmsKeySpec, type CustomerManagedKeyProps } from '../../../src/index';
import { ACCOUNT, type KmsCall } from '../../support/policy-evaluator';

const names = (text: string) => text.trim().split(/\s+/).map((name) => `kms:${name}`);

const MANAGE =
  names(`CancelKeyDeletion CreateAlias DeleteAlias DescribeKey DisableKey EnableKey GetKeyLastUsage GetKeyPolicy ListGrants ListKeyPolicies
  ListResourceTags PutKeyPolicy RevokeGrant ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription`);
const ROTATE = names('DisableKeyRotation EnableKeyRotation GetKeyRotationStatus ListKeyRotations RotateKeyOnDemand');
const REGIONS = names('ReplicateKey UpdatePrimaryRegion');
const DEPLOY =
  names(`CreateAlias DeleteAlias DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation GetKeyPolicy GetKeyRotationStatus ListResourceTags
  PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription`);
const RE_ENCRYPT = names('ReEncryptFrom ReEncryptTo');

/** The allowed actions on keys of one kind, written manually. */
interface KindLaw {
  readonly props: Partial<CustomerManagedKeyProps>;
  readonly administrator: readonly string[];
  /** Actions of users that take no encryption context. */
  readonly use: readonly string[];
  /** Actions of users that require the declared encryption context, if one is declared. */
  readonly useInContext: readonly string[];
  readonly worker: readonly string[];
}

export const TENANT = { tenant: 'acme' };

export const KIND_LAWS: { readonly [kind: string]: KindLaw } = {
  'a symmetric key': {
    props: {},
    administrator: [...MANAGE, ...ROTATE],
    use: names('DescribeKey'),
    useInContext: names(
      'Decrypt Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo',
    ),
    worker: RE_ENCRYPT,
  },
  'a symmetric key of several Regions': {
    props: { multiRegion: true },
    administrator: [...MANAGE, ...ROTATE, ...REGIONS],
    use: names('DescribeKey'),
    useInContext: names(
      'Decrypt Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo',
    ),
    worker: RE_ENCRYPT,
  },
  'an RSA key that encrypts': {
    props: { keySpec: KmsKeySpec.RSA_3072, keyUsage: kms.KeyUsage.ENCRYPT_DECRYPT },
    administrator: MANAGE,
    use: names('Decrypt DescribeKey Encrypt GetPublicKey ReEncryptFrom ReEncryptTo'),
    useInContext: [],
    worker: RE_ENCRYPT,
  },
  'an RSA key that signs': {
    props: { keySpec: KmsKeySpec.RSA_3072, keyUsage: kms.KeyUsage.SIGN_VERIFY },
    administrator: MANAGE,
    use: names('DescribeKey GetPublicKey Sign Verify'),
    useInContext: [],
    worker: [],
  },
  'an Ed25519 key': {
    props: { keySpec: KmsKeySpec.ECC_NIST_EDWARDS25519 },
    administrator: MANAGE,
    use: names('DescribeKey GetPublicKey Sign Verify'),
    useInContext: [],
    worker: [],
  },
  'an elliptic curve key that agrees on secrets': {
    props: { keySpec: KmsKeySpec.ECC_NIST_P256, keyUsage: kms.KeyUsage.KEY_AGREEMENT },
    administrator: MANAGE,
    use: names('DeriveSharedSecret DescribeKey GetPublicKey'),
    useInContext: [],
    worker: [],
  },
  'an HMAC key': {
    props: { keySpec: KmsKeySpec.HMAC_256 },
    administrator: MANAGE,
    use: names('DescribeKey GenerateMac VerifyMac'),
    useInContext: [],
    worker: [],
  },
  'an ML-DSA key': {
    props: { keySpec: KmsKeySpec.ML_DSA_65 },
    administrator: MANAGE,
    use: names('DescribeKey GetPublicKey Sign Verify'),
    useInContext: [],
    worker: [],
  },
};

/** The circumstances of a call, without its caller and its action. */
export interface Circumstances {
  readonly name: string;
  readonly details: Partial<KmsCall>;
  readonly inContext: boolean;
  /** Whether the IAM policies of the caller's own account allow everything. */
  readonly byIam: boolean;
  readonly inOrganization: boolean;
}

const ORGANIZATION = 'o-a1b2c3d4e5';

const BOTH = [false, true];

export const CIRCUMSTANCES: readonly Circumstances[] = BOTH.flatMap((byIam) =>
  BOTH.flatMap((inContext) => BOTH.map((inOrganization) => circumstancesOf(byIam, inContext, inOrganization))));

function circumstancesOf(byIam: boolean, inContext: boolean, inOrganization: boolean): Circumstances {
  return {
    name: `${byIam ? 'everything' : 'nothing'} by IAM, ${inContext ? '' : 'not '}in the encryption context, ${inOrganization ? '' : 'not '}in the organization`,
    byIam,
    inContext,
    inOrganization,
    details: {
      ...(byIam && { identityStatements: EVERYTHING_BY_IAM }),
      ...(inContext && { encryptionContext: { ...TENANT, more: 'than that' } }),
      ...(inOrganization && { context: { 'aws:PrincipalOrgID': ORGANIZATION } }),
    },
  };
}

export interface Restrictions {
  readonly encryptionContext: boolean;
  readonly organization: boolean;
}

/** The properties of the key to which the laws apply. */
export function propsOf({ props, worker }: KindLaw, restrictions: Restrictions): Partial<CustomerManagedKeyProps> {
  return {
    ...props,
    ...(worker.length > 0 && { reEncryptionWorkers: [new iam.ArnPrincipal(PRINCIPALS.worker)] }),
    ...(restrictions.encryptionContext && { encryptionContext: TENANT }),
    ...(restrictions.organization && { organizationId: ORGANIZATION }),
  };
}

/** The actions that a caller must be allowed. Every other action must be denied. */
export function lawFor(
  caller: CallerName, posture: PostureName, law: KindLaw, restrictions: Restrictions, { byIam, inContext, inOrganization }: Circumstances,
): readonly string[] {
  const isOfTheAccount = PRINCIPALS[caller].includes(`:${ACCOUNT}:`);
  if (isOfTheAccount && byIam && posture === 'IAM-delegated') return KEY_ACTIONS;
  const use = [...law.use, ...(restrictions.encryptionContext && !inContext ? [] : law.useInContext)];
  switch (caller) {
    case 'administrator': return law.administrator;
    case 'user': return use;
    case 'worker': return law.worker;
    case 'deployment': return posture === 'IAM-delegated' ? [] : DEPLOY;
    case 'breakGlass': return posture === 'break-glass' ? law.administrator : [];
    // The account of the partner must allow it, too.
    case 'partner': return byIam && (inOrganization || !restrictions.organization) ? use : [];
    case 'stranger':
    case 'partnersColleague':
    case 'partnersRoot': return [];
  }
}
