import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { anImportedKey, aRole, aStack, onlyResource } from '../../support/a-stack';

const ADMINISTER = [
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'kms:ListKeyPolicies',
  'kms:PutKeyPolicy',
  'kms:UpdateKeyDescription',
  'kms:EnableKey',
  'kms:DisableKey',
  'kms:GetKeyLastUsage',
  'kms:GetKeyRotationStatus',
  'kms:RotateKeyOnDemand',
  'kms:ListKeyRotations',
  'kms:GetParametersForImport',
  'kms:ImportKeyMaterial',
  'kms:DeleteImportedKeyMaterial',
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
const MAKE = [
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext',
];
const USE = ['kms:DescribeKey', ...MAKE, 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

interface Statement {
  readonly Sid: string;
  readonly Action: string | string[];
  readonly Principal: object;
  readonly Resource: unknown;
}

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const statements = () => (onlyResource(stack, 'AWS::KMS::Key').Properties.KeyPolicy as unknown as { Statement: Statement[] }).Statement;
const arnOf = (role: iam.Role) => ({ AWS: stack.resolve(role.roleArn) as string });

/** The statements on the side of the grantee. */
function identityStatements(role: iam.Role): Statement[] {
  const policies = Object.values(
    Template.fromStack(stack).findResources('AWS::IAM::Policy', { Properties: { Roles: [stack.resolve(role.roleName)] } }),
  );
  return policies.flatMap(
    (policy) => (policy as { Properties: { PolicyDocument: { Statement: Statement[] } } }).Properties.PolicyDocument.Statement,
  );
}

test('the Sids of the whole policy read as sentences', () => {
  const [security, service] = [aRole(stack, 'Security'), aRole(stack, 'Service')];
  anImportedKey(stack, { administrators: [security], users: [service] });
  const importer = { AWS: { 'Fn::GetAtt': [expect.stringMatching(/^KmsKeyMaterialImporterRole/), 'Arn'] } };
  expect(statements()).toEqual([
    {
      Sid: 'AccountMayDelegateAccessByIam',
      Effect: 'Allow',
      Action: 'kms:*',
      Resource: '*',
      Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::111122223333:root']] } },
    },
    { Sid: 'AdministratorsManageButCannotUse', Effect: 'Allow', Principal: arnOf(security), Action: ADMINISTER, Resource: '*' },
    { Sid: 'UsersEncryptAndDecryptButCannotManage', Effect: 'Allow', Principal: arnOf(service), Action: USE, Resource: '*' },
    {
      Sid: 'ImporterImportsKeyMaterialButCannotUseTheKey',
      Effect: 'Allow',
      Principal: importer,
      Resource: '*',
      Action: ['kms:DescribeKey', 'kms:ListKeyRotations', 'kms:ImportKeyMaterial', 'kms:RotateKeyOnDemand'],
    },
    {
      Sid: 'ImporterWrapsKeyMaterialAsDeclared',
      Effect: 'Allow',
      Principal: importer,
      Resource: '*',
      Action: 'kms:GetParametersForImport',
      Condition: { StringEquals: { 'kms:WrappingAlgorithm': 'RSAES_OAEP_SHA_256', 'kms:WrappingKeySpec': 'RSA_4096' } },
    },
  ]);
});

test('an administrator can neither use the key nor create a grant', () => {
  expect(ADMINISTER.filter((action) => [...USE, 'kms:CreateGrant'].includes(action))).toEqual(['kms:DescribeKey']);
});

test('a user has no action of an administrator, except DescribeKey', () => {
  expect(USE.filter((action) => ADMINISTER.includes(action))).toEqual(['kms:DescribeKey']);
});

test('a property without principals adds no statement', () => {
  anImportedKey(stack);
  expect(statements().map(({ Sid }) => Sid)).toEqual([
    'AccountMayDelegateAccessByIam', 'ImporterImportsKeyMaterialButCannotUseTheKey', 'ImporterWrapsKeyMaterialAsDeclared',
  ]);
});

test('services are users like roles', () => {
  const role = new iam.ArnPrincipal('arn:aws:iam::999999999999:role/partner');
  anImportedKey(stack, { users: [new iam.ServicePrincipal('logs.amazonaws.com'), role] });
  expect(statements()[1]).toMatchObject({
    Principal: { Service: 'logs.amazonaws.com', AWS: 'arn:aws:iam::999999999999:role/partner' },
  });
});

describe('the importer', () => {
  test('has KMS permissions only in the key policy, and IAM permissions only for its log and the secret', () => {
    anImportedKey(stack);
    const { Properties } = onlyResource(stack, 'AWS::IAM::Policy');
    expect((Properties.PolicyDocument as unknown as { Statement: unknown }).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^KmsKeyMaterialImporterLog/), 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
        Resource: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:bytes-AbCdEf',
      },
      {
        Effect: 'Allow',
        Action: 'secretsmanager:UpdateSecretVersionStage',
        Resource: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:bytes-AbCdEf',
        Condition: { 'ForAnyValue:StringLike': { 'secretsmanager:VersionStage': 'cdk-kms-lifecycle/*' } },
      },
    ]);
    expect(onlyResource(stack, 'AWS::IAM::Role').Properties).not.toHaveProperty('ManagedPolicyArns');
  });
});

describe('grants follow the permissions of KMS', () => {
  const keyArn = () => ({ 'Fn::GetAtt': [onlyResource(stack, 'Custom::KmsKeyMaterial').logicalId, 'KeyArn'] });

  test.each([
    ['grantDecrypt', 'kms:Decrypt'],
    ['grantEncrypt', [...MAKE, 'kms:ReEncryptTo']],
    ['grantEncryptDecrypt', USE],
    ['grantReEncryptFrom', 'kms:ReEncryptFrom'],
    ['grantReEncryptTo', 'kms:ReEncryptTo'],
  ] as const)('%s gives exactly %j, on this key only', (verb, Action) => {
    const role = aRole(stack, 'Grantee');
    const before = anImportedKey(stack);
    before[verb](role);
    expect(identityStatements(role)).toEqual([{ Effect: 'Allow', Action, Resource: keyArn() }]);
    expect(statements()).toHaveLength(3);
  });

  test('a service, which has no IAM policy, is allowed by the key policy', () => {
    anImportedKey(stack).grantDecrypt(new iam.ServicePrincipal('sns.amazonaws.com'));
    expect(statements().at(-1)).toEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Principal: { Service: 'sns.amazonaws.com' },
      Resource: '*',
    });
  });

  test('a role of another account is allowed by the key policy, and an annotation lists what that account must allow', () => {
    const key = anImportedKey(stack);
    const foreign = iam.Role.fromRoleArn(stack, 'Foreign', 'arn:aws:iam::999999999999:role/partner');
    key.grantDecrypt(foreign);
    expect(statements().at(-1)).toEqual({
      Effect: 'Allow', Action: 'kms:Decrypt', Principal: { AWS: 'arn:aws:iam::999999999999:role/partner' }, Resource: '*',
    });
    expect(JSON.stringify(key.node.metadata)).toContain('allow kms:Decrypt on the ARN of this key in an IAM policy of that account');
  });

  test.each(['grantSign', 'grantVerify', 'grantSignVerify', 'grantGenerateMac', 'grantVerifyMac'] as const)(
    '%s is an error, since the key cannot',
    (verb) => {
      const key = anImportedKey(stack);
      expect(() => key[verb](aRole(stack, 'Grantee'))).toThrow(
        /^Stack\/Key: a key of spec SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT cannot .+; set keyUsage to \w+, or use another key/,
      );
    },
  );
});
