import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { resolveIntrinsics } from '../../../local/cloudformation/resolve-intrinsics';
import { CustomerManagedKey, KeyPosture, RotatingKey } from '../../../src/index';
import { generationsCondition } from '../../../src/rotation/family/generations-condition';
import { aCustomerManagedKey, keyStatementsOf } from '../../support/a-customer-managed-key';
import { declaredPolicyOf, statementsOf } from '../../support/a-rotating-key';
import { aStack } from '../../support/a-stack';
import { ACCOUNT, mayCall } from '../../support/policy-evaluator';

const arn = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;
const PARTNER = '444455556666';
const MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
const AT_WORK = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
const principal = (name: string, conditions?: iam.Conditions, account = ACCOUNT) => {
  const unconditional = new iam.ArnPrincipal(arn(name, account));
  return conditions === undefined ? unconditional : unconditional.withConditions(conditions);
};

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const PSEUDO_PARAMETERS = new Map([['AWS::Partition', { ref: 'aws', attributes: {} }]]);
/** Without the delegation to IAM, so that only the statement under test allows. */
const declared = (statements: readonly object[]) => JSON.stringify({
  Version: '2012-10-17',
  Statement: (resolveIntrinsics(statements, PSEUDO_PARAMETERS) as { Sid?: string }[]).filter(({ Sid }) => !Sid?.startsWith('Account')),
});
const may = (keyPolicy: string, name: string, context: Record<string, string> = {}, account = ACCOUNT) => mayCall({
  principalArn: arn(name, account),
  keyPolicy,
  action: 'kms:Decrypt',
  context,
  identityStatements:
    account === ACCOUNT ? [] : [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

describe('principals with and without conditions in one list', () => {
  const people = () => [principal('night', MFA), principal('service'), principal('office', AT_WORK), principal('deputy', MFA)];

  test.each<[string, () => readonly { Sid?: string; Principal?: unknown; Condition?: unknown }[]]>([
    ['CustomerManagedKey', () => {
      aCustomerManagedKey(stack, { users: people() });
      return keyStatementsOf(stack);
    }],
    ['RotatingKey', () => {
      new RotatingKey(stack, 'Key', { alias: 'orders', users: people() });
      return declaredPolicyOf(stack);
    }],
  ])('have a statement for each set of conditions, which nothing drops or widens: %s', async (_, build) => {
    const statements = build();
    const ofUsers = statements.filter(({ Sid }) => Sid?.startsWith('Users'));
    expect(ofUsers.map(({ Sid, Principal, Condition }) => [Sid, Principal, Condition])).toEqual([
      ['UsersEncryptAndDecryptButCannotManage', { AWS: arn('service') }, undefined],
      ['UsersEncryptAndDecryptButCannotManageUnderConditions', { AWS: [arn('night'), arn('deputy')] }, MFA],
      ['UsersEncryptAndDecryptButCannotManageUnderConditions2', { AWS: arn('office') }, AT_WORK],
    ]);
    const policy = declared(ofUsers);
    const withMfa = { 'aws:MultiFactorAuthPresent': 'true' };
    const atWork = { 'aws:SourceIp': '203.0.113.7' };
    const answers = await Promise.all(['service', 'night', 'deputy', 'office', 'stranger'].map(async (name) =>
      [name, await may(policy, name), await may(policy, name, withMfa), await may(policy, name, atWork)]));
    expect(answers).toEqual([
      ['service', true, true, true],
      ['night', false, true, false],
      ['deputy', false, true, false],
      ['office', false, false, true],
      ['stranger', false, false, false],
    ]);
  });

  test('keep the conditions of the property, too', async () => {
    aCustomerManagedKey(stack, {
      otherAccounts: [principal('night', MFA, PARTNER), principal('service', undefined, PARTNER)], organizationId: 'o-a1b2c3d4e5',
    });
    const policy = declared(keyStatementsOf(stack));
    const inOrganization = { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' };
    const withMfa = { 'aws:MultiFactorAuthPresent': 'true' };
    const answer = (name: string, context: Record<string, string>) => may(policy, name, context, PARTNER);
    expect(await Promise.all([
      answer('service', {}), answer('service', inOrganization),
      answer('night', withMfa), answer('night', inOrganization), answer('night', { ...inOrganization, ...withMfa }),
    ])).toEqual([false, true, false, false, true]);
  });

  test('are refused if one condition would replace another', () => {
    const ofAnotherOrganization = principal('partner', { StringEquals: { 'aws:PrincipalOrgID': 'o-zzzzzzzzzz' } }, PARTNER);
    expect(() => aCustomerManagedKey(stack, { otherAccounts: [ofAnotherOrganization], organizationId: 'o-a1b2c3d4e5' })).toThrow(
      'OtherAccountsEncryptAndDecryptButCannotManage: a principal has a condition on a key on which the statement has another condition, ' +
        'and only one would be kept, got StringEquals aws:PrincipalOrgID = "o-zzzzzzzzzz" of the principal, and "o-a1b2c3d4e5" of the ' +
        'statement; remove the condition from the principal, or allow the principal in a statement of its own',
    );
  });

  test('of the posture are kept, too', () => {
    aCustomerManagedKey(stack, {
      administrators: [principal('security')], posture: KeyPosture.breakGlass(principal('emergency', MFA), principal('deployment')),
    });
    expect(keyStatementsOf(stack).find(({ Sid }) => Sid === 'BreakGlassManagesButCannotUse')).toMatchObject({ Condition: MFA });
  });
});

/** The AWS CDK itself drops the conditions of a principal here. */
describe('a grant in the IAM policy of a principal with conditions has these conditions', () => {
  const ALIAS = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/orders' } };
  const FAMILY = generationsCondition('alias/orders');
  test.each<[string, (grantee: iam.IGrantable) => iam.Grant, object]>([
    ['CustomerManagedKey', (grantee) => aCustomerManagedKey(stack).grantDecrypt(grantee), MFA],
    ['CustomerManagedKey.fromKeyArn', (grantee) =>
      CustomerManagedKey.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd').grantDecrypt(grantee), MFA],
    ['CustomerManagedKey.fromAliasName', (grantee) =>
      CustomerManagedKey.fromAliasName(stack, 'Key', 'orders').grantDecrypt(grantee), { ...MFA, ...ALIAS }],
    ['RotatingKey.fromAliasName', (grantee) => RotatingKey.fromAliasName(stack, 'Key', 'orders').grantDecrypt(grantee), { ...MFA, ...FAMILY }],
  ])('%s', (_, grant, conditions) => {
    const role = new iam.Role(stack, 'Reader', { assumedBy: new iam.AccountRootPrincipal() });
    expect(grant(new iam.PrincipalWithConditions(role, MFA)).success).toBe(true);
    expect(statementsOf(stack, /^Reader/).map(({ Action, Condition }) => ({ Action, Condition }))).toEqual([
      { Action: 'kms:Decrypt', Condition: conditions },
    ]);
  });
});
