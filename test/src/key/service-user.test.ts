import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { resolveIntrinsics } from '../../../local/cloudformation/resolve-intrinsics';
import { ServiceUser } from '../../../src/key/service-user';
import { KEY_ACTIONS } from '../../policy/a-guarded-family';
import { ACCOUNT, mayCall, type KmsCall } from '../../support/policy-evaluator';

const OTHER_ACCOUNT = '999999999999';
const CALLER = `arn:aws:iam::${ACCOUNT}:role/caller`;
const STRANGER = `arn:aws:iam::${ACCOUNT}:role/stranger`;
const AUTO_SCALING = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
const STORE = [
  'kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom', 'kms:ReEncryptTo',
];
const DATA_KEYS = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** The circumstances of a call, apart from who calls what. */
type Circumstances = Pick<KmsCall, 'context' | 'encryptionContext'>;
type Callers = (callers: iam.IGrantable[]) => ServiceUser;
/** A service under its own name: who calls, how it may, with what, and how it may not. */
type Row = [name: string, user: ServiceUser, caller: string, allowed: Circumstances, actions: string[], denied: { [how: string]: Circumstances }];

const pseudoParameters = new Map([
  ['AWS::AccountId', ACCOUNT], ['AWS::Region', 'eu-central-1'], ['AWS::Partition', 'aws'], ['AWS::URLSuffix', 'amazonaws.com'],
].map(([name = '', ref = '']) => [name, { ref, attributes: {} }]));

/** A key policy with what the use says, and nothing else. Of a stack that knows neither its account nor its Region. */
function keyPolicyWith(...users: ServiceUser[]): string {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
  const document = new iam.PolicyDocument({ statements: users.flatMap((user) => user._statements(stack)) });
  return JSON.stringify(resolveIntrinsics(stack.resolve(document.toJSON()), pseudoParameters));
}

function statementsOf(user: ServiceUser) {
  return (JSON.parse(keyPolicyWith(user)) as { Statement: { Sid: string; Action: string | string[]; Resource: unknown }[] }).Statement;
}

/** Only CreateGrant is told whether it is for an AWS resource. */
function may(user: ServiceUser, principalArn: string, action: string, { context, encryptionContext }: Circumstances, forAwsResource = 'true') {
  const grant = action === 'kms:CreateGrant' ? { 'kms:GrantIsForAWSResource': forAwsResource } : {};
  const asked = action === 'kms:DescribeKey' ? undefined : encryptionContext;
  return mayCall({ principalArn, action, keyPolicy: keyPolicyWith(user), context: { ...context, ...grant }, encryptionContext: asked });
}

async function everythingThat(user: ServiceUser, principalArn: string, circumstances: Circumstances): Promise<string[]> {
  const answers = await Promise.all(KEY_ACTIONS.map(async (action) => await may(user, principalArn, action, circumstances) ? [action] : []));
  return answers.flat().sort();
}

const through = (service: string, { account = ACCOUNT, region = 'eu-central-1' } = {}): Circumstances => ({
  context: { 'kms:ViaService': `${service}.${region}.amazonaws.com`, 'kms:CallerAccount': account },
});

const CALLING: [name: string, factory: Callers, service: string, actions: string[]][] = [
  ['S3', (callers) => ServiceUser.throughS3(callers), 's3', DATA_KEYS],
  ['EBS', (callers) => ServiceUser.throughEbs(callers), 'ec2', [
    'kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptFrom', 'kms:ReEncryptTo',
  ]],
  ['RDS', (callers) => ServiceUser.throughRds(callers), 'rds', ['kms:CreateGrant', 'kms:DescribeKey']],
  ['DynamoDB', (callers) => ServiceUser.throughDynamoDb(callers), 'dynamodb', ['kms:CreateGrant', ...STORE]],
  ['Secrets Manager', (callers) => ServiceUser.throughSecretsManager(callers), 'secretsmanager', DATA_KEYS],
  ['Parameter Store', (callers) => ServiceUser.throughParameterStore(callers), 'ssm', ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey']],
  ['SNS', (callers) => ServiceUser.throughSns(callers), 'sns', DATA_KEYS],
  ['SQS', (callers) => ServiceUser.throughSqs(callers), 'sqs', DATA_KEYS],
  ['Lambda', (callers) => ServiceUser.throughLambda(callers), 'lambda', ['kms:CreateGrant', 'kms:Decrypt', 'kms:Encrypt']],
  ['Redshift', (callers) => ServiceUser.throughRedshift(callers), 'redshift', ['kms:CreateGrant', ...STORE]],
  ['Redshift Serverless', (callers) => ServiceUser.throughRedshiftServerless(callers), 'redshift-serverless', ['kms:CreateGrant', ...STORE]],
];

describe.each(CALLING)('who calls %s', (_, factory, service, actions) => {
  const user = factory([new iam.ArnPrincipal(CALLER)]);

  test('may do exactly what its page asks for, through it', async () => {
    expect(await everythingThat(user, CALLER, through(service))).toEqual(actions);
  });

  test('may do nothing through another service, from another account, or directly', async () => {
    expect(await everythingThat(user, CALLER, through('glue'))).toEqual([]);
    expect(await everythingThat(user, CALLER, through(service, { account: OTHER_ACCOUNT }))).toEqual([]);
    expect(await everythingThat(user, CALLER, { context: { 'kms:CallerAccount': ACCOUNT } })).toEqual([]);
  });

  test('makes grants for resources of AWS only', async () => {
    expect(await may(user, CALLER, 'kms:CreateGrant', through(service), 'false')).toBe(false);
  });

  test('is somebody whom the key names', async () => {
    expect(await everythingThat(user, STRANGER, through(service))).toEqual([]);
  });
});

test('only DynamoDB, for global tables, is called from other Regions', async () => {
  const elsewhere = { region: 'us-east-1' };
  const letIn = await Promise.all(CALLING.map(async ([name, factory, service]) => {
    const allowed = await everythingThat(factory([new iam.ArnPrincipal(CALLER)]), CALLER, through(service, elsewhere));
    return allowed.length > 0 ? [name] : [];
  }));
  expect(letIn.flat()).toEqual(['DynamoDB']);
});

const logGroup = (name: string, account = ACCOUNT): Circumstances => ({
  encryptionContext: { 'aws:logs:arn': `arn:aws:logs:eu-central-1:${account}:log-group:${name}` },
});
const trail = (source: string, ofAccount = ACCOUNT): Circumstances => ({
  context: { 'aws:SourceArn': `arn:aws:cloudtrail:eu-central-1:${ACCOUNT}:trail/${source}` },
  encryptionContext: { 'aws:cloudtrail:arn': `arn:aws:cloudtrail:us-east-1:${ofAccount}:trail/${source}` },
});
const zone = (id: string, account = ACCOUNT): Circumstances => ({
  context: { 'aws:SourceAccount': account, 'aws:SourceArn': `arn:aws:route53:::hostedzone/${id}` },
});
const topic = (name: string, account = ACCOUNT): Circumstances => ({ context: { 'aws:SourceArn': `arn:aws:sns:eu-central-1:${account}:${name}` } });
const mail = { 'aws:ses:source-account': ACCOUNT, 'aws:ses:rule-name': 'archive', 'aws:ses:message-id': 'd6iitobk' };
const { 'aws:ses:rule-name': _rule, ...mailWithoutRule } = mail;

const UNDER_THEIR_OWN_NAME: Row[] = [
  ['CloudWatch Logs', ServiceUser.cloudWatchLogs(['/orders/api']), 'logs.eu-central-1.amazonaws.com', logGroup('/orders/api'),
    STORE.filter((action) => action !== 'kms:DescribeKey'),
    { 'another log group': logGroup('/orders/api2'), 'another account': logGroup('/orders/api', OTHER_ACCOUNT), 'no encryption context': {} }],
  ['CloudTrail', ServiceUser.cloudTrail(['audit']), 'cloudtrail.amazonaws.com', trail('audit'),
    ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'],
    { 'another trail': trail('other'), 'no source': { encryptionContext: trail('audit').encryptionContext } }],
  ['Route 53 DNSSEC', ServiceUser.route53Dnssec(['Z1']), 'dnssec-route53.amazonaws.com', zone('Z1'),
    ['kms:CreateGrant', 'kms:DescribeKey', 'kms:GetPublicKey', 'kms:Sign'], {}],
  ['SNS to queues', ServiceUser.topicsToEncryptedQueues(['orders']), 'sns.amazonaws.com', topic('orders'), DATA_KEYS,
    { 'another topic': topic('orders2'), 'another account': topic('orders', OTHER_ACCOUNT), 'no source': {} }],
  ['SES', ServiceUser.sesReceivedMail(), 'ses.amazonaws.com', { encryptionContext: mail },
    ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'],
    {
      'another account': { encryptionContext: { ...mail, 'aws:ses:source-account': OTHER_ACCOUNT } },
      'no rule': { encryptionContext: mailWithoutRule },
    }],
  ['Auto Scaling', ServiceUser.autoScaling(), AUTO_SCALING, {}, ['kms:CreateGrant', ...STORE], {}],
];

describe.each(UNDER_THEIR_OWN_NAME)('%s', (_, user, caller, allowed, actions) => {
  test('may do exactly what its page asks for', async () => {
    expect(await everythingThat(user, caller, allowed)).toEqual(actions);
  });

  test('makes grants for resources of AWS only', async () => {
    expect(await may(user, caller, 'kms:CreateGrant', allowed, 'false')).toBe(false);
  });

  test('lets in no other service and no role', async () => {
    expect(await everythingThat(user, 'events.amazonaws.com', allowed)).toEqual([]);
    expect(await everythingThat(user, STRANGER, allowed)).toEqual([]);
  });
});

test.each(UNDER_THEIR_OWN_NAME.flatMap(([name, user, caller, , , denied]) => Object.entries(denied).map(([how, circumstances]) =>
  ({ name, how, user, caller, circumstances }))))('$name may do nothing for $how', async ({ user, caller, circumstances }) => {
  expect(await everythingThat(user, caller, circumstances)).toEqual([]);
});

test('CloudTrail encrypts for no trail of another account, even if it says that it is one of ours', async () => {
  const user = ServiceUser.cloudTrail(['audit']);
  expect(await everythingThat(user, 'cloudtrail.amazonaws.com', trail('audit', OTHER_ACCOUNT))).toEqual(['kms:DescribeKey']);
});

test.each([['another hosted zone', zone('Z2')], ['another account', zone('Z1', OTHER_ACCOUNT)], ['no source', {}]])(
  'Route 53 signs nothing for %s; its grants name no zone', async (_, circumstances) => {
    expect(await everythingThat(ServiceUser.route53Dnssec(['Z1']), 'dnssec-route53.amazonaws.com', circumstances)).toEqual(['kms:CreateGrant']);
  },
);

test('a log group may be meant by a part of its name', async () => {
  const user = ServiceUser.cloudWatchLogs(['/orders/*']);
  expect(await may(user, 'logs.eu-central-1.amazonaws.com', 'kms:Decrypt', logGroup('/orders/web'))).toBe(true);
  expect(await may(user, 'logs.eu-central-1.amazonaws.com', 'kms:Decrypt', logGroup('/billing'))).toBe(false);
});

test('CloudWatch Logs of another Region is another service', async () => {
  expect(await everythingThat(ServiceUser.cloudWatchLogs(['/orders/api']), 'logs.us-east-1.amazonaws.com', logGroup('/orders/api'))).toEqual([]);
});

test('a service-linked role with a suffix is let in instead of the usual one', async () => {
  const user = ServiceUser.autoScaling('AWSServiceRoleForAutoScaling_orders');
  expect(await everythingThat(user, `${AUTO_SCALING}_orders`, {})).toEqual(['kms:CreateGrant', ...STORE]);
  expect(await everythingThat(user, AUTO_SCALING, {})).toEqual([]);
});

describe('all uses together', () => {
  const all = [...CALLING.map(([, factory]) => factory([new iam.ArnPrincipal(CALLER)])), ...UNDER_THEIR_OWN_NAME.map(([, user]) => user)];

  test('say each thing under a Sid of its own that reads as a sentence, about this key', () => {
    const statements = all.flatMap(statementsOf);
    expect(new Set(statements.map(({ Sid }) => Sid)).size).toBe(statements.length);
    statements.forEach(({ Sid, Resource }) => {
      expect(Sid).toMatch(/^([A-Z][a-z0-9]*){4,}$/);
      expect(Resource).toBe('*');
    });
  });

  test('name every action in full', () => {
    expect(all.flatMap(statementsOf).flatMap(({ Action }) => Action).filter((action) => !KEY_ACTIONS.includes(action))).toEqual([]);
  });
});

describe('a use by nobody, or of nothing, is an error', () => {
  test.each<[string, () => ServiceUser, string]>([
    ...CALLING.map(([name, factory]): [string, () => ServiceUser, string] => [name, () => factory([]), 'caller']),
    ['CloudWatch Logs', () => ServiceUser.cloudWatchLogs([]), 'log group'],
    ['CloudTrail', () => ServiceUser.cloudTrail([]), 'trail'],
    ['Route 53 DNSSEC', () => ServiceUser.route53Dnssec([]), 'hosted zone'],
    ['SNS to queues', () => ServiceUser.topicsToEncryptedQueues([]), 'topic'],
  ])('%s', (_, make, what) => {
    expect(make).toThrow(new RegExp(`^ServiceUser for [\\w ]+: no ${what} is named; name at least one ${what}, or leave this use out$`));
  });
});
