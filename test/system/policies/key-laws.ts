import * as iam from 'aws-cdk-lib/aws-iam';
import { EVERYTHING_BY_IAM, KEY_ACTIONS } from './a-guarded-family';
import { PEOPLE, type Person, type PostureName } from './a-guarded-key';
import { KmsKeySpec, KmsKeyUsage, type CustomerManagedKeyProps } from '../../../src/index';
import { ACCOUNT, type KmsCall } from '../../support/policy-evaluator';

const names = (text: string) => text.trim().split(/\s+/).map((name) => `kms:${name}`);

const LOOK_AFTER = names(`CancelKeyDeletion CreateAlias DeleteAlias DescribeKey DisableKey EnableKey GetKeyLastUsage GetKeyPolicy ListGrants ListKeyPolicies
  ListResourceTags PutKeyPolicy RevokeGrant ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription`);
const ROTATE = names('DisableKeyRotation EnableKeyRotation GetKeyRotationStatus ListKeyRotations RotateKeyOnDemand');
const REGIONS = names('ReplicateKey UpdatePrimaryRegion');
const DEPLOY = names(`CreateAlias DeleteAlias DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation GetKeyPolicy GetKeyRotationStatus ListResourceTags
  PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription`);
const RE_ENCRYPT = names('ReEncryptFrom ReEncryptTo');

/** What people may do with keys of one kind, by hand. */
interface KindLaw {
  readonly props: Partial<CustomerManagedKeyProps>;
  readonly administrator: readonly string[];
  /** What users may call that has no encryption context. */
  readonly use: readonly string[];
  /** What users may call only with the encryption context that was declared, where one was. */
  readonly useInContext: readonly string[];
  readonly worker: readonly string[];
}

export const TENANT = { tenant: 'acme' };

export const KIND_LAWS: { readonly [kind: string]: KindLaw } = {
  'a symmetric key': {
    props: {},
    administrator: [...LOOK_AFTER, ...ROTATE],
    use: names('DescribeKey'),
    useInContext: names('Decrypt Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo'),
    worker: RE_ENCRYPT,
  },
  'a symmetric key of several Regions': {
    props: { multiRegion: true },
    administrator: [...LOOK_AFTER, ...ROTATE, ...REGIONS],
    use: names('DescribeKey'),
    useInContext: names('Decrypt Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo'),
    worker: RE_ENCRYPT,
  },
  'an RSA key that encrypts': {
    props: { keySpec: KmsKeySpec.RSA_3072, keyUsage: KmsKeyUsage.ENCRYPT_DECRYPT },
    administrator: LOOK_AFTER,
    use: names('Decrypt DescribeKey Encrypt GetPublicKey ReEncryptFrom ReEncryptTo'),
    useInContext: [],
    worker: RE_ENCRYPT,
  },
  'an RSA key that signs': {
    props: { keySpec: KmsKeySpec.RSA_3072, keyUsage: KmsKeyUsage.SIGN_VERIFY },
    administrator: LOOK_AFTER,
    use: names('DescribeKey GetPublicKey Sign Verify'),
    useInContext: [],
    worker: [],
  },
  'an Ed25519 key': {
    props: { keySpec: KmsKeySpec.ECC_NIST_EDWARDS25519 },
    administrator: LOOK_AFTER,
    use: names('DescribeKey GetPublicKey Sign Verify'),
    useInContext: [],
    worker: [],
  },
  'an elliptic curve key that agrees on secrets': {
    props: { keySpec: KmsKeySpec.ECC_NIST_P256, keyUsage: KmsKeyUsage.KEY_AGREEMENT },
    administrator: LOOK_AFTER,
    use: names('DeriveSharedSecret DescribeKey GetPublicKey'),
    useInContext: [],
    worker: [],
  },
  'an HMAC key': {
    props: { keySpec: KmsKeySpec.HMAC_256 },
    administrator: LOOK_AFTER,
    use: names('DescribeKey GenerateMac VerifyMac'),
    useInContext: [],
    worker: [],
  },
  'an ML-DSA key': {
    props: { keySpec: KmsKeySpec.ML_DSA_65 },
    administrator: LOOK_AFTER,
    use: names('DescribeKey GetPublicKey Sign Verify'),
    useInContext: [],
    worker: [],
  },
};

/** A call's circumstances, apart from who calls and what for. */
export interface Circumstances {
  readonly name: string;
  readonly details: Partial<KmsCall>;
  readonly inContext: boolean;
  /** Whether IAM policies of the caller's own account allow everything. */
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

/** The key that the laws are about. */
export function propsOf({ props, worker }: KindLaw, restrictions: Restrictions): Partial<CustomerManagedKeyProps> {
  return {
    ...props,
    ...(worker.length > 0 && { reEncryptionWorkers: [new iam.ArnPrincipal(PEOPLE.worker)] }),
    ...(restrictions.encryptionContext && { encryptionContext: TENANT }),
    ...(restrictions.organization && { organizationId: ORGANIZATION }),
  };
}

/** What somebody may do, and nothing else. */
export function lawFor(
  person: Person, posture: PostureName, law: KindLaw, restrictions: Restrictions, { byIam, inContext, inOrganization }: Circumstances,
): readonly string[] {
  const isOfTheAccount = PEOPLE[person].includes(`:${ACCOUNT}:`);
  if (isOfTheAccount && byIam && posture === 'IAM-delegated') return KEY_ACTIONS;
  const use = [...law.use, ...(restrictions.encryptionContext && !inContext ? [] : law.useInContext)];
  switch (person) {
    case 'administrator': return law.administrator;
    case 'user': return use;
    case 'worker': return law.worker;
    case 'deployment': return posture === 'IAM-delegated' ? [] : DEPLOY;
    case 'breakGlass': return posture === 'break-glass' ? law.administrator : [];
    // Their own account has to allow it, too.
    case 'partner': return byIam && (inOrganization || !restrictions.organization) ? use : [];
    case 'stranger':
    case 'partnersColleague':
    case 'partnersRoot': return [];
  }
}
