import { type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct, IConstruct } from 'constructs';
import { KeyPosture, RotatingKey, ServiceUser } from '../../../src/index';
import { aCustomerManagedKey } from '../../support/a-customer-managed-key';
import { anImportedKey, aRole, aStack } from '../../support/a-stack';
import { TwoRegions } from '../../support/two-regions';

const ACCOUNT = '111122223333';
const PARTNER = '444455556666';
const roleArn = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;
const deployment = () => new iam.ArnPrincipal(roleArn('deployment'));
const arnLike = (pattern: string) => ({ ArnLike: { 'aws:PrincipalArn': pattern } });

let stack: Stack;
beforeEach(() => { stack = aStack(); });

type Principals = Record<string, (scope: Construct) => iam.IGrantable>;

const EVERY = 'principal is every principal in AWS, got *; allowed: roles and users by their ARNs; name the principals';
const ACCOUNT_OF = (account: string) =>
  `principal is a whole account: every principal that IAM policies of that account allow, got ${account}; allowed: roles and users by their ARNs; name each role`;
const GROUP = 'principal is an IAM group, which cannot be a principal of a key policy, got';
const WILDCARD = 'principal has a wildcard, and an ARN in a key policy matches exactly, got';
const NO_ARN = 'principal is not the ARN of a role or a user, got';

const REFUSED: Record<string, [(scope: Construct) => iam.IGrantable, string]> = {
  'every principal': [() => new iam.AnyPrincipal(), EVERY],
  'the literal *': [() => new iam.StarPrincipal(), EVERY],
  '* as an ARN': [() => new iam.ArnPrincipal('*'), EVERY],
  'every principal, with a condition that restricts none': [
    () => new iam.AnyPrincipal().withConditions({ Bool: { 'aws:SecureTransport': 'true' } }), EVERY,
  ],
  'every principal of any account whose role has a name': [
    () => new iam.AnyPrincipal().withConditions(arnLike('arn:aws:iam::*:role/admin')), EVERY,
  ],
  'every principal that calls through a service': [() => new kms.ViaServicePrincipal('s3.eu-central-1.amazonaws.com'), EVERY],
  'another account': [() => new iam.AccountPrincipal(PARTNER), ACCOUNT_OF(`arn:<partition>:iam::${PARTNER}:root`)],
  'another account by the ARN of its root': [
    () => new iam.ArnPrincipal(`arn:aws:iam::${PARTNER}:root`), ACCOUNT_OF(`arn:aws:iam::${PARTNER}:root`),
  ],
  'another account by its number': [() => new iam.ArnPrincipal(PARTNER), ACCOUNT_OF(PARTNER)],
  'another account with MFA': [
    () => new iam.AccountPrincipal(PARTNER).withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
    ACCOUNT_OF(`arn:<partition>:iam::${PARTNER}:root`),
  ],
  'another account, by a pattern that matches each of its roles': [
    () => new iam.AccountPrincipal(PARTNER).withConditions(arnLike(`arn:aws:iam::${PARTNER}:role/*`)),
    ACCOUNT_OF(`arn:<partition>:iam::${PARTNER}:root`),
  ],
  'another account through a service': [
    () => new kms.ViaServicePrincipal('s3.eu-central-1.amazonaws.com', new iam.AccountPrincipal(PARTNER)),
    ACCOUNT_OF(`arn:<partition>:iam::${PARTNER}:root`),
  ],
  'the own account': [() => new iam.AccountRootPrincipal(), ACCOUNT_OF(`arn:<partition>:iam::${ACCOUNT}:root`)],
  'a role and an account': [
    () => new iam.CompositePrincipal(new iam.ArnPrincipal(roleArn('a')), new iam.AccountPrincipal(PARTNER)),
    ACCOUNT_OF(`arn:<partition>:iam::${PARTNER}:root`),
  ],
  'a group by its ARN': [() => new iam.ArnPrincipal(`arn:aws:iam::${ACCOUNT}:group/devs`), GROUP],
  'a wildcard for roles': [() => new iam.ArnPrincipal(roleArn('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_*')), WILDCARD],
  'a question mark': [() => new iam.ArnPrincipal(roleArn('app-?')), WILDCARD],
  'the name of a role': [() => new iam.ArnPrincipal('MyRole'), NO_ARN],
  'the unique id of a deleted role': [() => new iam.ArnPrincipal('AROAEXAMPLEEXAMPLEEXA'), NO_ARN],
  'the ARN of a policy': [() => new iam.ArnPrincipal(`arn:aws:iam::${ACCOUNT}:policy/p`), NO_ARN],
  'the ARN of a function': [() => new iam.ArnPrincipal(`arn:aws:lambda:eu-central-1:${ACCOUNT}:function:f`), NO_ARN],
  'a function whose role is not known': [
    (scope) => lambda.Function.fromFunctionArn(scope, 'Function', `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:f`),
    'value is not a principal that this app knows, got a resource without a known role, or nothing; allowed: roles and users by their ARNs; pass the role',
  ],
};
/** Groups have IAM policies, so a grant names them in a key policy only if it must. */
const GROUPS: Record<string, [(scope: Construct) => iam.IGrantable, string]> = {
  'a group of the app': [(scope) => new iam.Group(scope, 'Group'), GROUP],
  'a group by its name': [(scope) => iam.Group.fromGroupName(scope, 'Group', 'devs'), GROUP],
  'a group with a condition': [
    (scope) => new iam.PrincipalWithConditions(new iam.Group(scope, 'Group'), { Bool: { 'aws:SecureTransport': 'true' } }), GROUP,
  ],
};

const ACCEPTED: Principals = {
  'a role': (scope) => new iam.Role(scope, 'Role', { assumedBy: new iam.AccountRootPrincipal() }),
  'a role by its name': (scope) => iam.Role.fromRoleName(scope, 'Role', 'app'),
  'a user': (scope) => new iam.User(scope, 'User'),
  'a role with a path': () => new iam.ArnPrincipal(roleArn('teams/orders/app')),
  'a role of another account': () => new iam.ArnPrincipal(roleArn('partner', PARTNER)),
  'a session': () => new iam.ArnPrincipal(`arn:aws:sts::${ACCOUNT}:assumed-role/app/session`),
  'a role of another partition': () => new iam.ArnPrincipal(`arn:aws-cn:iam::${ACCOUNT}:role/app`),
  'a role with a condition': () => new iam.ArnPrincipal(roleArn('a')).withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
  'roles of the account by a pattern': () => new iam.AccountRootPrincipal().withConditions(arnLike(roleArn('app-*'))),
  'roles of another account by a pattern': () => new iam.AccountPrincipal(PARTNER).withConditions(arnLike(roleArn('app-*', PARTNER))),
  'the account through a service, as the AWS CDK grants it': () =>
    new kms.ViaServicePrincipal('secretsmanager.eu-central-1.amazonaws.com', new iam.AccountPrincipal(ACCOUNT)),
};
const ACCEPTED_EXCEPT_ELSEWHERE: Principals = {
  'a service': () => new iam.ServicePrincipal('sns.amazonaws.com'),
  'an organization': () => new iam.OrganizationPrincipal('o-a1b2c3d4e5'),
};

const administrators = () => [new iam.ArnPrincipal(roleArn('security'))];

/** Every property that takes principals. */
const PROPERTIES: Record<string, [string, (grantee: iam.IGrantable) => IConstruct]> = {
  'CustomerManagedKey.users': ['users', (grantee) => aCustomerManagedKey(stack, { users: [grantee] })],
  'CustomerManagedKey.administrators': ['administrators', (grantee) => aCustomerManagedKey(stack, { administrators: [grantee] })],
  'CustomerManagedKey.reEncryptionWorkers': [
    'reEncryptionWorkers', (grantee) => aCustomerManagedKey(stack, { reEncryptionWorkers: [grantee] }),
  ],
  'CustomerManagedKey.otherAccounts': ['otherAccounts', (grantee) => aCustomerManagedKey(stack, { otherAccounts: [grantee] })],
  'ImportedMaterialKey.users': ['users', (grantee) => anImportedKey(stack, { users: [grantee] })],
  'ImportedMaterialKey.materialOperators': ['materialOperators', (grantee) => anImportedKey(stack, { materialOperators: [grantee] })],
  'RotatingKey.users': ['users[0]', (grantee) => new RotatingKey(stack, 'Key', { alias: 'orders', users: [grantee] })],
  'RotatingKey.administrators': [
    'administrators[0]', (grantee) => new RotatingKey(stack, 'Key', { alias: 'orders', administrators: [grantee] }),
  ],
  'KeyPosture.breakGlass': ['posture, break-glass role', (grantee) =>
    aCustomerManagedKey(stack, { administrators: administrators(), posture: KeyPosture.breakGlass(grantee, deployment()) })],
};

function problemsOf(construct: IConstruct): string {
  return construct.node.findAll().flatMap((each) => each.node.validate()).join('\n');
}

describe.each(Object.entries(PROPERTIES))('%s', (_, [where, construct]) => {
  test.each(Object.entries({ ...REFUSED, ...GROUPS }))('refuses %s, once', (__, [principal, problem]) => {
    const problems = problemsOf(construct(principal(stack)));
    expect(problems).toContain(`${where}: ${problem}`);
    expect(problems.split(problem)).toHaveLength(2);
  });

  test.each(Object.entries(ACCEPTED))('accepts %s', (__, principal) => {
    expect(problemsOf(construct(principal(stack)))).toBe('');
  });

  test.each(Object.entries(ACCEPTED_EXCEPT_ELSEWHERE))('accepts %s, except in otherAccounts and in a rotating key', (name, principal) => {
    const problems = problemsOf(construct(principal(stack)));
    const isRefused = where === 'otherAccounts' || (name === 'a service' && where.endsWith('[0]'));
    if (isRefused) expect(problems).not.toBe('');
    else expect(problems).toBe('');
  });
});

test('the deployment role of a posture is checked, too', () => {
  const posture = KeyPosture.keyPolicyOnly(new iam.AnyPrincipal());
  expect(problemsOf(aCustomerManagedKey(stack, { administrators: administrators(), posture }))).toContain(
    `posture, deployment role: ${EVERY}`,
  );
});

test('callers of a service are checked, too, and must be in the account of the key', () => {
  const throughS3 = (caller: iam.IGrantable) => {
    stack = aStack();
    return problemsOf(aCustomerManagedKey(stack, { serviceUsers: [ServiceUser.throughS3([caller])] }));
  };
  expect(throughS3(new iam.AnyPrincipal())).toContain(`serviceUsers, throughS3: ${EVERY}`);
  expect(throughS3(new iam.ArnPrincipal('MyRole'))).toContain(`serviceUsers, throughS3: ${NO_ARN} MyRole`);
  expect(throughS3(new iam.ArnPrincipal(roleArn('app', PARTNER)))).toBe(
    `serviceUsers, throughS3: a caller is in another account, got ${PARTNER}; allowed: callers in the account of the key; add it to otherAccounts`,
  );
  expect(throughS3(new iam.ArnPrincipal(roleArn('app')))).toBe('');
});

describe('a grant in a key policy', () => {
  const onlyKeyPolicy = () => ({ administrators: administrators(), posture: KeyPosture.keyPolicyOnly(deployment()) });
  const GRANTS: Record<string, (grantee: iam.IGrantable) => iam.Grant> = {
    'of a CustomerManagedKey': (grantee) => aCustomerManagedKey(stack).grantDecrypt(grantee),
    'of a CustomerManagedKey, if only the key policy decides': (grantee) => aCustomerManagedKey(stack, onlyKeyPolicy()).grantDecrypt(grantee),
    'of an ImportedMaterialKey': (grantee) => anImportedKey(stack).grantDecrypt(grantee),
    'of a RotatingKey': (grantee) => new RotatingKey(stack, 'Key', { alias: 'orders' }).grantDecrypt(grantee),
  };
  const byName = (name: string): [string, (scope: Construct) => iam.IGrantable] => [name, REFUSED[name]![0]];

  describe.each(Object.entries(GRANTS))('%s', (_, grant) => {
    test.each(Object.keys(REFUSED).filter((name) => name !== 'a function whose role is not known').map(byName))(
      'is refused for %s', (name, principal) => {
        expect(() => grant(principal(stack))).toThrow(`Stack/Key: ${REFUSED[name]![1]}`);
      });

    test.each(Object.entries({ ...ACCEPTED, ...ACCEPTED_EXCEPT_ELSEWHERE }))('is given to %s', (__, principal) => {
      expect(grant(principal(stack)).success).toBe(true);
    });
  });

  test('of a replica is checked, too', () => {
    const regions = new TwoRegions();
    const replica = regions.primary().addReplica(regions.virginia, 'Replica');
    expect(() => replica.grantDecrypt(new iam.AnyPrincipal())).toThrow(EVERY);
  });

  test('is not needed for a group, which has an IAM policy, unless only the key policy decides', () => {
    const group = new iam.Group(stack, 'Group');
    const grants = [
      aCustomerManagedKey(stack).grantDecrypt(group),
      new RotatingKey(stack, 'Family', { alias: 'family' }).grantDecrypt(group),
    ];
    expect(grants.map(({ principalStatements, resourceStatements }) => [principalStatements.length, resourceStatements.length])).toEqual([
      [1, 0], [1, 0],
    ]);
    expect(() => aCustomerManagedKey(stack, onlyKeyPolicy(), 'Other').grantDecrypt(group)).toThrow(`Stack/Other: ${GROUP}`);
  });

  test('is refused for a function whose role is not known, with a remedy', () => {
    const [principal, problem] = REFUSED['a function whose role is not known']!;
    expect(() => aCustomerManagedKey(stack, onlyKeyPolicy()).grantDecrypt(principal(stack))).toThrow(problem);
  });

  test('names the account of a principal that is only an ARN', () => {
    const key = aCustomerManagedKey(stack);
    key.grantDecrypt(new iam.ArnPrincipal(roleArn('partner', PARTNER)));
    expect(JSON.stringify(key.node.metadata)).toContain(`account ${PARTNER}`);
  });
});

describe('one principal with two duties is a warning', () => {
  const role = () => new iam.ArnPrincipal(roleArn('everything'));
  const IDS: Record<string, () => IConstruct> = {
    'administrator-is-user': () => aCustomerManagedKey(stack, { administrators: [role()], users: [role()] }),
    'administrator-is-user ': () => new RotatingKey(stack, 'Key', { alias: 'orders', administrators: [role()], users: [role()] }),
    'material-operator-is-user': () => anImportedKey(stack, { materialOperators: [role()], users: [role()] }),
    'break-glass-is-user': () => aCustomerManagedKey(stack, {
      users: [role()], administrators: administrators(), posture: KeyPosture.breakGlass(role(), deployment()),
    }),
    'break-glass-is-user ': () => {
      const breakGlassRole = aRole(stack, 'BreakGlass');
      return new RotatingKey(stack, 'Key', { alias: 'orders', breakGlassRole, users: [breakGlassRole] });
    },
  };
  test.each(Object.entries(IDS))('%s', (id, construct) => {
    const built = construct();
    expect(problemsOf(built)).toBe('');
    const warnings = JSON.stringify(built.node.metadata);
    expect(warnings).toContain(`[ack: cdk-kms-lifecycle:${id.trim()}]`);
    expect(warnings).toContain('use separate roles, or acknowledge this warning if it is intended');
  });

  test('and separate principals are not', () => {
    const key = aCustomerManagedKey(stack, { administrators: administrators(), users: [role()] });
    expect(problemsOf(key)).toBe('');
    expect(JSON.stringify(key.node.metadata)).not.toContain('-is-user');
  });
});
