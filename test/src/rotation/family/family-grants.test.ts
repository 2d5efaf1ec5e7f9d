import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { RotatingKey } from '../../../../src/index';
import { aRotatingKey, declaredPolicyOf, statementsOf } from '../../../support/a-rotating-key';
import { aRole, aStack, complaintsOf } from '../../../support/a-stack';

let stack: Stack;
let consumers: Stack;
beforeEach(() => {
  stack = aStack();
  consumers = new Stack(stack.node.root as App, 'Consumers', { env: { account: stack.account, region: stack.region } });
});

const grantees = () => declaredPolicyOf(stack).filter(({ Sid }) => Sid === undefined);

const ENCRYPT = [
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext',
  'kms:ReEncryptTo',
];
const USE = [
  'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo',
];

describe('a principal of the same stack', () => {
  test.each<[string, (key: RotatingKey, role: iam.Role) => iam.Grant, string | string[]]>([
    ['grantEncrypt', (key, role) => key.grantEncrypt(role), ENCRYPT],
    ['grantDecrypt', (key, role) => key.grantDecrypt(role), 'kms:Decrypt'],
    ['grantEncryptDecrypt', (key, role) => key.grantEncryptDecrypt(role), USE],
  ])('is named in the key policy: %s', (_, grant, actions) => {
    const { principalStatements, resourceStatements } = grant(aRotatingKey(stack), aRole(stack, 'User'));
    expect(grantees()).toEqual([{ Effect: 'Allow', Action: actions, Principal: { AWS: expect.stringMatching(/^<User/) }, Resource: '*' }]);
    expect(statementsOf(stack, /^User/)).toEqual([]);
    expect([principalStatements.length, resourceStatements.length]).toEqual([0, 1]);
  });

  test('is a dependency of what depends on the grant', () => {
    const key = aRotatingKey(stack);
    const waiting = aRole(stack, 'Waiting');
    key.grantDecrypt(aRole(stack, 'User')).applyBefore(waiting);
    Template.fromStack(stack).hasResource('AWS::IAM::Role', {
      DependsOn: [stack.getLogicalId(key.node.findChild('Resource').node.defaultChild as never)],
    });
  });
});

/** Characters of an alias that are not digits. */
const NOT_DIGITS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/_-:'];

describe('a principal of another stack', () => {
  const asAliased = (actions: string | string[]) => [
    {
      Effect: 'Allow',
      Action: actions,
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':kms:eu-central-1:111122223333:key/*']] },
      Condition: {
        'ForAnyValue:StringLike': {
          'kms:ResourceAliases': ['alias/orders', 'alias/orders/g?', 'alias/orders/g??', 'alias/orders/g???', 'alias/orders/g????'],
        },
        'ForAllValues:StringNotLike': {
          'kms:ResourceAliases': ['*alias/orders/g0?*', ...NOT_DIGITS.map((character) => `*alias/orders/g*${character}*`)],
        },
        'StringEquals': { 'aws:ResourceTag/cdk-kms-lifecycle:family': 'alias/orders' },
      },
    },
  ];

  test('receives an IAM policy with a condition on the aliases, and no reference leads back', () => {
    const { principalStatements, resourceStatements } = aRotatingKey(stack).grantEncryptDecrypt(aRole(consumers, 'User'));
    expect(statementsOf(consumers, /^User/)).toEqual(asAliased(USE));
    expect(grantees()).toEqual([]);
    expect([principalStatements.length, resourceStatements.length]).toEqual([1, 0]);
    expect([stack.dependencies, consumers.dependencies]).toEqual([[], []]);
  });

  test('can depend on the stack of the key without a circular dependency', () => {
    consumers.addDependency(stack);
    aRotatingKey(stack).grantDecrypt(aRole(consumers, 'User'));
    expect(statementsOf(consumers, /^User/)).toEqual(asAliased('kms:Decrypt'));
    expect(complaintsOf(stack)).toBe('');
  });

  test('is named in the key policy if the stack of the key depends on its stack', () => {
    stack.addDependency(consumers);
    const grant = aRotatingKey(stack).grantDecrypt(aRole(consumers, 'User'));
    expect(grant.resourceStatements).toHaveLength(1);
    expect(grantees()).toHaveLength(1);
    expect(statementsOf(consumers, /^User/)).toEqual([]);
  });

  test('is named in the key policy if another principal of its stack is named there', () => {
    aRotatingKey(stack, { users: [aRole(consumers, 'Named')] }).grantDecrypt(aRole(consumers, 'User'));
    expect(grantees()).toHaveLength(1);
    expect(statementsOf(consumers, /^User/)).toEqual([]);
    expect(complaintsOf(stack)).toBe('');
  });
});

test.each<[string, iam.IGrantable]>([
  ['a service', new iam.ServicePrincipal('backup.amazonaws.com')],
  ['an ARN', new iam.ArnPrincipal('arn:aws:iam::111122223333:role/Elsewhere')],
])('%s can only be named in the key policy', (_, grantee) => {
  expect(aRotatingKey(stack).grantDecrypt(grantee).resourceStatements).toHaveLength(1);
  expect(grantees()).toHaveLength(1);
});

test.each([true, false])('a role that is referenced by its ARN is named in the key policy, mutable: %s', (mutable) => {
  const role = iam.Role.fromRoleArn(consumers, 'User', 'arn:aws:iam::111122223333:role/User', { mutable });
  expect(aRotatingKey(stack).grantDecrypt(role).resourceStatements).toHaveLength(1);
  expect(grantees()).toMatchObject([{ Principal: { AWS: 'arn:aws:iam::111122223333:role/User' } }]);
  Template.fromStack(consumers).resourceCountIs('AWS::IAM::Policy', 0);
});

test('a principal of another account is named in the key policy, and an annotation lists what its account must allow', () => {
  const theirs = iam.Role.fromRoleArn(stack, 'Theirs', 'arn:aws:iam::444455556666:role/Theirs');
  aRotatingKey(stack).grantDecrypt(theirs);
  expect(grantees()).toMatchObject([{ Action: 'kms:Decrypt', Principal: { AWS: 'arn:aws:iam::444455556666:role/Theirs' } }]);
  Annotations.fromStack(stack).hasInfo(
    '/Stack/Key',
    Match.stringLikeRegexp('account 444455556666; allow kms:Decrypt also in an IAM policy of that account'),
  );
});
