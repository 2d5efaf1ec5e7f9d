import { Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { KmsKeySpec, type CustomerManagedKeyProps } from '../../../../src/index';
import { aCustomerManagedKey, complaintsAbout, keyProperties, keyStatementsOf } from '../../../support/a-customer-managed-key';
import { aRole, aStack, complaintsOf } from '../../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const complaints = (props: Partial<CustomerManagedKeyProps>) => complaintsAbout(stack, props);

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
