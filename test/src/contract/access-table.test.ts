import * as kms from '@aws-sdk/client-kms';
import { policyStatements, statementRows, type StatementPlace } from '../../../src/contract/policies/access-table';
import { ACTION_GROUPS, canApplyToKeys, readableOperations } from '../../../src/contract/policies/action-groups';
import { mayCall } from '../../support/policy-evaluator';
import { GuardedFamily, KEY_ACTIONS, PRINCIPALS, type CallerName } from '../../system/policies/guarded-family';

/** The rows of a whole policy. */
const accessTable = (where: string, document: unknown, place: StatementPlace) =>
  policyStatements(where, document).flatMap((statement) => statementRows(statement, place));

const ROLE = { 'Fn::GetAtt': ['OrdersRole', 'Arn'] };
const THIS_ACCOUNT = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']] };

const PERMISSION_WITHOUT_OPERATION = 'SynchronizeMultiRegionKey';

/** The rows of a key policy with one statement. */
function rowsOf(statement: object) {
  return accessTable(
    'OrdersKey',
    { Statement: [{ Effect: 'Allow', Principal: { AWS: ROLE }, Action: 'kms:Decrypt', Resource: '*', ...statement }] },
    { source: 'key policy' },
  );
}

const principalsOf = (principal: unknown) => rowsOf({ Principal: principal }).map((row) => row.principal);
const conditionsOf = (condition: object, effect = 'Allow') => rowsOf({ Condition: condition, Effect: effect })[0]?.conditions;

describe('action groups', () => {
  const groupsOf = (action: string) =>
    ACTION_GROUPS.filter(({ actions }) => actions.some((name) => `kms:${name}` === action)).map(({ description }) => description);

  test('every action on a key is in exactly one group, and a key policy can allow that group', () => {
    expect(KEY_ACTIONS.length).toBeGreaterThan(40);
    expect(KEY_ACTIONS.filter((action) => groupsOf(action).length !== 1 || !canApplyToKeys(action))).toEqual([]);
  });

  test('the groups contain every operation of KMS, and no action that KMS does not have', () => {
    const permissions = Object.keys(kms).filter((name) => /[a-z]Command$/.test(name)).map((name) => name.replace(/Command$/, ''))
      .flatMap((name) => name === 'ReEncrypt' ? ['ReEncryptFrom', 'ReEncryptTo'] : [name]);
    expect(ACTION_GROUPS.flatMap(({ actions }) => actions).sort()).toEqual([...permissions, PERMISSION_WITHOUT_OPERATION].sort());
  });

  test('the actions of a group are listed only if some of them are missing', () => {
    expect(readableOperations(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey']))
      .toEqual(['encrypts', 'generates data keys (GenerateDataKey)', 'decrypts', 'reads metadata (DescribeKey)']);
    expect(readableOperations(['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'])).toEqual(['manages aliases']);
  });

  test('actions are compared without regard to case', () => {
    expect(readableOperations(['KMS:decrypt'])).toEqual(['decrypts']);
  });

  test('a wildcard is kept, and its current matches are listed', () => {
    expect(readableOperations(['kms:ReEncrypt*'])).toEqual(['kms:ReEncrypt* (currently: re-encrypts from, re-encrypts to)']);
    expect(readableOperations(['kms:Decryp?'])).toEqual(['kms:Decryp? (currently: decrypts)']);
  });

  test.each(['kms:*', '*', 'KMS:*'])('%s is described as everything', (action) => {
    expect(readableOperations(['kms:Decrypt', action])).toEqual(['everything']);
  });

  test('an unknown action is kept as it is', () => {
    expect(readableOperations(['kms:Teleport', 'kms:Tele*', 's3:GetObject'])).toEqual(['kms:Teleport', 'kms:Tele*', 's3:GetObject']);
  });

  test('an action that creates or lists keys does not apply to a key; an unknown action can', () => {
    const about = [
      'kms:CreateKey',
      'kms:ListKeys',
      'kms:GenerateRandom',
      'kms:*CustomKeyStore*',
      's3:*',
      's3:GetObject',
      'kms:Decrypt',
      'kms:Teleport',
      'kms:List*',
      '*',
    ];
    expect(about.filter(canApplyToKeys)).toEqual(['kms:Decrypt', 'kms:Teleport', 'kms:List*', '*']);
  });
});

describe('principals', () => {
  test.each<[string, unknown, string[]]>([
    ['a role of the template, by its logical id', { AWS: ROLE }, ['OrdersRole']],
    ['a role by its ARN', { AWS: 'arn:aws:iam::111122223333:role/orders' }, ['arn:aws:iam::111122223333:role/orders']],
    [
      'a role by name in this account',
      { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/orders' } },
      ['arn:<partition>:iam::<account>:role/orders'],
    ],
    [
      'a role whose name the template refers to',
      { AWS: { 'Fn::Sub': 'arn:aws:iam::111122223333:role/${Orders}' } },
      ['arn:aws:iam::111122223333:role/<Orders>'],
    ],
    ['a role of another stack', { AWS: { 'Fn::ImportValue': 'Base:OrdersRole' } }, ['imported Base:OrdersRole']],
    ['an account by its root', { AWS: 'arn:aws-cn:iam::111122223333:root' }, ['account 111122223333 (IAM)']],
    ['an account by its number', { AWS: '111122223333' }, ['account 111122223333 (IAM)']],
    ['the account of the stack', { AWS: THIS_ACCOUNT }, ['this account (IAM)']],
    [
      'services',
      { Service: ['logs.amazonaws.com', { 'Fn::Sub': 's3.${AWS::URLSuffix}' }] },
      ['service logs.amazonaws.com', 'service s3.<URL suffix>'],
    ],
    ['every principal, as AWS', { AWS: ['*'] }, ['every principal']],
    ['every principal, as text', '*', ['every principal']],
    ['several kinds', { AWS: [ROLE, { Ref: 'AWS::NoValue' }], Federated: 'example.com' }, ['OrdersRole', 'federated example.com']],
    ['a value that is known only at deployment', { AWS: { 'Fn::Select': [0, { Ref: 'Roles' }] } }, ['{"Fn::Select":[0,{"Ref":"Roles"}]}']],
  ])('%s', (_, principal, expected) => {
    expect(principalsOf(principal)).toEqual(expected);
  });

  test('NotPrincipal is every principal except those listed', () => {
    expect(rowsOf({ Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: ROLE } })).toMatchObject([
      { principal: 'every principal except OrdersRole', effect: 'Deny' },
    ]);
  });
});

describe('accounts', () => {
  test('a statement that allows an account everything delegates to its IAM policies and allows no principal by itself', () => {
    expect(rowsOf({ Sid: 'Account', Principal: { AWS: '111122223333' }, Action: 'kms:*' })).toEqual([{
      principal: 'account 111122223333 (IAM)',
      effect: 'Allow',
      operations: ['IAM policies of account 111122223333 decide'],
      actions: ['kms:*'],
      conditions: [],
      sid: 'Account',
      source: 'key policy',
      decidedByIam: true,
    }]);
  });

  test('a statement that allows an account some actions delegates these to its IAM policies', () => {
    expect(rowsOf({ Principal: { AWS: THIS_ACCOUNT }, Action: ['kms:Decrypt', 'kms:Encrypt'] })[0]?.operations)
      .toEqual(['IAM policies of this account decide which principal encrypts, decrypts']);
  });

  test('a statement that denies an account denies every principal in it', () => {
    expect(rowsOf({ Effect: 'Deny', Principal: { AWS: '111122223333' } }))
      .toMatchObject([{ principal: 'account 111122223333 (every principal in it)', operations: ['decrypts'], decidedByIam: false }]);
  });
});

describe('conditions', () => {
  test('a kms:ViaService condition of an allowing statement is described in words', () => {
    expect(conditionsOf({ StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } } }))
      .toEqual(['only via s3.<region>.amazonaws.com']);
    expect(conditionsOf({ StringLike: { 'kms:ViaService': ['s3.*.amazonaws.com', 'ec2.eu-central-1.amazonaws.com'] } }))
      .toEqual(['only via s3.*.amazonaws.com or ec2.eu-central-1.amazonaws.com']);
  });

  test('a kms:ViaService condition of a denial or of a negated operator is not described as "only via"', () => {
    expect(conditionsOf({ StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } }, 'Deny'))
      .toEqual(['StringEquals kms:ViaService = s3.eu-central-1.amazonaws.com']);
    expect(conditionsOf({ StringNotEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } }))
      .toEqual(['StringNotEquals kms:ViaService = s3.eu-central-1.amazonaws.com']);
  });

  test('every other condition is described by operator, key and values, and none is lost', () => {
    expect(conditionsOf({
      'Bool': { 'kms:GrantIsForAWSResource': true },
      'ForAnyValue:StringLike': { 'kms:ResourceAliases': ['alias/orders', 'alias/orders/g*'], 'aws:PrincipalArn': ROLE },
    })).toEqual([
      'Bool kms:GrantIsForAWSResource = true',
      'ForAnyValue:StringLike kms:ResourceAliases = alias/orders, alias/orders/g*',
      'ForAnyValue:StringLike aws:PrincipalArn = OrdersRole',
    ]);
  });

  test('a statement under a template condition names that condition', () => {
    const statement = (Action: string) => ({ Effect: 'Allow', Principal: { AWS: ROLE }, Action, Resource: '*' });
    expect(
      accessTable(
        'OrdersKey',
        { Statement: [{ 'Fn::If': ['IsProduction', statement('kms:Decrypt'), { Ref: 'AWS::NoValue' }] }, statement('kms:Encrypt')] },
        { source: 'key policy' },
      ),
    ).toMatchObject([
      { operations: ['decrypts'], conditions: ['condition IsProduction of the template holds'] },
      { operations: ['encrypts'], conditions: [] },
    ]);
  });
});

test.each(Object.keys(PRINCIPALS).filter((caller) => caller !== 'root') as CallerName[])(
  'the access table of %s agrees with the policy evaluator',
  async (caller) => {
    const keyPolicy = new GuardedFamily().declared;
    const principalArn = PRINCIPALS[caller];
    const allowed = await Promise.all(
      KEY_ACTIONS.map(async (action) => ((await mayCall({ principalArn, keyPolicy, action })) ? [action] : [])),
    );
    const always = accessTable('OrdersKey', JSON.parse(keyPolicy), { source: 'key policy' }).filter(
      ({ principal, effect, conditions }) => principal === principalArn && effect === 'Allow' && conditions.length === 0,
    );
    expect([...new Set(always.flatMap(({ actions }) => actions))].sort()).toEqual(allowed.flat());
  },
);

test('rows are in the order of the statements, with their Sid and policy', () => {
  const document = {
    Statement: [
      {
        Sid: 'First',
        Effect: 'Allow',
        Principal: { AWS: [ROLE, 'arn:aws:iam::111122223333:role/audit'] },
        Action: 'kms:DescribeKey',
        Resource: '*',
      },
      { Sid: 'Second', Effect: 'Deny', Principal: '*', Action: 'kms:PutKeyPolicy', Resource: '*' },
    ],
  };
  expect(
    accessTable('OrdersKey', document, { source: 'key policy' }).map(({ sid, principal, effect, source }) => [
      sid,
      principal,
      effect,
      source,
    ]),
  ).toEqual([
    ['First', 'OrdersRole', 'Allow', 'key policy'],
    ['First', 'arn:aws:iam::111122223333:role/audit', 'Allow', 'key policy'],
    ['Second', 'every principal', 'Deny', 'key policy'],
  ]);
});

test('a statement with NotAction is described as everything except its actions', () => {
  expect(rowsOf({ Action: undefined, NotAction: ['kms:Decrypt', 'kms:CreateGrant'] })).toMatchObject([
    { operations: ['everything except: decrypts, creates grants'], actions: ['*'], exceptActions: ['kms:Decrypt', 'kms:CreateGrant'] },
  ]);
});

test('a policy that cannot be read is refused as a whole', () => {
  expect(() => rowsOf({ Effect: 'Maybe' })).toThrow(
    /^OrdersKey: effect of a policy statement is neither Allow nor Deny, got .*"Maybe".*; allowed: a policy document .*; compare it with/,
  );
  expect(() => rowsOf({ Action: undefined })).toThrow(/^OrdersKey: policy statement has neither Action nor NotAction, got /);
  expect(() => rowsOf({ Principal: undefined })).toThrow(/^OrdersKey: policy statement has no principal, got /);
  expect(() => accessTable('OrdersKey', '{}', { source: 'key policy' })).toThrow(/^OrdersKey: policy cannot be read, got "{}"/);
  expect(() => accessTable('OrdersKey', {}, { source: 'key policy' })).toThrow(/^OrdersKey: policy cannot be read, got nothing/);
});
