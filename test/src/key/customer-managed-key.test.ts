import { App, CfnResource, Duration, RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { CustomerManagedKey, KeyPosture, KmsKeySpec, KmsKeyUsage, type CustomerManagedKeyProps } from '../../../src/index';
import { aCustomerManagedKey, keyProperties, keyStatementsOf } from '../../support/a-customer-managed-key';
import { aRole, aStack, complaintsOf } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

function complaints(props: Partial<CustomerManagedKeyProps>): string {
  aCustomerManagedKey(stack, props);
  return complaintsOf(stack);
}

describe('by default', () => {
  test('it is a symmetric key that rotates, and stays when it leaves the stack', () => {
    const key = aCustomerManagedKey(stack);
    const { KeyPolicy: _, ...properties } = keyProperties(stack);
    expect(properties).toEqual({ KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT', EnableKeyRotation: true });
    const template = Template.fromStack(stack);
    for (const type of ['AWS::KMS::Key', 'AWS::KMS::Alias']) {
      template.hasResource(type, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    }
    expect(key.aliasName).toBe('alias/orders');
  });

  test('nobody but the account is named in its policy', () => {
    aCustomerManagedKey(stack);
    expect(keyStatementsOf(stack).map(({ Sid }) => Sid)).toEqual(['AccountMayDelegateAccessByIam']);
  });
});

/** By hand, from the key spec reference of AWS KMS. */
const KINDS: [KmsKeySpec, string, (KmsKeyUsage | undefined)[]][] = [
  [KmsKeySpec.SYMMETRIC_DEFAULT, 'SYMMETRIC_DEFAULT', [undefined, KmsKeyUsage.ENCRYPT_DECRYPT]],
  [KmsKeySpec.RSA_2048, 'RSA_2048', [KmsKeyUsage.ENCRYPT_DECRYPT, KmsKeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.RSA_3072, 'RSA_3072', [KmsKeyUsage.ENCRYPT_DECRYPT, KmsKeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.RSA_4096, 'RSA_4096', [KmsKeyUsage.ENCRYPT_DECRYPT, KmsKeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.ECC_NIST_P256, 'ECC_NIST_P256', [KmsKeyUsage.SIGN_VERIFY, KmsKeyUsage.KEY_AGREEMENT]],
  [KmsKeySpec.ECC_NIST_P384, 'ECC_NIST_P384', [KmsKeyUsage.SIGN_VERIFY, KmsKeyUsage.KEY_AGREEMENT]],
  [KmsKeySpec.ECC_NIST_P521, 'ECC_NIST_P521', [KmsKeyUsage.SIGN_VERIFY, KmsKeyUsage.KEY_AGREEMENT]],
  [KmsKeySpec.ECC_SECG_P256K1, 'ECC_SECG_P256K1', [undefined, KmsKeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.ECC_NIST_EDWARDS25519, 'ECC_NIST_EDWARDS25519', [undefined, KmsKeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.HMAC_224, 'HMAC_224', [undefined, KmsKeyUsage.GENERATE_VERIFY_MAC]],
  [KmsKeySpec.HMAC_256, 'HMAC_256', [undefined, KmsKeyUsage.GENERATE_VERIFY_MAC]],
  [KmsKeySpec.HMAC_384, 'HMAC_384', [undefined, KmsKeyUsage.GENERATE_VERIFY_MAC]],
  [KmsKeySpec.HMAC_512, 'HMAC_512', [undefined, KmsKeyUsage.GENERATE_VERIFY_MAC]],
  [KmsKeySpec.ML_DSA_44, 'ML_DSA_44', [undefined, KmsKeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.ML_DSA_65, 'ML_DSA_65', [undefined, KmsKeyUsage.SIGN_VERIFY]],
  [KmsKeySpec.ML_DSA_87, 'ML_DSA_87', [undefined, KmsKeyUsage.SIGN_VERIFY]],
];
const USAGES = [KmsKeyUsage.ENCRYPT_DECRYPT, KmsKeyUsage.SIGN_VERIFY, KmsKeyUsage.GENERATE_VERIFY_MAC, KmsKeyUsage.KEY_AGREEMENT];

describe.each(KINDS)('of spec %#', (keySpec, name, usages) => {
  test.each(usages)(`${name} can be for %j`, (keyUsage) => {
    expect(complaints({ keySpec, keyUsage })).toBe('');
    const expected = keyUsage ?? usages[1];
    expect(keyProperties(stack)).toMatchObject({ KeySpec: name, KeyUsage: expected!.name });
    expect(keyProperties(stack).EnableKeyRotation).toBe(name === 'SYMMETRIC_DEFAULT' ? true : undefined);
  });

  test.each([undefined, ...USAGES].filter((usage) => !usages.includes(usage)))(`${name} cannot be for %j`, (keyUsage) => {
    expect(complaints({ keySpec, keyUsage })).toContain(keyUsage === undefined
      ? `keyUsage: a key of spec ${name} can be for several things, and nobody has chosen; allowed: ${usages.map((each) => each!.name).join(', ')}; choose one`
      : `keyUsage: no key of spec ${name} can be for this, got ${keyUsage.name}; allowed: `);
  });
});

test('a spec that came after this version is taken by name', () => {
  const encapsulate = KmsKeyUsage.of('ENCAPSULATE_DECAPSULATE', ['kms:Encapsulate', 'kms:Decapsulate', 'kms:GetPublicKey']);
  const user = aRole(stack, 'User');
  expect(complaints({ keySpec: KmsKeySpec.of('ML_KEM_768', [encapsulate]), users: [user] })).toBe('');
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
    [{ rotationPeriod: Duration.days(89) }, 'rotationPeriod: period is out of range, got 89 days; allowed: 90 to 2560 days, in whole days; leave it out for 365 days'],
    [{ rotationPeriod: Duration.days(2561) }, 'rotationPeriod: period is out of range, got 2561 days'],
    [{ rotationPeriod: Duration.hours(2161) }, 'rotationPeriod: period is out of range, got 90 days 1 hour'],
    [{ rotationPeriod: Duration.days(100), enableKeyRotation: false }, 'rotationPeriod: rotation is off, got 100 days; leave out'],
    [{ keySpec: KmsKeySpec.HMAC_256, enableKeyRotation: true },
      'enableKeyRotation: AWS KMS rotates symmetric encryption keys only, and this one is of spec HMAC_256; leave it out; replace such a key'],
    [{ keySpec: KmsKeySpec.RSA_2048, keyUsage: KmsKeyUsage.ENCRYPT_DECRYPT, rotationPeriod: Duration.days(365) },
      'rotationPeriod: AWS KMS rotates symmetric encryption keys only, and this one is of spec RSA_2048, got 365 days'],
  ])('%j is refused', (props, complaint) => {
    expect(complaints(props)).toContain(complaint);
  });

  test('is off where somebody says so, and nothing is said to keys that cannot', () => {
    expect(complaints({ enableKeyRotation: false })).toBe('');
    expect(keyProperties(stack).EnableKeyRotation).toBe(false);
    stack = aStack();
    expect(complaints({ keySpec: KmsKeySpec.HMAC_256, enableKeyRotation: false })).toBe('');
    expect(keyProperties(stack)).not.toHaveProperty('EnableKeyRotation');
  });
});

test.each([[7, ''], [30, ''], [6, 'pendingWindow: period is out of range, got 6 days'], [31, 'pendingWindow: period is out of range, got 31 days']])(
  'a pending window of %i days: %s', (days, complaint) => {
    expect(complaints({ pendingWindow: Duration.days(days) })).toContain(complaint);
  },
);

describe('names', () => {
  test('there may be several, and all stay with the key', () => {
    const key = aCustomerManagedKey(stack, { additionalAliases: ['payments', 'alias/ledger'] });
    key.addAlias('alias/late');
    const aliases = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Alias'));
    expect(aliases.map(({ Properties }) => Properties.AliasName)).toEqual(['alias/orders', 'alias/payments', 'alias/ledger', 'alias/late']);
    expect(aliases.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(Array(4).fill('RetainExceptOnCreate'));
  });

  test('a removal policy is that of the key and all its aliases, whenever they came', () => {
    const open = () => {
      stack = aStack();
      const key = aCustomerManagedKey(stack, { removalPolicy: RemovalPolicy.DESTROY, additionalAliases: ['payments'] });
      key.addAlias('alias/late');
      return key;
    };
    open();
    const policies = () => ['AWS::KMS::Key', 'AWS::KMS::Alias'].flatMap((type) =>
      Object.values(Template.fromStack(stack).findResources(type)).map(({ DeletionPolicy }) => DeletionPolicy));
    expect(policies()).toEqual(['Delete', 'Delete', 'Delete', 'Delete']);
    open().applyRemovalPolicy(RemovalPolicy.RETAIN);
    expect(policies()).toEqual(['Retain', 'Retain', 'Retain', 'Retain']);
  });

  test.each([['a b', 'alias: name is not one that KMS takes'], ['alias/aws/orders', 'alias: name is reserved for keys of AWS']])('%s is refused', (alias, complaint) => {
    expect(complaints({ additionalAliases: [alias] })).toContain(complaint);
  });
});

test('tags are put on it as on any construct', () => {
  Tags.of(aCustomerManagedKey(stack)).add('team', 'orders');
  expect(keyProperties(stack).Tags).toEqual([{ Key: 'team', Value: 'orders' }]);
});

test('it goes wherever the AWS CDK takes a key', () => {
  const key = aCustomerManagedKey(stack);
  new s3.Bucket(stack, 'Bucket', { encryptionKey: key });
  new dynamodb.Table(stack, 'Table', {
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING }, encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey: key,
  });
  new secretsmanager.Secret(stack, 'Secret', { encryptionKey: key }).grantRead(aRole(stack, 'Reader'));
  new sns.Topic(stack, 'Topic', { masterKey: key });
  new sqs.Queue(stack, 'Queue', { encryptionMasterKey: key });
  new logs.LogGroup(stack, 'Logs', { encryptionKey: key });
  expect(complaintsOf(stack)).toBe('');
  const keyArn = { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] };
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { KMSMasterKeyID: keyArn, SSEAlgorithm: 'aws:kms' } }] },
  });
  template.hasResourceProperties('AWS::DynamoDB::Table', { SSESpecification: { KMSMasterKeyId: keyArn, SSEEnabled: true, SSEType: 'KMS' } });
  template.hasResourceProperties('AWS::SecretsManager::Secret', { KmsKeyId: keyArn });
  template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: keyArn });
  template.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: keyArn });
  template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: keyArn });
});

describe('the key policy as a whole', () => {
  const statement = (props: iam.PolicyStatementProps) => new iam.PolicyStatement({ resources: ['*'], ...props });

  test('nobody is locked out: a statement that takes the last PutKeyPolicy away is refused', () => {
    const noDelegation = statement({ sid: 'AccountMayDelegateAccessByIam', actions: ['kms:Encrypt'], principals: [new iam.AccountRootPrincipal()] });
    expect(complaints({ statements: [noDelegation] })).toContain('key policy: nobody could ever change it again, got no principal is allowed kms:PutKeyPolicy without a condition');
  });

  test('nor is it enough that they are allowed what everybody is denied', () => {
    const deny = statement({ effect: iam.Effect.DENY, actions: ['kms:Put*'], principals: [new iam.StarPrincipal()] });
    expect(complaints({ statements: [deny] })).toContain('nobody could ever change it again, got everybody who is allowed kms:PutKeyPolicy is denied it, too');
  });

  test('a deny for one of several leaves the others', () => {
    const [one, other] = [aRole(stack, 'One'), aRole(stack, 'Other')];
    const deny = statement({ effect: iam.Effect.DENY, actions: ['kms:PutKeyPolicy'], principals: [one] });
    expect(complaints({ administrators: [one, other], statements: [deny], posture: KeyPosture.keyPolicyOnly() })).toBe('');
  });

  describe('whoever deploys it keeps PutKeyPolicy, or AWS KMS would refuse the policy', () => {
    const REFUSED = 'key policy: whoever deploys it could not change it again, so AWS KMS would refuse it, got no kms:PutKeyPolicy for';
    const deployment = new iam.ArnPrincipal('arn:aws:iam::111122223333:role/deployment');
    const inPlaceOf = (sid: string, ...actions: string[]) => statement({ sid, actions, principals: [deployment] });
    const DEPLOYS = 'DeploymentLooksAfterTheKeyButCannotUseIt';
    const told = (props: Partial<CustomerManagedKeyProps>) => complaints({ administrators: [aRole(stack, 'Security')], ...props });

    test.each([['kms:DescribeKey', false], ['kms:PutKeyPolicy', true], ['kms:Put*', true]])('a statement in place of its own, with %s: %s', (action, allowed) => {
      const complaint = told({ posture: KeyPosture.keyPolicyOnly({ deployment }), statements: [inPlaceOf(DEPLOYS, action)] });
      if (allowed) expect(complaint).toBe('');
      else expect(complaint).toContain(`${REFUSED} "arn:aws:iam::111122223333:role/deployment"; leave the statement of the posture as it is`);
    });

    test('administrators alone do not keep it for the deployment when IAM no longer decides', () => {
      expect(told({ statements: [inPlaceOf('AccountMayDelegateAccessByIam', 'kms:DescribeKey')] })).toContain(REFUSED);
    });

    test('under a condition it may be met, so it is left to AWS KMS', () => {
      const onlyByCloudFormation = statement({
        sid: DEPLOYS, actions: ['kms:PutKeyPolicy'], principals: [deployment], conditions: { Bool: { 'aws:ViaAWSService': 'true' } },
      });
      expect(told({ posture: KeyPosture.keyPolicyOnly({ deployment }), statements: [onlyByCloudFormation] })).toBe('');
    });

    test('a deny takes it away', () => {
      const deny = statement({ effect: iam.Effect.DENY, actions: ['kms:PutKeyPolicy'], principals: [deployment] });
      expect(told({ posture: KeyPosture.keyPolicyOnly({ deployment }), statements: [deny] })).toContain(REFUSED);
    });
  });

  test.each<[string, iam.PolicyStatementProps, boolean]>([
    ['everybody', { actions: ['kms:Decrypt'], principals: [new iam.StarPrincipal()] }, false],
    ['everybody, under a condition that names nobody', { actions: ['kms:Decrypt'], principals: [new iam.AnyPrincipal()], conditions: { Bool: { 'aws:SecureTransport': 'true' } } }, false],
    ['everybody but one', { actions: ['kms:Decrypt'], principals: [new iam.AnyPrincipal()], conditions: { StringNotEquals: { 'aws:PrincipalArn': 'x' } } }, false],
    ['everybody whose account is told or absent', { actions: ['kms:Decrypt'], principals: [new iam.AnyPrincipal()], conditions: { StringEqualsIfExists: { 'kms:CallerAccount': '1' } } }, false],
    ['everybody of the account', { actions: ['kms:Decrypt'], principals: [new iam.AnyPrincipal()], conditions: { StringEquals: { 'kms:CallerAccount': '111122223333' } } }, true],
    ['everybody of the organization', { actions: ['kms:Decrypt'], principals: [new iam.OrganizationPrincipal('o-a1b2c3d4e5')] }, true],
  ])('%s may be let in, or not', (_, props, allowed) => {
    const told = complaints({ statements: [statement({ sid: 'Wide', ...props })] });
    if (allowed) expect(told).toBe('');
    else expect(told).toContain('key policy, statement Wide: everybody in AWS would be let in, got principal *; allowed: principals by name, or * with a condition on');
  });

  test.each([[320, true], [340, false]])('%i roles with names of 64 characters fit into 32 KiB: %s', (count, fits) => {
    const users = Array.from({ length: count }, (_, index) => new iam.ArnPrincipal(`arn:aws:iam::111122223333:role/${String(index).padStart(64, 'x')}`));
    const told = complaints({ users });
    if (fits) expect(told).toBe('');
    else expect(told).toMatch(/key policy: is too large for AWS KMS, got about 3\d{4} bytes; allowed: 32768 bytes; let roles that do the same share a role/);
  });

  test('the estimate is exact where nothing is left to CloudFormation', () => {
    const limit = (padding: number) => {
      stack = aStack();
      const wide = statement({ sid: 'x'.repeat(padding), actions: ['kms:Decrypt'], principals: [new iam.ArnPrincipal('arn:aws:iam::111122223333:role/a')] });
      return complaints({ statements: [wide] });
    };
    const overhead = JSON.stringify({ Statement: keyStatementsOfPadding(0), Version: '2012-10-17' }).length;
    expect(limit(32768 - overhead)).toBe('');
    expect(limit(32769 - overhead)).toContain('got about 32769 bytes');
  });

  /** With the partition filled in as long as it can be. */
  function keyStatementsOfPadding(padding: number): object[] {
    return [
      { Action: 'kms:*', Effect: 'Allow', Principal: { AWS: 'arn:aws-us-gov:iam::111122223333:root' }, Resource: '*', Sid: 'AccountMayDelegateAccessByIam' },
      { Action: 'kms:Decrypt', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/a' }, Resource: '*', Sid: 'x'.repeat(padding) },
    ];
  }

  test('a statement of one\'s own takes the place of the one of its Sid, or is added', () => {
    const administrator = aRole(stack, 'Administrator');
    const own = statement({ sid: 'AdministratorsManageButCannotUse', actions: ['kms:DescribeKey', 'kms:PutKeyPolicy'], principals: [administrator] });
    const more = statement({ sid: 'More', actions: ['kms:DescribeKey'], principals: [administrator] });
    expect(complaints({ administrators: [administrator], statements: [own, more] })).toBe('');
    expect(keyStatementsOf(stack).map(({ Sid, Action }) => [Sid, Action])).toEqual([
      ['AccountMayDelegateAccessByIam', 'kms:*'], ['AdministratorsManageButCannotUse', ['kms:DescribeKey', 'kms:PutKeyPolicy']], ['More', 'kms:DescribeKey'],
    ]);
  });

  test('two statements of one Sid are refused', () => {
    const more = () => statement({ sid: 'More', actions: ['kms:DescribeKey'], principals: [new iam.ArnPrincipal('arn:aws:iam::111122223333:role/a')] });
    const other = more();
    other.addActions('kms:ListGrants');
    expect(complaints({ statements: [more(), other] })).toContain('key policy: two statements have one Sid, got More; give one of them another Sid');
  });

  test('what is granted twice is said once', () => {
    const key = aCustomerManagedKey(stack);
    for (let times = 0; times < 2; times++) key.grantDecrypt(new iam.ServicePrincipal('sns.amazonaws.com'));
    expect(keyStatementsOf(stack)).toHaveLength(2);
  });
});

describe('what cannot be meant is refused', () => {
  const foreign = (arn: string) => new iam.ArnPrincipal(arn);
  test.each<[string, Partial<CustomerManagedKeyProps>, string]>([
    ['a whole account', { otherAccounts: [new iam.AccountPrincipal('999988887777')] }, 'otherAccounts: is no single principal of another account'],
    ['a root by its ARN', { otherAccounts: [foreign('arn:aws:iam::999988887777:root')] },
      'otherAccounts: is no single principal of another account, got arn:aws:iam::999988887777:root; allowed: roles and users by their ARNs; name each role that uses the key'],
    ['an account by its number', { otherAccounts: [foreign('999988887777')] }, 'otherAccounts: is no single principal'],
    ['everybody', { otherAccounts: [new iam.StarPrincipal()] }, 'otherAccounts: is no single principal'],
    ['a service', { otherAccounts: [new iam.ServicePrincipal('sns.amazonaws.com')] }, 'otherAccounts: is no single principal'],
    ['an organization of nobody', { organizationId: 'o-a1b2c3d4e5' }, 'organizationId: is about principals of other accounts, and none is named, got o-a1b2c3d4e5'],
    ['a context of a key that knows none', { encryptionContext: { tenant: 'a' }, keySpec: KmsKeySpec.HMAC_256 },
      'encryptionContext: only symmetric encryption keys know encryption contexts, and this one is of spec HMAC_256, got tenant; leave it out'],
    ['re-encryption where nothing is encrypted', { reEncryptionWorkers: [foreign('arn:aws:iam::111122223333:role/a')], keySpec: KmsKeySpec.HMAC_256 },
      'reEncryptionWorkers: there is no ciphertext to re-encrypt, got keyUsage GENERATE_VERIFY_MAC; allowed: ENCRYPT_DECRYPT'],
  ])('%s', (_, props, complaint) => {
    expect(complaints(props)).toContain(complaint);
  });

  test('all of it is told at once', () => {
    const told = complaints({ alias: 'a b', keySpec: KmsKeySpec.RSA_2048, rotationPeriod: Duration.days(1), pendingWindow: Duration.days(1), organizationId: 'o' });
    expect(told.match(/\[Stack\/Key\] (alias|keyUsage|rotationPeriod|pendingWindow|organizationId): /g)).toHaveLength(5);
  });
});

test('where the key policy alone decides, and nothing tells who deploys, somebody has to', () => {
  stack = new Stack(new App({ analyticsReporting: false }), 'Stack', { synthesizer: new (jest.requireActual('aws-cdk-lib').LegacyStackSynthesizer)() });
  expect(complaints({ posture: KeyPosture.keyPolicyOnly() })).toContain('posture: the key policy alone decides, and nothing tells who deploys the key; name the role');
  stack = new Stack(new App({ analyticsReporting: false }), 'Stack', { synthesizer: new (jest.requireActual('aws-cdk-lib').LegacyStackSynthesizer)() });
  expect(complaints({ posture: KeyPosture.keyPolicyOnly({ deployment: new iam.ArnPrincipal('arn:aws:iam::111122223333:role/deployer') }) })).toBe('');
});

test('the deployment is the role that CloudFormation assumes, whose ARN may wait for CloudFormation', () => {
  stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
  aCustomerManagedKey(stack, { posture: KeyPosture.keyPolicyOnly() });
  expect(keyStatementsOf(stack)[0]).toMatchObject({
    Sid: 'DeploymentLooksAfterTheKeyButCannotUseIt',
    Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-${AWS::Region}' } },
  });
});

describe('a key that was made elsewhere', () => {
  const ARN = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

  test('is known by its ARN, and what is granted on it stands with the grantee', () => {
    const key = CustomerManagedKey.fromKeyArn(stack, 'Shared', ARN);
    expect([key.keyArn, key.keyId]).toEqual([ARN, '1234abcd-12ab-34cd-56ef-1234567890ab']);
    const grant = key.grantReEncryptFrom(aRole(stack, 'Worker'));
    expect(grant.success).toBe(true);
    expect(grant.resourceStatements).toEqual([]);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'kms:ReEncryptFrom', Resource: ARN }] },
    });
  });

  test('grants like one that was made here, but to nobody who has no IAM policy', () => {
    const key = CustomerManagedKey.fromKeyArn(stack, 'Shared', ARN);
    expect(key.grantDecrypt(new iam.ServicePrincipal('sns.amazonaws.com')).success).toBe(false);
    expect(key.addToResourcePolicy(new iam.PolicyStatement())).toEqual({ statementAdded: false });
    expect(() => key.grantDecrypt(new iam.ServicePrincipal('sns.amazonaws.com')).assertSuccess()).toThrow();
  });

  test('may be known only when deploying', () => {
    const key = CustomerManagedKey.fromKeyArn(stack, 'Shared', Token.asString({ Ref: 'KeyArn' }));
    new CfnResource(stack, 'User', { type: 'Test::User', properties: { keyId: key.keyId } });
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).toContain('"Fn::Split":["/"');
  });

  test('is not an alias, which may name another tomorrow', () => {
    expect(() => CustomerManagedKey.fromKeyArn(stack, 'Shared', 'arn:aws:kms:eu-central-1:111122223333:alias/orders'))
      .toThrow('Stack/Shared: is not the ARN of a key, got arn:aws:kms:eu-central-1:111122223333:alias/orders; allowed: one that ends in :key/<key id>; ');
  });
});
