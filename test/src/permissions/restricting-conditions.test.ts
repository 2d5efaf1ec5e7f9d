import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RotatingKey } from '../../../src/index';
import { aCustomerManagedKey } from '../../support/a-customer-managed-key';
import { aStack, complaintsOf } from '../../support/a-stack';

const OWN = '111122223333';
const PARTNER = '444455556666';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const every = (conditions: iam.Conditions) => new iam.AnyPrincipal().withConditions(conditions);
const partner = (conditions: iam.Conditions) => new iam.AccountPrincipal(PARTNER).withConditions(conditions);
const own = (conditions: iam.Conditions) => new iam.AccountRootPrincipal().withConditions(conditions);
const like = (key: string, ...values: string[]): iam.Conditions => ({ StringLike: { [key]: values } });
const arnLike = (key: string, ...values: string[]): iam.Conditions => ({ ArnLike: { [key]: values } });
const TOPIC = `arn:aws:sns:eu-central-1:${OWN}:orders`;

type Row = readonly [string, (conditions: iam.Conditions) => iam.IGrantable, iam.Conditions];

const RESTRICT_NOTHING: readonly Row[] = [
  ['an organization with a wildcard', every, like('aws:PrincipalOrgID', 'o-*')],
  ['one organization, and each that begins like one', every, like('aws:PrincipalOrgID', 'o-a1b2c3d4e5', 'o-z*')],
  ['an account with a wildcard', every, like('aws:PrincipalAccount', '1*')],
  ['an account that ends with a digit', every, like('kms:CallerAccount', '???????????3')],
  ['the account of the caller', every, { StringEquals: { 'aws:PrincipalAccount': '${aws:PrincipalAccount}' } }],
  ['the organization of the caller', every, { StringEquals: { 'aws:PrincipalOrgID': '${aws:PrincipalOrgID, \'o-a1b2c3d4e5\'}' } }],
  ['the path of each organization', every, like('aws:PrincipalOrgPaths', 'o-*/*')],
  ['a source account with a wildcard', every, like('aws:SourceAccount', '4*')],
  ['each bucket', every, arnLike('aws:SourceArn', 'arn:aws:s3:::*')],
  ['a bucket whose name another account can take', every, arnLike('aws:SourceArn', 'arn:aws:s3:::orders')],
  ['each function of each account', every, arnLike('aws:SourceArn', 'arn:aws:lambda:*:*:function:*')],
  ['a source whose name contains an account', every, like('aws:SourceArn', `arn:aws:*:*:${OWN}:*`)],
  ['each role of an account', partner, arnLike('aws:PrincipalArn', `arn:aws:iam::${PARTNER}:r*`)],
  ['each principal of an account', partner, like('aws:PrincipalArn', 'a*')],
  ['each role with a name', partner, arnLike('aws:PrincipalArn', `arn:aws:iam::${PARTNER}:role/*`)],
  ['each role with a name that ends like one', partner, arnLike('aws:PrincipalArn', `arn:aws:iam::${PARTNER}:role/*app`)],
  ['one role, and each user', partner, arnLike('aws:PrincipalArn', `arn:aws:iam::${PARTNER}:role/app`, `arn:aws:iam::${PARTNER}:user/*`)],
  ['the caller itself', partner, { ArnEquals: { 'aws:PrincipalArn': '${aws:PrincipalArn}' } }],
  ['each role of the own account', own, arnLike('aws:PrincipalArn', `arn:aws:iam::${OWN}:role/*`)],
  ['each id of a role or user', own, like('aws:userid', 'A*')],
  ['each user', own, like('aws:username', '?*')],
  ['each service', own, like('kms:ViaService', '*.amazonaws.com')],
  ['each service in a chain of calls', own, { 'ForAnyValue:StringLike': { 'aws:CalledVia': ['*.amazonaws.com'] } }],
  ['the organization of the account', own, like('aws:PrincipalOrgPaths', 'o-a1b2c3d4e5/*')],
];

const RESTRICT: readonly Row[] = [
  ['an organization', every, { StringEquals: { 'aws:principalorgid': 'o-a1b2c3d4e5' } }],
  ['the organization of the key', every, { StringEquals: { 'aws:PrincipalOrgID': '${aws:ResourceOrgID}' } }],
  ['two accounts', every, { StringEquals: { 'aws:PrincipalAccount': [OWN, PARTNER] } }],
  ['the account of the stack', every, { StringEquals: { 'kms:CallerAccount': new Stack(new App(), 'Elsewhere').account } }],
  ['an organizational unit', every, { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': ['o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*'] } }],
  ['roles of an account by the beginning of their names', every, arnLike('aws:PrincipalArn', `arn:aws:iam::${PARTNER}:role/app-*`)],
  ['a topic', every, { ArnEquals: { 'aws:SourceArn': TOPIC } }],
  ['the functions of an account in each Region', every, arnLike('aws:SourceArn', `arn:aws:lambda:*:${OWN}:function:*`)],
  ['a bucket of an account', every, {
    StringEquals: { 'aws:SourceAccount': OWN }, ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::orders' },
  }],
  ['roles of another account by the beginning of their names', partner, arnLike('aws:PrincipalArn', `arn:aws:iam::${PARTNER}:role/app-*`)],
  ['roles below a path', partner, arnLike('aws:PrincipalArn', 'arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*')],
  ['a user', partner, { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${PARTNER}:user/app` } }],
  ['a tag', own, { StringEquals: { 'aws:PrincipalTag/team': 'orders' } }],
  ['the id of a role, in each session', own, like('aws:userid', 'AROAEXAMPLEEXAMPLEEXA:*')],
  ['users by the beginning of their names', own, like('aws:username', 'app-*')],
  ['a service in each Region', own, like('kms:ViaService', 's3.*.amazonaws.com')],
  ['a service in a chain of calls', own, { 'ForAnyValue:StringEquals': { 'aws:CalledVia': ['athena.amazonaws.com'] } }],
];

const USERS: readonly [string, (users: iam.IGrantable[]) => unknown][] = [
  ['users of a CustomerManagedKey', (users) => aCustomerManagedKey(stack, { users })],
  ['users of a RotatingKey', (users) => new RotatingKey(stack, 'Key', { alias: 'orders', users })],
];
const problemsWith = (declare: (users: iam.IGrantable[]) => unknown, user: iam.IGrantable) => {
  declare([user]);
  return complaintsOf(stack);
};

describe.each(USERS)('%s', (_, declare) => {
  test.each(RESTRICT_NOTHING)('are refused with a condition that restricts nothing: %s', (__, principal, conditions) => {
    expect(problemsWith(declare, principal(conditions))).toMatch(/users(\[0\])?: principal is (every principal in AWS|a whole account)/);
  });

  test.each(RESTRICT)('are accepted with a condition that restricts them: %s', (__, principal, conditions) => {
    expect(problemsWith(declare, principal(conditions))).toBe('');
  });
});

test.each(RESTRICT_NOTHING)('a grant to them is refused: %s', (_, principal, conditions) => {
  const key = aCustomerManagedKey(stack);
  expect(() => key.grantDecrypt(principal(conditions))).toThrow(/is (every principal in AWS|a whole account)/);
});

describe.each([['actions', { actions: ['kms:Decrypt'] }], ['NotAction', { notActions: ['kms:PutKeyPolicy'] }]])(
  'a statement with %s for every principal', (_, actions) => {
    const ofEvery = (rows: readonly Row[]) => rows.filter(([, principal]) => principal === every);
    const problems = (conditions: iam.Conditions) => {
      const statement = new iam.PolicyStatement({ ...actions, resources: ['*'], principals: [new iam.AnyPrincipal()], conditions });
      aCustomerManagedKey(stack, { statements: [statement] });
      return complaintsOf(stack);
    };
    test.each(ofEvery(RESTRICT_NOTHING))('is refused: %s', (__, ___, conditions) => {
      expect(problems(conditions)).toContain('every principal in AWS would be allowed');
    });
    test.each(ofEvery(RESTRICT))('is accepted: %s', (__, ___, conditions) => {
      expect(problems(conditions)).toBe('');
    });
  });
