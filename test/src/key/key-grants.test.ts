import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  CustomerManagedKey, KeyPosture, KmsKeySpec, RotatingKey, type CustomerManagedKeyProps, type IKeyAlias,
} from '../../../src/index';
import { aCustomerManagedKey, keyStatementsOf } from '../../support/a-customer-managed-key';
import { anImportedKey, aRole, aStack, complaintsOf } from '../../support/a-stack';

const SYMMETRIC: Partial<CustomerManagedKeyProps> = {};
const RSA: Partial<CustomerManagedKeyProps> = { keySpec: KmsKeySpec.RSA_2048, keyUsage: kms.KeyUsage.ENCRYPT_DECRYPT };
const SIGNING: Partial<CustomerManagedKeyProps> = { keySpec: KmsKeySpec.ECC_NIST_P256, keyUsage: kms.KeyUsage.SIGN_VERIFY };
const HMAC: Partial<CustomerManagedKeyProps> = { keySpec: KmsKeySpec.HMAC_256 };
const AGREEMENT: Partial<CustomerManagedKeyProps> = { keySpec: KmsKeySpec.ECC_NIST_P384, keyUsage: kms.KeyUsage.KEY_AGREEMENT };
const DATA_KEYS = [
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext',
];
const ROTATE = ['kms:RotateKeyOnDemand', 'kms:ListKeyRotations', 'kms:GetKeyRotationStatus'];
const MANAGE = [
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'kms:ListKeyPolicies',
  'kms:PutKeyPolicy',
  'kms:UpdateKeyDescription',
  'kms:EnableKey',
  'kms:DisableKey',
  'kms:GetKeyLastUsage',
  'kms:CreateAlias',
  'kms:UpdateAlias',
  'kms:DeleteAlias',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:ListResourceTags',
  'kms:ListGrants',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:CancelKeyDeletion',
];

type Verb =
  | 'grantAdmin'
  | 'grantDecrypt'
  | 'grantDeriveSharedSecret'
  | 'grantEncrypt'
  | 'grantEncryptDecrypt'
  | 'grantGenerateDataKey'
  | 'grantGenerateMac'
  | 'grantReEncryptFrom'
  | 'grantReEncryptTo'
  | 'grantRotate'
  | 'grantSign'
  | 'grantSignVerify'
  | 'grantVerify'
  | 'grantVerifyMac';

const GIVES: [string, Partial<CustomerManagedKeyProps>, Verb, string | string[]][] = [
  ['symmetric', SYMMETRIC, 'grantDecrypt', 'kms:Decrypt'],
  ['symmetric', SYMMETRIC, 'grantEncrypt', ['kms:Encrypt', ...DATA_KEYS, 'kms:ReEncryptTo']],
  [
    'symmetric',
    SYMMETRIC,
    'grantEncryptDecrypt',
    ['kms:DescribeKey', 'kms:Encrypt', ...DATA_KEYS, 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
  ],
  ['symmetric', SYMMETRIC, 'grantGenerateDataKey', DATA_KEYS],
  ['symmetric', SYMMETRIC, 'grantReEncryptFrom', 'kms:ReEncryptFrom'],
  ['symmetric', SYMMETRIC, 'grantReEncryptTo', 'kms:ReEncryptTo'],
  ['symmetric', SYMMETRIC, 'grantRotate', ['kms:DescribeKey', ...ROTATE]],
  ['RSA', RSA, 'grantEncrypt', ['kms:GetPublicKey', 'kms:Encrypt', 'kms:ReEncryptTo']],
  ['RSA', RSA, 'grantDecrypt', 'kms:Decrypt'],
  [
    'RSA',
    RSA,
    'grantEncryptDecrypt',
    ['kms:DescribeKey', 'kms:GetPublicKey', 'kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
  ],
  ['signing', SIGNING, 'grantSign', 'kms:Sign'],
  ['signing', SIGNING, 'grantVerify', ['kms:Verify', 'kms:GetPublicKey']],
  ['signing', SIGNING, 'grantSignVerify', ['kms:Sign', 'kms:Verify', 'kms:GetPublicKey']],
  ['signing', SIGNING, 'grantAdmin', MANAGE],
  ['HMAC', HMAC, 'grantGenerateMac', 'kms:GenerateMac'],
  ['HMAC', HMAC, 'grantVerifyMac', 'kms:VerifyMac'],
  ['agreement', AGREEMENT, 'grantDeriveSharedSecret', ['kms:DeriveSharedSecret', 'kms:GetPublicKey']],
];
const CANNOT: [string, Partial<CustomerManagedKeyProps>, Verb][] = [
  ...(['grantSign', 'grantVerify', 'grantSignVerify', 'grantGenerateMac', 'grantVerifyMac', 'grantDeriveSharedSecret'] as const).flatMap(
    (verb): [string, Partial<CustomerManagedKeyProps>, Verb][] => [
      ['symmetric', SYMMETRIC, verb],
      ['RSA', RSA, verb],
    ],
  ),
  ...(['grantGenerateDataKey', 'grantRotate'] as const).flatMap((verb): [string, Partial<CustomerManagedKeyProps>, Verb][] => [
    ['RSA', RSA, verb],
    ['signing', SIGNING, verb],
    ['HMAC', HMAC, verb],
    ['agreement', AGREEMENT, verb],
  ]),
  ...(['grantDecrypt', 'grantEncrypt', 'grantEncryptDecrypt', 'grantReEncryptFrom', 'grantReEncryptTo'] as const).flatMap(
    (verb): [string, Partial<CustomerManagedKeyProps>, Verb][] => [
      ['signing', SIGNING, verb],
      ['HMAC', HMAC, verb],
      ['agreement', AGREEMENT, verb],
    ],
  ),
];

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const identityStatementsOf = (of: Stack) => Object.values(Template.fromStack(of).findResources('AWS::IAM::Policy'))
  .flatMap(({ Properties }) => (Properties as { PolicyDocument: { Statement: object[] } }).PolicyDocument.Statement);

describe('a grant has exactly the actions of its purpose', () => {
  test.each(GIVES)('%s key, %#: %s', (_, props, verb, Action) => {
    const grant = aCustomerManagedKey(stack, props)[verb](aRole(stack, 'Grantee'));
    expect(identityStatementsOf(stack)).toEqual([{ Effect: 'Allow', Action, Resource: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] } }]);
    expect(keyStatementsOf(stack)).toHaveLength(1);
    // The grant reports which policy was changed.
    expect([grant.principalStatements.length, grant.resourceStatements.length]).toEqual([1, 0]);
  });

  test.each(CANNOT)('%s key, %#: cannot', (_, props, verb) => {
    expect(() => aCustomerManagedKey(stack, props)[verb](aRole(stack, 'Grantee'))).toThrow(
      /^Stack\/Key: a key of spec \w+ for \w+ cannot .+; (set keyUsage to|use a key of spec)/,
    );
  });
});

describe('the policy that a grant changes', () => {
  test('is the key policy if only the key policy decides', () => {
    const key = aCustomerManagedKey(stack, { posture: KeyPosture.keyPolicyOnly() });
    const grant = key.grantDecrypt(aRole(stack, 'Grantee'));
    expect(keyStatementsOf(stack).at(-1)).toEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: '*',
      Principal: { AWS: { 'Fn::GetAtt': [expect.stringMatching(/^Grantee/), 'Arn'] } },
    });
    expect([grant.principalStatements.length, grant.resourceStatements.length]).toEqual([0, 1]);
  });

  test('is the key policy for a role of another account, and an annotation lists what that account must allow', () => {
    const key = aCustomerManagedKey(stack);
    key.grantDecrypt(iam.Role.fromRoleArn(stack, 'Foreign', 'arn:aws:iam::999999999999:role/partner'));
    expect(keyStatementsOf(stack).at(-1)).toMatchObject({
      Action: 'kms:Decrypt',
      Principal: { AWS: 'arn:aws:iam::999999999999:role/partner' },
    });
    expect(JSON.stringify(key.node.metadata)).toContain('allow kms:Decrypt on the ARN of this key in an IAM policy of that account');
  });

  test('is the IAM policy of a role from fromRoleArn in the same account; never with * as resource', () => {
    aCustomerManagedKey(stack).grantDecrypt(iam.Role.fromRoleArn(stack, 'Imported', 'arn:aws:iam::111122223333:role/imported'));
    expect(identityStatementsOf(stack)).toEqual([
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] } },
    ]);
  });
});

describe('two stacks', () => {
  const env = { account: '111122223333', region: 'eu-central-1' };
  let app: App;
  let keys: Stack;
  let users: Stack;
  beforeEach(() => {
    app = new App({ analyticsReporting: false });
    [keys, users] = [new Stack(app, 'Keys', { env }), new Stack(app, 'Users', { env })];
  });

  test('a stack of users with grants and references to the key creates no dependency cycle', () => {
    const key = new CustomerManagedKey(keys, 'Key', { alias: 'orders' });
    const role = aRole(users, 'Grantee');
    key.grantEncryptDecrypt(role);
    new s3.Bucket(users, 'Bucket', { encryptionKey: key }).grantReadWrite(role);
    new CfnOutput(users, 'KeyArn', { value: key.keyArn });
    app.synth();
    expect(keyStatementsOf(keys)).toHaveLength(1);
    expect(keys.dependencies).toEqual([]);
    expect(users.dependencies).toEqual([keys]);
  });

  test('if only the key policy decides, a role that is deployed later is refused, with a remedy', () => {
    const key = new CustomerManagedKey(keys, 'Key', { alias: 'orders', posture: KeyPosture.keyPolicyOnly() });
    expect(() => key.grantDecrypt(aRole(users, 'Grantee'))).toThrow(
      'Keys/Key: only the key policy decides, and it would make the stack of the key ' +
        'depend on the stack of the grantee, got Users/Grantee; deploy that stack first',
    );
  });

  test('a role that is deployed first is named in the key policy', () => {
    const key = new CustomerManagedKey(keys, 'Key', { alias: 'orders', posture: KeyPosture.keyPolicyOnly() });
    keys.addDependency(users);
    key.grantDecrypt(aRole(users, 'Grantee'));
    app.synth();
    expect(keyStatementsOf(keys).at(-1)).toMatchObject({
      Action: 'kms:Decrypt',
      Principal: { AWS: { 'Fn::ImportValue': expect.any(String) } },
    });
  });

  test('a role with a fixed name is named in the key policy, whenever it is deployed', () => {
    const key = new CustomerManagedKey(keys, 'Key', { alias: 'orders', posture: KeyPosture.keyPolicyOnly() });
    key.grantDecrypt(iam.Role.fromRoleName(keys, 'Later', 'orders-service'));
    app.synth();
    expect(keyStatementsOf(keys)).toHaveLength(2);
  });
});

describe('a key that is known only by its alias', () => {
  const anyKey = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':kms:eu-central-1:111122223333:key/*']] };

  test.each<[string, (key: IKeyAlias, grantee: iam.IGrantable) => iam.Grant, string]>([
    ['grantDecrypt', (key, grantee) => key.grantDecrypt(grantee), 'kms:Decrypt'],
    ['grant', (key, grantee) => key.grant(grantee, 'kms:Sign'), 'kms:Sign'],
  ])('is granted only while it has the alias: %s', (_, grantOn, Action) => {
    const grant = grantOn(CustomerManagedKey.fromAliasName(stack, 'Shared', 'orders'), aRole(stack, 'Grantee'));
    expect(grant.success).toBe(true);
    expect(identityStatementsOf(stack)).toEqual([
      { Effect: 'Allow', Action, Resource: anyKey, Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/orders' } } },
    ]);
  });

  test('cannot be granted to a principal without an IAM policy, and the grant reports it', () => {
    const grant = CustomerManagedKey.fromAliasName(stack, 'Shared', 'orders').grantDecrypt(new iam.ServicePrincipal('sns.amazonaws.com'));
    expect(grant.success).toBe(false);
    expect(() => grant.assertSuccess()).toThrow();
  });

  describe('of a rotating key', () => {
    const WARNING = 'alias: is the alias of a rotating key, and these grants cover only its current generation';
    const warningsOf = (key: IKeyAlias) => JSON.stringify(key.node.metadata);

    test('is a warning, whichever of the two is declared first', () => {
      const before = CustomerManagedKey.fromAliasName(stack, 'Before', 'orders');
      new RotatingKey(stack, 'Orders', { alias: 'orders' });
      const after = CustomerManagedKey.fromAliasName(stack, 'After', 'alias/orders');
      expect(complaintsOf(stack)).toBe('');
      for (const key of [before, after]) expect(warningsOf(key)).toContain(WARNING);
    });

    test('does not warn for another alias, or the same alias in another Region', () => {
      new RotatingKey(stack, 'Orders', { alias: 'orders' });
      const elsewhere = new Stack(stack.node.root as App, 'Elsewhere', { env: { account: stack.account, region: 'us-west-2' } });
      const keys = [
        CustomerManagedKey.fromAliasName(stack, 'Other', 'ledger'),
        CustomerManagedKey.fromAliasName(elsewhere, 'Same', 'orders'),
      ];
      expect([complaintsOf(stack), complaintsOf(elsewhere)]).toEqual(['', '']);
      for (const key of keys) expect(warningsOf(key)).not.toContain(WARNING);
    });
  });

  test('needs an alias that is valid in KMS', () => {
    CustomerManagedKey.fromAliasName(stack, 'Shared', 'alias/aws/s3');
    expect(complaintsOf(stack)).toContain('alias: name is reserved for AWS managed keys');
  });
});

test('grantImport allows import of key material, and not its deletion', () => {
  anImportedKey(stack).grantImport(aRole(stack, 'Operator'));
  expect(identityStatementsOf(stack)).toContainEqual(expect.objectContaining({
    Action: ['kms:DescribeKey', 'kms:ListKeyRotations', 'kms:ImportKeyMaterial', 'kms:RotateKeyOnDemand', 'kms:GetParametersForImport'],
  }));
});

test('material operators import and rotate, and cannot use the key', () => {
  anImportedKey(stack, { materialOperators: [aRole(stack, 'Operator')] });
  expect(keyStatementsOf(stack).find(({ Sid }) => Sid === 'MaterialOperatorsImportAndRotateButCannotUse')!.Action).toEqual([
    'kms:DescribeKey', 'kms:GetParametersForImport', 'kms:ImportKeyMaterial', 'kms:DeleteImportedKeyMaterial', ...ROTATE,
  ]);
});
