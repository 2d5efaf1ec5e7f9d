import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CustomerManagedKey, GrantOperation, KmsGrant } from '../../../src/index';
import { aStack } from '../../support/a-stack';
import { ACCOUNT, KEY_ARN } from '../../support/policy-evaluator';

const READER = `arn:aws:iam::${ACCOUNT}:role/reader`;
const OTHER_KEY_ARN = KEY_ARN.replace('1234abcd', '00000000');

let stack: Stack;
beforeEach(() => { stack = aStack(); });

function aGrant(id: string, keyArn: string, operations: GrantOperation[], encryptionContextSubset?: Record<string, string>): void {
  const key = CustomerManagedKey.fromKeyArn(stack, `KeyOf${id}`, keyArn);
  new KmsGrant(stack, id, { key, grantee: new iam.ArnPrincipal(READER), operations, encryptionContextSubset });
}

/** How many resources there are of each type. */
function resourceCounts(): Record<string, number> {
  const counts: Record<string, number> = {};
  const resources = Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>;
  for (const { Type } of Object.values(resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}

/**
 * The statements of every IAM policy in the template, by the path of the policy, with logical ids without their hashes.
 */
function statements(): Record<string, unknown> {
  const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy') as Record<
    string,
    { Properties: { PolicyDocument: { Statement: unknown } } }
  >;
  const withoutHashes = JSON.stringify(Object.entries(policies).map(([id, { Properties }]) => [id, Properties.PolicyDocument.Statement]))
    .replaceAll(/([A-Za-z]+)[0-9A-F]{8}"/g, '$1"');
  return Object.fromEntries(JSON.parse(withoutHashes) as [string, unknown][]);
}

const CREATOR = { 'Fn::GetAtt': ['KmsGrantCreatorRole', 'Arn'] };
const WRITES_ITS_LOG = [
  { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': ['KmsGrantCreatorLog', 'Arn'] } },
];
const endsGrantsOn = (keyArn: string) => ({ Effect: 'Allow', Action: ['kms:ListGrants', 'kms:RevokeGrant'], Resource: keyArn });

test('one grant is seven resources, and its function may create this grant and revoke grants of its key', () => {
  aGrant('Reads', KEY_ARN, [GrantOperation.DECRYPT, GrantOperation.DESCRIBE_KEY], { tenant: '7' });
  expect(resourceCounts()).toEqual({
    'AWS::IAM::Policy': 2,
    'AWS::IAM::Role': 1,
    'AWS::Lambda::EventInvokeConfig': 1,
    'AWS::Lambda::Function': 1,
    'AWS::Logs::LogGroup': 1,
    'Custom::KmsGrant': 1,
  });
  expect(statements()).toEqual({
    KmsGrantCreatorRoleDefaultPolicy: WRITES_ITS_LOG,
    ReadsPermissions: [endsGrantsOn(KEY_ARN), {
      Effect: 'Allow',
      Action: 'kms:CreateGrant',
      Resource: KEY_ARN,
      Condition: {
        'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Decrypt', 'DescribeKey'], 'kms:EncryptionContextKeys': ['tenant'] },
        'StringEquals': {
          'kms:GranteePrincipal': READER,
          'kms:RetiringPrincipal': CREATOR,
          'kms:GrantConstraintType': 'EncryptionContextSubset',
          'kms:EncryptionContext:tenant': '7',
        },
      },
    }],
  });
});

test('only Lambda can assume the role of the function, which has no AWS managed policy', () => {
  aGrant('Reads', KEY_ARN, [GrantOperation.DECRYPT]);
  const [role] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role')) as { Properties: Record<string, unknown> }[];
  expect(role?.Properties).toEqual({
    Description: expect.any(String),
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
    },
  });
});

test('an event that is older than the timeout of CloudFormation is dropped', () => {
  aGrant('Reads', KEY_ARN, [GrantOperation.DECRYPT]);
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumEventAgeInSeconds: 900 });
});

test('two grants share one function, and each adds a policy for its key', () => {
  aGrant('Reads', KEY_ARN, [GrantOperation.DECRYPT]);
  aGrant('Writes', OTHER_KEY_ARN, [GrantOperation.ENCRYPT]);
  const makes = (keyArn: string, operation: string) => ({
    Effect: 'Allow',
    Action: 'kms:CreateGrant',
    Resource: keyArn,
    Condition: {
      'ForAllValues:StringEquals': { 'kms:GrantOperations': [operation] },
      'StringEquals': { 'kms:GranteePrincipal': READER, 'kms:RetiringPrincipal': CREATOR },
    },
  });
  expect(resourceCounts()).toMatchObject({ 'AWS::Lambda::Function': 1, 'AWS::IAM::Role': 1, 'Custom::KmsGrant': 2 });
  expect(statements()).toEqual({
    KmsGrantCreatorRoleDefaultPolicy: WRITES_ITS_LOG,
    ReadsPermissions: [endsGrantsOn(KEY_ARN), makes(KEY_ARN, 'Decrypt')],
    WritesPermissions: [endsGrantsOn(OTHER_KEY_ARN), makes(OTHER_KEY_ARN, 'Encrypt')],
  });
});
