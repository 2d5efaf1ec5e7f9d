import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CustomerManagedKey } from '../../../src/index';
import { aCustomerManagedKey } from '../../support/a-customer-managed-key';
import { aStack } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const role = () => new iam.ArnPrincipal('arn:aws:iam::111122223333:role/app');
const actions = ['kms:Decrypt'];
const resources = ['*'];
const allowed = (condition: iam.Conditions) => ({ actions, resources, principals: [new iam.AnyPrincipal()], conditions: condition });
const EVERY = 'every principal in AWS would be allowed';

const REFUSED: Record<string, [iam.PolicyStatementProps, string]> = {
  'no principal': [
    { actions, resources }, 'names no principal; set principals: a key policy applies to no principal by itself',
  ],
  'no resource': [
    { actions, principals: [role()] }, 'names no resource; allowed: *, which means this key; set resources: [\'*\']',
  ],
  'no action': [{ resources, principals: [role()] }, 'names no action; set actions'],
  'every principal except some': [{ actions, resources, notPrincipals: [role()] }, `${EVERY}, got NotPrincipal; allowed: named principals`],
  'a wildcard': [
    { actions, resources, principals: [new iam.ArnPrincipal('arn:aws:iam::111122223333:role/*')] },
    'principal has a wildcard, and an ARN in a key policy matches exactly, got arn:aws:iam::111122223333:role/*',
  ],
  'a group, denied': [
    { effect: iam.Effect.DENY, actions, resources, principals: [new iam.ArnPrincipal('arn:aws:iam::111122223333:group/devs')] },
    'principal is an IAM group, which cannot be a principal of a key policy',
  ],
  'a name': [{ actions, resources, principals: [new iam.ArnPrincipal('MyRole')] }, 'principal is not the ARN of a role or a user, got MyRole'],
  'every account': [allowed({ StringLike: { 'aws:PrincipalAccount': '*' } }), EVERY],
  'a role name in every account': [allowed({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/admin' } }), EVERY],
  'an account, or none': [allowed({ 'ForAllValues:StringEquals': { 'aws:PrincipalAccount': '111122223333' } }), EVERY],
};

describe.each<[string, (statement: iam.PolicyStatement) => CustomerManagedKey]>([
  ['of the property', (statement) => aCustomerManagedKey(stack, { statements: [statement] })],
  ['of addToResourcePolicy', (statement) => {
    const key = aCustomerManagedKey(stack);
    key.addToResourcePolicy(statement);
    return key;
  }],
])('a statement %s', (_, keyWith) => {
  test.each(Object.entries(REFUSED))('with %s is refused', (__, [props, problem]) => {
    const [found, ...others] = keyWith(new iam.PolicyStatement({ sid: 'Own', ...props })).node.validate();
    expect(found).toContain(`key policy, statement Own: ${problem}`);
    expect(others).toEqual([]);
  });

  test.each<[string, iam.PolicyStatementProps]>([
    ['an account', { actions, resources, principals: [new iam.AccountPrincipal('444455556666')] }],
    ['a deny for every principal except some', { effect: iam.Effect.DENY, actions, resources, notPrincipals: [role()] }],
    ['every principal of an organization', allowed({ StringEquals: { 'aws:principalorgid': 'o-a1b2c3d4e5' } })],
    ['a role of a named account', allowed({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/app-*' } })],
  ])('with %s is the decision of its author', (__, props) => {
    expect(keyWith(new iam.PolicyStatement({ sid: 'Own', ...props })).node.validate()).toEqual([]);
  });
});

describe('addToResourcePolicy of an existing key', () => {
  const statement = () => new iam.PolicyStatement({ actions, resources, principals: [role()] });
  const existing = () => CustomerManagedKey.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd');

  test('does nothing by default, and reports it', () => {
    expect(existing().addToResourcePolicy(statement())).toEqual({ statementAdded: false });
  });

  test('fails if nothing is not allowed', () => {
    expect(() => existing().addToResourcePolicy(statement(), false)).toThrow(
      'Stack/Key: the key policy of an existing key is not changed by this app, and allowNoOp is false; add the statement where the key is declared, or omit allowNoOp',
    );
  });

  test('and of a key of this app adds the statement', () => {
    expect(aCustomerManagedKey(stack).addToResourcePolicy(statement(), false)).toMatchObject({ statementAdded: true });
  });
});
