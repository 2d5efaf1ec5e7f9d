import { App, CfnResource, Duration, RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { CustomerManagedKey, KeyPosture, KmsKeySpec, type CustomerManagedKeyProps } from '../../../src/index';
import { aCustomerManagedKey, keyProperties, keyStatementsOf } from '../../support/a-customer-managed-key';
import { aRole, aStack, complaintsOf } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

function complaints(props: Partial<CustomerManagedKeyProps>): string {
  aCustomerManagedKey(stack, props);
  return complaintsOf(stack);
}

describe('by default', () => {
  test('it is a symmetric key that rotates, and is retained when it is removed from the stack', () => {
    const key = aCustomerManagedKey(stack);
    const { KeyPolicy: _, ...properties } = keyProperties(stack);
    expect(properties).toEqual({ KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT', EnableKeyRotation: true });
    const template = Template.fromStack(stack);
    for (const type of ['AWS::KMS::Key', 'AWS::KMS::Alias']) {
      template.hasResource(type, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    }
    expect(key.aliasName).toBe('alias/orders');
  });

  test('its policy names only the account', () => {
    aCustomerManagedKey(stack);
    expect(keyStatementsOf(stack).map(({ Sid }) => Sid)).toEqual(['AccountMayDelegateAccessByIam']);
  });
});

/** From the key spec reference of AWS KMS. */
const KINDS: [KmsKeySpec, string, (kms.KeyUsage | undefined)[]][] = [
  [KmsKeySpec.SYMMETRIC_DEFAULT, 'SYMMETRIC_DEFAULT', [undefined, kms.KeyUsage.ENCRYPT_DECRYPT]],
  [KmsKeySpec.RSA_2048, 'RSA_2048', [kms.KeyUsage.ENCRYPT_DECRYPT, kms.KeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.RSA_3072, 'RSA_3072', [kms.KeyUsage.ENCRYPT_DECRYPT, kms.KeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.RSA_4096, 'RSA_4096', [kms.KeyUsage.ENCRYPT_DECRYPT, kms.KeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.ECC_NIST_P256, 'ECC_NIST_P256', [kms.KeyUsage.SIGN_VERIFY, kms.KeyUsage.KEY_AGREEMENT]],
  [KmsKeySpec.ECC_NIST_P384, 'ECC_NIST_P384', [kms.KeyUsage.SIGN_VERIFY, kms.KeyUsage.KEY_AGREEMENT]],
  [KmsKeySpec.ECC_NIST_P521, 'ECC_NIST_P521', [kms.KeyUsage.SIGN_VERIFY, kms.KeyUsage.KEY_AGREEMENT]],
  [KmsKeySpec.ECC_SECG_P256K1, 'ECC_SECG_P256K1', [undefined, kms.KeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.ECC_NIST_EDWARDS25519, 'ECC_NIST_EDWARDS25519', [undefined, kms.KeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.HMAC_224, 'HMAC_224', [undefined, kms.KeyUsage.GENERATE_VERIFY_MAC]],
  [KmsKeySpec.HMAC_256, 'HMAC_256', [undefined, kms.KeyUsage.GENERATE_VERIFY_MAC]],
  [KmsKeySpec.HMAC_384, 'HMAC_384', [undefined, kms.KeyUsage.GENERATE_VERIFY_MAC]],
  [KmsKeySpec.HMAC_512, 'HMAC_512', [undefined, kms.KeyUsage.GENERATE_VERIFY_MAC]],
  [KmsKeySpec.ML_DSA_44, 'ML_DSA_44', [undefined, kms.KeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.ML_DSA_65, 'ML_DSA_65', [undefined, kms.KeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.ML_DSA_87, 'ML_DSA_87', [undefined, kms.KeyUsage.SIGN_VERIFY]],
];
const USAGES = [kms.KeyUsage.ENCRYPT_DECRYPT, kms.KeyUsage.SIGN_VERIFY, kms.KeyUsage.GENERATE_VERIFY_MAC, kms.KeyUsage.KEY_AGREEMENT];

describe.each(KINDS)('of spec %#', (keySpec, name, usages) => {
  test.each(usages)(`${name} can be for %j`, (keyUsage) => {
    expect(complaints({ keySpec, keyUsage })).toBe('');
    const expected = keyUsage ?? usages[1];
    expect(keyProperties(stack)).toMatchObject({ KeySpec: name, KeyUsage: expected });
    expect(keyProperties(stack).EnableKeyRotation).toBe(name === 'SYMMETRIC_DEFAULT' ? true : undefined);
  });

  test.each([undefined, ...USAGES].filter((usage) => !usages.includes(usage)))(`${name} cannot be for %j`, (keyUsage) => {
    expect(complaints({ keySpec, keyUsage })).toContain(keyUsage === undefined
      ? `keyUsage: a key of spec ${name} has several usages, and none is chosen; allowed: ${usages.map((each) => `kms.KeyUsage.${each}`).join(', ')}; choose one`
      : `keyUsage: a key of spec ${name} does not support the usage, got kms.KeyUsage.${keyUsage}; allowed: `);
  });
});

test('a spec that is newer than this version is accepted by name', () => {
  const keySpec = KmsKeySpec.of('ML_KEM_768', 'ENCAPSULATE_DECAPSULATE', ['kms:Encapsulate', 'kms:Decapsulate', 'kms:GetPublicKey']);
  expect(complaints({ keySpec, users: [aRole(stack, 'User')] })).toBe('');
  expect(keyProperties(stack)).toMatchObject({ KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' });
  expect(keyStatementsOf(stack)[1]).toMatchObject({
    Sid: 'UsersUseButCannotManage', Action: ['kms:DescribeKey', 'kms:Encapsulate', 'kms:Decapsulate', 'kms:GetPublicKey'],
  });
});

describe('automatic rotation', () => {
  test.each([90, 365, 2560])('every %i days', (days) => {
    expect(complaints({ rotationPeriod: Duration.days(days) })).toBe('');
    expect(keyProperties(stack)).toMatchObject({ EnableKeyRotation: true, RotationPeriodInDays: days });
  });

  test.each<[Partial<CustomerManagedKeyProps>, string]>([
    [
      { rotationPeriod: Duration.days(89) },
      'rotationPeriod: period is out of range, got 89 days; allowed: 90 days to 2560 days; omit it for 365 days',
    ],
    [{ rotationPeriod: Duration.days(2561) }, 'rotationPeriod: period is out of range, got 2561 days'],
    [{ rotationPeriod: Duration.hours(2161) }, 'rotationPeriod: period is not a whole number of days, got 90 days 1 hour'],
    [
      { rotationPeriod: Duration.days(100), enableKeyRotation: false },
      'rotationPeriod: automatic rotation is disabled, got 100 days; omit',
    ],
    [
      { keySpec: KmsKeySpec.HMAC_256, enableKeyRotation: true },
      'enableKeyRotation: AWS KMS rotates only symmetric encryption keys, and this key has spec HMAC_256; omit it; to replace such a key',
    ],
    [
      { keySpec: KmsKeySpec.RSA_2048, keyUsage: kms.KeyUsage.ENCRYPT_DECRYPT, rotationPeriod: Duration.days(365) },
      'rotationPeriod: AWS KMS rotates only symmetric encryption keys, and this key has spec RSA_2048, got 365 days',
    ],
  ])('%j is refused', (props, complaint) => {
    expect(complaints(props)).toContain(complaint);
  });

  test('can be disabled, and keys that cannot rotate get no property for it', () => {
    expect(complaints({ enableKeyRotation: false })).toBe('');
    expect(keyProperties(stack).EnableKeyRotation).toBe(false);
    stack = aStack();
    expect(complaints({ keySpec: KmsKeySpec.HMAC_256, enableKeyRotation: false })).toBe('');
    expect(keyProperties(stack)).not.toHaveProperty('EnableKeyRotation');
  });
});

test.each([
  [7, ''],
  [30, ''],
  [6, 'pendingWindow: period is out of range, got 6 days'],
  [31, 'pendingWindow: period is out of range, got 31 days'],
])('a pending window of %i days: %s', (days, complaint) => {
  expect(complaints({ pendingWindow: Duration.days(days) })).toContain(complaint);
});

describe('names', () => {
  test('there may be several, and all share the removal policy of the key', () => {
    const key = aCustomerManagedKey(stack);
    for (const alias of ['payments', 'alias/ledger']) key.addAlias(alias);
    const aliases = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Alias'));
    expect(aliases.map(({ Properties }) => Properties.AliasName)).toEqual(['alias/orders', 'alias/payments', 'alias/ledger']);
    expect(aliases.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(Array(3).fill('RetainExceptOnCreate'));
  });

  test('the removal policy applies to the key and all its aliases, whenever they are added', () => {
    const open = () => {
      stack = aStack();
      const key = aCustomerManagedKey(stack, { removalPolicy: RemovalPolicy.DESTROY });
      key.addAlias('alias/late');
      return key;
    };
    open();
    const policies = () => ['AWS::KMS::Key', 'AWS::KMS::Alias'].flatMap((type) =>
      Object.values(Template.fromStack(stack).findResources(type)).map(({ DeletionPolicy }) => DeletionPolicy));
    expect(policies()).toEqual(['Delete', 'Delete', 'Delete']);
    open().applyRemovalPolicy(RemovalPolicy.RETAIN);
    expect(policies()).toEqual(['Retain', 'Retain', 'Retain']);
  });

  test.each([
    ['a b', 'alias: name is not valid in KMS'],
    ['alias/aws/orders', 'alias: name is reserved for AWS managed keys'],
  ])('%s is refused', (alias, complaint) => {
    expect(complaints({ alias })).toContain(complaint);
  });
});

test('tags are set as on any construct', () => {
  Tags.of(aCustomerManagedKey(stack)).add('team', 'orders');
  expect(keyProperties(stack).Tags).toEqual([{ Key: 'team', Value: 'orders' }]);
});

test('it can be used wherever the AWS CDK accepts a key', () => {
  const key = aCustomerManagedKey(stack);
  new s3.Bucket(stack, 'Bucket', { encryptionKey: key });
  new dynamodb.Table(stack, 'Table', {
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: key,
  });
  new secretsmanager.Secret(stack, 'Secret', { encryptionKey: key }).grantRead(aRole(stack, 'Reader'));
  new sns.Topic(stack, 'Topic', { masterKey: key });
  new sqs.Queue(stack, 'Queue', { encryptionMasterKey: key });
  new logs.LogGroup(stack, 'Logs', { encryptionKey: key });
  expect(complaintsOf(stack)).toBe('');
  const keyArn = { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] };
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { KMSMasterKeyID: keyArn, SSEAlgorithm: 'aws:kms' } }],
    },
  });
  template.hasResourceProperties('AWS::DynamoDB::Table', {
    SSESpecification: { KMSMasterKeyId: keyArn, SSEEnabled: true, SSEType: 'KMS' },
  });
  template.hasResourceProperties('AWS::SecretsManager::Secret', { KmsKeyId: keyArn });
  template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: keyArn });
  template.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: keyArn });
  template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: keyArn });
});

describe('the key policy as a whole', () => {
  const statement = (props: iam.PolicyStatementProps) => new iam.PolicyStatement({ resources: ['*'], ...props });

  test('a statement that removes the last PutKeyPolicy is refused', () => {
    const noDelegation = statement({
      sid: 'AccountMayDelegateAccessByIam',
      actions: ['kms:Encrypt'],
      principals: [new iam.AccountRootPrincipal()],
    });
    expect(complaints({ statements: [noDelegation] })).toContain(
      'key policy: no principal could change it again, got no principal is allowed kms:PutKeyPolicy without a condition',
    );
  });

  test('a PutKeyPolicy that is denied to every principal does not count', () => {
    const deny = statement({ effect: iam.Effect.DENY, actions: ['kms:Put*'], principals: [new iam.StarPrincipal()] });
    expect(complaints({ statements: [deny] })).toContain(
      'no principal could change it again, got every principal that is allowed kms:PutKeyPolicy is also denied it',
    );
  });

  test('a deny for one administrator leaves the others', () => {
    const [one, other] = [aRole(stack, 'One'), aRole(stack, 'Other')];
    const deny = statement({ effect: iam.Effect.DENY, actions: ['kms:PutKeyPolicy'], principals: [one] });
    expect(complaints({ administrators: [one, other], statements: [deny], posture: KeyPosture.keyPolicyOnly() })).toBe('');
  });

  describe('a policy without PutKeyPolicy for the deployment role is refused', () => {
    const REFUSED = 'key policy: the deployment role could not change it again, so AWS KMS would refuse it, got no kms:PutKeyPolicy for';
    const deployment = new iam.ArnPrincipal('arn:aws:iam::111122223333:role/deployment');
    const inPlaceOf = (sid: string, ...actions: string[]) => statement({ sid, actions, principals: [deployment] });
    const DEPLOYS = 'DeploymentManagesTheKeyButCannotUseIt';
    const complaintsWithAdministrator = (props: Partial<CustomerManagedKeyProps>) =>
      complaints({ administrators: [aRole(stack, 'Security')], ...props });

    test.each([
      ['kms:DescribeKey', false],
      ['kms:PutKeyPolicy', true],
      ['kms:Put*', true],
    ])('a replacement of the posture statement, with %s: %s', (action, allowed) => {
      const complaint = complaintsWithAdministrator({
        posture: KeyPosture.keyPolicyOnly(deployment),
        statements: [inPlaceOf(DEPLOYS, action)],
      });
      if (allowed) {
        expect(complaint).toBe('');
      } else {
        const remedy = 'do not replace the statement of the posture';
        expect(complaint).toContain(`${REFUSED} "arn:aws:iam::111122223333:role/deployment"; ${remedy}`);
      }
    });

    test('administrators do not keep it for the deployment role when the policy no longer delegates to IAM', () => {
      expect(complaintsWithAdministrator({ statements: [inPlaceOf('AccountMayDelegateAccessByIam', 'kms:DescribeKey')] })).toContain(
        REFUSED,
      );
    });

    test('a condition may match, so AWS KMS decides', () => {
      const onlyByCloudFormation = statement({
        sid: DEPLOYS, actions: ['kms:PutKeyPolicy'], principals: [deployment], conditions: { Bool: { 'aws:ViaAWSService': 'true' } },
      });
      expect(complaintsWithAdministrator({ posture: KeyPosture.keyPolicyOnly(deployment), statements: [onlyByCloudFormation] })).toBe('');
    });

    test('a deny removes it', () => {
      const deny = statement({ effect: iam.Effect.DENY, actions: ['kms:PutKeyPolicy'], principals: [deployment] });
      expect(complaintsWithAdministrator({ posture: KeyPosture.keyPolicyOnly(deployment), statements: [deny] })).toContain(REFUSED);
    });
  });

  test.each<[string, iam.PolicyStatementProps, boolean]>([
    ['every principal', { actions: ['kms:Decrypt'], principals: [new iam.StarPrincipal()] }, false],
    [
      'every principal, with a condition that restricts none',
      { actions: ['kms:Decrypt'], principals: [new iam.AnyPrincipal()], conditions: { Bool: { 'aws:SecureTransport': 'true' } } },
      false,
    ],
    [
      'every principal except one',
      { actions: ['kms:Decrypt'], principals: [new iam.AnyPrincipal()], conditions: { StringNotEquals: { 'aws:PrincipalArn': 'x' } } },
      false,
    ],
    [
      'every principal whose account matches or is absent',
      {
        actions: ['kms:Decrypt'],
        principals: [new iam.AnyPrincipal()],
        conditions: { StringEqualsIfExists: { 'kms:CallerAccount': '1' } },
      },
      false,
    ],
    [
      'every principal of the account',
      {
        actions: ['kms:Decrypt'],
        principals: [new iam.AnyPrincipal()],
        conditions: { StringEquals: { 'kms:CallerAccount': '111122223333' } },
      },
      true,
    ],
    [
      'every principal of the organization',
      { actions: ['kms:Decrypt'], principals: [new iam.OrganizationPrincipal('o-a1b2c3d4e5')] },
      true,
    ],
  ])('%s may be let in, or not', (_, props, allowed) => {
    const complaint = complaints({ statements: [statement({ sid: 'Wide', ...props })] });
    if (allowed) {
      expect(complaint).toBe('');
    } else {
      expect(complaint).toContain(
        'key policy, statement Wide: every principal in AWS would be allowed, got principal *; allowed: named principals, or * with a condition on',
      );
    }
  });

  test.each([[320, true], [340, false]])('%i roles with names of 64 characters fit into 32 KiB: %s', (count, fits) => {
    const users = Array.from(
      { length: count },
      (_, index) => new iam.ArnPrincipal(`arn:aws:iam::111122223333:role/${String(index).padStart(64, 'x')}`),
    );
    const complaint = complaints({ users });
    if (fits) {
      expect(complaint).toBe('');
    } else {
      expect(complaint).toMatch(
        /key policy: is too large for AWS KMS, got about 3\d{4} bytes; allowed: 32768 bytes; use one role for principals with the same task/,
      );
    }
  });

  test('the size estimate is exact for a policy without intrinsic functions', () => {
    const limit = (padding: number) => {
      stack = aStack();
      const wide = statement({
        sid: 'x'.repeat(padding),
        actions: ['kms:Decrypt'],
        principals: [new iam.ArnPrincipal('arn:aws:iam::111122223333:role/a')],
      });
      return complaints({ statements: [wide] });
    };
    const overhead = JSON.stringify({ Statement: keyStatementsOfPadding(0), Version: '2012-10-17' }).length;
    expect(limit(32768 - overhead)).toBe('');
    expect(limit(32769 - overhead)).toContain('got about 32769 bytes');
  });

  /** With the longest partition name. */
  function keyStatementsOfPadding(padding: number): object[] {
    return [
      {
        Action: 'kms:*',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws-us-gov:iam::111122223333:root' },
        Resource: '*',
        Sid: 'AccountMayDelegateAccessByIam',
      },
      {
        Action: 'kms:Decrypt',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:role/a' },
        Resource: '*',
        Sid: 'x'.repeat(padding),
      },
    ];
  }

  test('a statement of one\'s own takes the place of the one of its Sid, or is added', () => {
    const administrator = aRole(stack, 'Administrator');
    const own = statement({
      sid: 'AdministratorsManageButCannotUse',
      actions: ['kms:DescribeKey', 'kms:PutKeyPolicy'],
      principals: [administrator],
    });
    const more = statement({ sid: 'More', actions: ['kms:DescribeKey'], principals: [administrator] });
    expect(complaints({ administrators: [administrator], statements: [own, more] })).toBe('');
    expect(keyStatementsOf(stack).map(({ Sid, Action }) => [Sid, Action])).toEqual([
      ['AccountMayDelegateAccessByIam', 'kms:*'],
      ['AdministratorsManageButCannotUse', ['kms:DescribeKey', 'kms:PutKeyPolicy']],
      ['More', 'kms:DescribeKey'],
    ]);
  });

  test('two statements with the same Sid are refused', () => {
    const more = () =>
      statement({ sid: 'More', actions: ['kms:DescribeKey'], principals: [new iam.ArnPrincipal('arn:aws:iam::111122223333:role/a')] });
    const other = more();
    other.addActions('kms:ListGrants');
    expect(complaints({ statements: [more(), other] })).toContain(
      'key policy: two statements have the same Sid, got More; change the Sid of one of them',
    );
  });

  test('a permission that is granted twice is added once', () => {
    const key = aCustomerManagedKey(stack);
    for (let times = 0; times < 2; times++) key.grantDecrypt(new iam.ServicePrincipal('sns.amazonaws.com'));
    expect(keyStatementsOf(stack)).toHaveLength(2);
  });
});

describe('a contradiction is refused', () => {
  const foreign = (arn: string) => new iam.ArnPrincipal(arn);
  test.each<[string, Partial<CustomerManagedKeyProps>, string]>([
    [
      'a whole account',
      { otherAccounts: [new iam.AccountPrincipal('999988887777')] },
      'otherAccounts: principal is a whole account: every principal that IAM policies of that account allow, got arn:<partition>:iam::999988887777:root; allowed: roles and users by their ARNs; name each role',
    ],
    [
      'a root by its ARN',
      { otherAccounts: [foreign('arn:aws:iam::999988887777:root')] },
      'otherAccounts: principal is a whole account: every principal that IAM policies of that account allow, got arn:aws:iam::999988887777:root; allowed: roles and users by their ARNs; name each role',
    ],
    ['an account by its number', { otherAccounts: [foreign('999988887777')] }, 'otherAccounts: principal is a whole account'],
    ['every principal', { otherAccounts: [new iam.StarPrincipal()] }, 'otherAccounts: principal is every principal in AWS, got *'],
    [
      'a service in another account',
      { otherAccounts: [new iam.ServicePrincipal('sns.amazonaws.com')] },
      'otherAccounts: is not a principal of another account, got sns.amazonaws.com; allowed: roles and users by their ARNs; name each role that uses the key; a service is one of users or serviceUsers',
    ],
    [
      'an organization in place of principals',
      { otherAccounts: [new iam.OrganizationPrincipal('o-a1b2c3d4e5')] },
      'otherAccounts: is not a principal of another account, got *; allowed: roles and users by their ARNs',
    ],
    [
      'an id that is not one of an organization',
      { organizationId: 'my-organization', otherAccounts: [foreign('arn:aws:iam::999988887777:role/a')] },
      'organizationId: is not the id of an organization, so the condition would match no principal, got "my-organization"; allowed: o- and 10 to 32 lower-case letters or digits; copy it from DescribeOrganization',
    ],
    [
      'a context that restricts no principal',
      { encryptionContext: { tenant: 'a' } },
      'encryptionContext: restricts users and otherAccounts, and none is given, got tenant; add the principals to users: grant methods and IAM policies are not restricted by it',
    ],
    [
      'an empty context',
      { encryptionContext: {}, users: [foreign('arn:aws:iam::111122223333:role/a')] },
      'encryptionContext: has no pairs, so it restricts no principal, got no pairs; add pairs, or omit it',
    ],
    [
      'names of a context that differ only by case',
      { encryptionContext: { tenant: 'a', Tenant: 'b' }, users: [foreign('arn:aws:iam::111122223333:role/a')] },
      'encryptionContext: the names of condition keys are not case-sensitive, so names that differ only by case are one name, got Tenant; use other names',
    ],
    [
      'an organization without other accounts',
      { organizationId: 'o-a1b2c3d4e5' },
      'organizationId: restricts principals of other accounts, and none is given, got o-a1b2c3d4e5',
    ],
    [
      'a context of a key that knows none',
      { encryptionContext: { tenant: 'a' }, keySpec: KmsKeySpec.HMAC_256 },
      'encryptionContext: only symmetric encryption keys support encryption contexts, and this key has spec HMAC_256, got tenant; omit it',
    ],
    [
      're-encryption where nothing is encrypted',
      { reEncryptionWorkers: [foreign('arn:aws:iam::111122223333:role/a')], keySpec: KmsKeySpec.HMAC_256 },
      'reEncryptionWorkers: a key with this usage has no ciphertext to re-encrypt, got keyUsage GENERATE_VERIFY_MAC; allowed: ENCRYPT_DECRYPT',
    ],
  ])('%s', (_, props, complaint) => {
    expect(complaints(props)).toContain(complaint);
  });

  test('all problems are reported together', () => {
    const complaint = complaints({
      alias: 'a b',
      keySpec: KmsKeySpec.RSA_2048,
      rotationPeriod: Duration.days(1),
      pendingWindow: Duration.days(1),
      organizationId: 'o',
    });
    expect(complaint.match(/\[Stack\/Key\] (alias|keyUsage|rotationPeriod|pendingWindow|organizationId): /g)).toHaveLength(5);
  });
});

test('a posture without IAM needs a known deployment role', () => {
  stack = new Stack(new App({ analyticsReporting: false }), 'Stack', {
    synthesizer: new (jest.requireActual('aws-cdk-lib').LegacyStackSynthesizer)(),
  });
  expect(complaints({ posture: KeyPosture.keyPolicyOnly() })).toContain(
    'posture: only the key policy decides, and the deployment role of the key is unknown; pass the role of your deployments to the posture',
  );
  stack = new Stack(new App({ analyticsReporting: false }), 'Stack', { synthesizer: new (jest.requireActual('aws-cdk-lib').LegacyStackSynthesizer)() });
  expect(complaints({ posture: KeyPosture.keyPolicyOnly(new iam.ArnPrincipal('arn:aws:iam::111122223333:role/deployer')) })).toBe('');
});

test('the deployment role is the CloudFormation execution role, whose ARN may contain placeholders', () => {
  stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
  aCustomerManagedKey(stack, { posture: KeyPosture.keyPolicyOnly() });
  expect(keyStatementsOf(stack)[0]).toMatchObject({
    Sid: 'DeploymentManagesTheKeyButCannotUseIt',
    Principal: {
      AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-${AWS::Region}' },
    },
  });
});

describe('an existing key', () => {
  const ARN = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

  test('is known by its ARN, and its grants are in the IAM policy of the grantee', () => {
    const key = CustomerManagedKey.fromKeyArn(stack, 'Shared', ARN);
    expect([key.keyArn, key.keyId]).toEqual([ARN, '1234abcd-12ab-34cd-56ef-1234567890ab']);
    const grant = key.grantReEncryptFrom(aRole(stack, 'Worker'));
    expect(grant.success).toBe(true);
    expect(grant.resourceStatements).toEqual([]);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'kms:ReEncryptFrom', Resource: ARN }] },
    });
  });

  test('has the grants of a key of this app, except for a principal without an IAM policy', () => {
    const key = CustomerManagedKey.fromKeyArn(stack, 'Shared', ARN);
    expect(key.grantDecrypt(new iam.ServicePrincipal('sns.amazonaws.com')).success).toBe(false);
    expect(key.addToResourcePolicy(new iam.PolicyStatement())).toEqual({ statementAdded: false });
    expect(() => key.grantDecrypt(new iam.ServicePrincipal('sns.amazonaws.com')).assertSuccess()).toThrow();
  });

  test('may have an ARN that is a token', () => {
    const key = CustomerManagedKey.fromKeyArn(stack, 'Shared', Token.asString({ Ref: 'KeyArn' }));
    new CfnResource(stack, 'User', { type: 'Test::User', properties: { keyId: key.keyId } });
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).toContain('"Fn::Split":["/"');
  });

  test('is not an alias, which can refer to another key later', () => {
    expect(() => CustomerManagedKey.fromKeyArn(stack, 'Shared', 'arn:aws:kms:eu-central-1:111122223333:alias/orders')).toThrow(
      'Stack/Shared: is not the ARN of a key, got arn:aws:kms:eu-central-1:111122223333:alias/orders; allowed: one that ends in :key/<key id>; ',
    );
  });
});
