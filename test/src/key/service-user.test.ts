import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { resolveIntrinsics } from '../../../local/cloudformation/resolve-intrinsics';
import { KmsKeySpec, ServiceUser, type CustomerManagedKeyProps } from '../../../src/index';
import { aCustomerManagedKey, keyStatementsOf, type Statement } from '../../support/a-customer-managed-key';
import { anImportedKey, aRole, aStack, complaintsOf } from '../../support/a-stack';
import { KEY_ACTIONS } from '../../system/policies/guarded-family';
import { SERVICE_LAWS } from '../../system/policies/service-laws';

const CALLERS = [new iam.ArnPrincipal('arn:aws:iam::111122223333:role/caller')];
const SYMMETRIC = Object.values(SERVICE_LAWS).filter(({ key }) => key === undefined).map(({ serviceUser }) => serviceUser);
const DNSSEC: Partial<CustomerManagedKeyProps> = { keySpec: KmsKeySpec.ECC_NIST_P256, keyUsage: kms.KeyUsage.SIGN_VERIFY };

let stack: Stack;
beforeEach(() => { stack = aStack(); });

function complaints(props: Partial<CustomerManagedKeyProps>, within = stack): string {
  aCustomerManagedKey(within, props);
  return complaintsOf(within);
}

/** The statements of the use in a stack without account and Region. */
function statementsOf(...users: ServiceUser[]): Statement[] {
  const anywhere = new Stack(new App({ analyticsReporting: false }), 'Stack');
  const document = new iam.PolicyDocument({ statements: users.flatMap((user) => user._use.statements(anywhere)) });
  const pseudoParameters = new Map(
    [
      ['AWS::AccountId', '444455556666'],
      ['AWS::Region', 'us-gov-west-1'],
      ['AWS::Partition', 'aws-us-gov'],
      ['AWS::URLSuffix', 'amazonaws.com'],
    ].map(([name = '', ref = '']) => [name, { ref, attributes: {} }]),
  );
  return (resolveIntrinsics(anywhere.resolve(document.toJSON()), pseudoParameters) as { Statement: Statement[] }).Statement;
}

test('callers of a service are in the key policy, with conditions that restrict them to the service', () => {
  const role = aRole(stack, 'Orders');
  aCustomerManagedKey(stack, { serviceUsers: [ServiceUser.throughEbs([role])] });
  const Principal = { AWS: stack.resolve(role.roleArn) as string };
  const throughEc2 = {
    'kms:CallerAccount': '111122223333',
    'kms:ViaService': { 'Fn::Join': ['', ['ec2.eu-central-1.', { Ref: 'AWS::URLSuffix' }]] },
  };
  expect(keyStatementsOf(stack).slice(1)).toEqual([
    {
      Sid: 'CallersUseTheKeyOnlyThroughEbs',
      Effect: 'Allow',
      Principal,
      Action: ['kms:DescribeKey', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKeyWithoutPlaintext'],
      Resource: '*',
      Condition: { StringEquals: throughEc2 },
    },
    {
      Sid: 'CallersCreateGrantsOnlyThroughEbsForItsResources',
      Effect: 'Allow',
      Principal,
      Action: 'kms:CreateGrant',
      Resource: '*',
      Condition: { StringEquals: throughEc2, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
  ]);
});

test('a key with imported key material accepts them too', () => {
  anImportedKey(stack, { serviceUsers: [ServiceUser.cloudTrail(['audit'])] });
  expect(keyStatementsOf(stack).map(({ Sid }) => Sid)).toEqual(expect.arrayContaining(['CloudTrailEncryptsLogFilesOfTheseTrails']));
  expect(complaintsOf(stack)).toBe('');
});

test('account, Region and partition are those of the deployment', () => {
  const users = [
    ServiceUser.throughS3(CALLERS),
    ServiceUser.cloudWatchLogs(['/orders/*']),
    ServiceUser.topicsToEncryptedQueues(['orders']),
  ];
  expect(statementsOf(...users).map(({ Condition }) => Condition)).toEqual([
    { StringEquals: { 'kms:CallerAccount': '444455556666', 'kms:ViaService': 's3.us-gov-west-1.amazonaws.com' } },
    { ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': ['arn:aws-us-gov:logs:us-gov-west-1:444455556666:log-group:/orders/*'] } },
    { ArnEquals: { 'aws:SourceArn': ['arn:aws-us-gov:sns:us-gov-west-1:444455556666:orders'] } },
  ]);
});

test('service-linked roles with suffixes replace the default role', () => {
  const [use, grants] = statementsOf(ServiceUser.autoScaling(['AWSServiceRoleForAutoScaling_orders', 'AWSServiceRoleForAutoScaling_web']));
  const path = 'arn:aws-us-gov:iam::444455556666:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling';
  expect(use?.Principal).toEqual({ AWS: [`${path}_orders`, `${path}_web`] });
  expect(grants?.Principal).toEqual(use?.Principal);
});

describe('all uses together', () => {
  const all = Object.values(SERVICE_LAWS).map(({ serviceUser }) => serviceUser);

  test('have unique Sids that read as sentences, and this key as resource', () => {
    const statements = all.flatMap((user) => statementsOf(user));
    expect(new Set(statements.map(({ Sid }) => Sid)).size).toBe(statements.length);
    statements.forEach(({ Sid, Resource }) => {
      expect(Sid).toMatch(/^([A-Z][a-z0-9]*){4,}$/);
      expect(Resource).toBe('*');
    });
  });

  test('name every action in full', () => {
    expect(
      all
        .flatMap((user) => statementsOf(user))
        .flatMap(({ Action }) => Action)
        .filter((action) => !KEY_ACTIONS.includes(action)),
    ).toEqual([]);
  });

  test('fit into one key policy', () => {
    expect(complaints({ serviceUsers: SYMMETRIC })).toBe('');
  });
});

describe('a use without callers or resources is an error', () => {
  test.each<[name: string, make: () => ServiceUser, what: string]>([
    ['throughS3', () => ServiceUser.throughS3([]), 'caller'],
    ['throughCloudWatchLogs', () => ServiceUser.throughCloudWatchLogs([]), 'caller'],
    ['cloudWatchLogs', () => ServiceUser.cloudWatchLogs([]), 'log group'],
    ['cloudTrail', () => ServiceUser.cloudTrail([]), 'trail'],
    ['route53Dnssec', () => ServiceUser.route53Dnssec([]), 'hosted zone'],
    ['topicsToEncryptedQueues', () => ServiceUser.topicsToEncryptedQueues([]), 'topic'],
    ['autoScaling', () => ServiceUser.autoScaling([]), 'service-linked role'],
  ])('%s', (name, make, what) => {
    expect(make).toThrow(`ServiceUser.${name}: no ${what} is given; name at least one ${what}, or omit this use`);
  });
});

test.each<[name: string, make: () => ServiceUser]>([
  ['cloudTrail: a trail', () => ServiceUser.cloudTrail(['audit', 'a*'])],
  ['route53Dnssec: a hosted zone', () => ServiceUser.route53Dnssec(['a*'])],
  ['topicsToEncryptedQueues: a topic', () => ServiceUser.topicsToEncryptedQueues(['a*'])],
  ['autoScaling: a service-linked role', () => ServiceUser.autoScaling(['a*'])],
])('%s that is named by a part of its name is an error', (name, make) => {
  expect(make).toThrow(`ServiceUser.${name} must be named exactly, got a*; name each ${name.split(': a ')[1]}`);
});

describe('what is not a name is an error', () => {
  const arn = (path: string) => `arn:aws:${path}`;
  test.each<[string, () => ServiceUser, string]>([
    ['the ARN of a trail', () => ServiceUser.cloudTrail([arn('cloudtrail:eu-central-1:111122223333:trail/audit')]),
      'ServiceUser.cloudTrail: an ARN is given instead of the name of a trail, got "arn:aws:cloudtrail:eu-central-1:111122223333:trail/audit"; '
        + 'allowed: 3 to 128 letters, digits and . _ -; pass the name of the trail, which is a part of the ARN'],
    ['the ARN of a log group', () => ServiceUser.cloudWatchLogs([arn('logs:eu-central-1:111122223333:log-group:/orders:*')]),
      'ServiceUser.cloudWatchLogs: an ARN is given instead of the name of a log group'],
    ['the ARN of a topic', () => ServiceUser.topicsToEncryptedQueues([arn('sns:eu-central-1:111122223333:orders')]),
      'ServiceUser.topicsToEncryptedQueues: an ARN is given instead of the name of a topic'],
    ['the ARN of a hosted zone', () => ServiceUser.route53Dnssec([arn('route53:::hostedzone/Z1')]),
      'ServiceUser.route53Dnssec: an ARN is given instead of the name of a hosted zone'],
    ['the ARN of a role', () => ServiceUser.autoScaling([arn('iam::111122223333:role/AutoScaling')]),
      'ServiceUser.autoScaling: an ARN is given instead of the name of a service-linked role'],
    ['a hosted zone as its API returns it', () => ServiceUser.route53Dnssec(['/hostedzone/Z1']),
      'ServiceUser.route53Dnssec: is not the name of a hosted zone, got "/hostedzone/Z1"; allowed: an id such as Z0123456789ABCDEFGHIJ, '
        + 'without /hostedzone/; pass the name of the hosted zone'],
    ['a trail with a space', () => ServiceUser.cloudTrail(['my trail']), 'is not the name of a trail, got "my trail"'],
    ['an empty name', () => ServiceUser.cloudWatchLogs(['']), 'is not the name of a log group, got ""'],
    ['the ARN of a log group of this app', () => ServiceUser.cloudWatchLogs([new logs.LogGroup(stack, 'Logs').logGroupArn]),
      'ServiceUser.cloudWatchLogs: an ARN is given instead of the name of a log group, got the ARN of a resource'],
  ])('%s', (_, make, problem) => {
    expect(make).toThrow(problem);
  });

  test('a name that is a token is accepted', () => {
    const names = [new logs.LogGroup(stack, 'Logs').logGroupName, '/aws/lambda/orders-*'];
    expect(complaints({ serviceUsers: [ServiceUser.cloudWatchLogs(names), ServiceUser.topicsToEncryptedQueues(['orders.fifo'])] })).toBe('');
  });
});

describe('a service that does not accept the key is reported', () => {
  test.each<[what: string, props: Partial<CustomerManagedKeyProps>]>([
    ['RSA_3072 for SIGN_VERIFY', { keySpec: KmsKeySpec.RSA_3072, keyUsage: kms.KeyUsage.SIGN_VERIFY }],
    ['RSA_3072 for ENCRYPT_DECRYPT', { keySpec: KmsKeySpec.RSA_3072, keyUsage: kms.KeyUsage.ENCRYPT_DECRYPT }],
    ['HMAC_256 for GENERATE_VERIFY_MAC', { keySpec: KmsKeySpec.HMAC_256 }],
  ])('stores do not take %s', (given, props) => {
    expect(complaints({ ...props, serviceUsers: [ServiceUser.throughS3(CALLERS)] })).toContain(
      `serviceUsers: the service of throughS3 does not accept this kind of key, got ${given}; `
      + 'allowed: SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT; use another key for the service',
    );
  });

  test.each<[given: string, props: Partial<CustomerManagedKeyProps>]>([
    ['SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT', {}],
    ['ECC_NIST_P256 for KEY_AGREEMENT', { keySpec: KmsKeySpec.ECC_NIST_P256, keyUsage: kms.KeyUsage.KEY_AGREEMENT }],
    ['ECC_NIST_P384 for SIGN_VERIFY', { keySpec: KmsKeySpec.ECC_NIST_P384, keyUsage: kms.KeyUsage.SIGN_VERIFY }],
  ])('Route 53 does not sign with %s', (given, props) => {
    expect(complaints({ ...props, serviceUsers: [ServiceUser.route53Dnssec(['Z1'])] }, aStack('us-east-1'))).toContain(
      `serviceUsers: the service of route53Dnssec does not accept this kind of key, got ${given}; `
      + 'allowed: ECC_NIST_P256 for SIGN_VERIFY; use another key for the service',
    );
  });

  test('Route 53 signs with keys of us-east-1 only', () => {
    const serviceUsers = [ServiceUser.route53Dnssec(['Z1'])];
    expect(complaints({ ...DNSSEC, serviceUsers })).toContain(
      'serviceUsers: the service of route53Dnssec does not accept keys of this Region, got eu-central-1; allowed: us-east-1; create the key in a stack of that Region',
    );
    expect(complaints({ ...DNSSEC, serviceUsers }, aStack('us-east-1'))).toBe('');
    expect(complaints({ ...DNSSEC, serviceUsers }, new Stack(new App({ analyticsReporting: false }), 'Stack'))).toBe('');
  });

  test('a use is given once', () => {
    const serviceUsers = [ServiceUser.throughS3(CALLERS), ServiceUser.throughSqs(CALLERS), ServiceUser.throughS3(CALLERS)];
    expect(complaints({ serviceUsers })).toContain(
      'serviceUsers: a use is given more than once, got throughS3; name all its callers or resources in one use',
    );
  });

  test('no service is called by principals of another account, by this key policy', () => {
    const partner = iam.Role.fromRoleArn(stack, 'Partner', 'arn:aws:iam::444455556666:role/partner');
    expect(complaints({ serviceUsers: [ServiceUser.throughSqs([partner])] })).toContain(
      'serviceUsers, throughSqs: a caller is in another account, got 444455556666; allowed: callers in the account of the key; add it to otherAccounts',
    );
  });

  test('no service is called by a service', () => {
    expect(complaints({ serviceUsers: [ServiceUser.throughSqs([new iam.ServicePrincipal('s3.amazonaws.com')])] })).toContain(
      'serviceUsers, throughSqs: a caller must be a role or a user, got ServicePrincipal; name the role on whose behalf the service calls KMS',
    );
  });
});

test('a statement with the Sid of a service use replaces it', () => {
  const own = new iam.PolicyStatement({
    sid: 'CallersUseTheKeyOnlyThroughS3',
    actions: ['kms:Decrypt'],
    principals: CALLERS,
    resources: ['*'],
    conditions: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
  });
  aCustomerManagedKey(stack, { serviceUsers: [ServiceUser.throughS3(CALLERS)], statements: [own] });
  expect(keyStatementsOf(stack).slice(1)).toEqual([own.toJSON()]);
});
