import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { GRANTS } from './statement-mutants';
import { KmsKeySpec, ServiceUser, type CustomerManagedKeyProps } from '../../../src/index';
import { ACCOUNT, mayCall, type KmsCall } from '../../support/policy-evaluator';

/** The principal on whose behalf services call. */
export const CALLER = `arn:aws:iam::${ACCOUNT}:role/caller`;
const OTHER_ACCOUNT = '999999999999';
const AUTO_SCALING = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;

const names = (text: string) => text.split(' ').map((name) => `kms:${name}`);
const DATA_KEYS = names('Decrypt GenerateDataKey');
const STORE = names('Decrypt DescribeKey Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo');
const CLUSTERS = names('CreateGrant Decrypt DescribeKey Encrypt GenerateDataKey');

/** The circumstances of a call, without its caller and its action. */
export type Circumstances = Pick<KmsCall, 'context' | 'encryptionContext'>;

/** The actions that a service must be allowed, written manually from the AWS page that the factory names. */
export interface ServiceLaw {
  readonly serviceUser: ServiceUser;
  readonly key?: Pick<CustomerManagedKeyProps, 'keySpec' | 'keyUsage'>;
  readonly region?: string;
  /** The principal in the key policy. */
  readonly principal: string;
  /** The allowed actions by circumstances. CreateGrant is allowed for AWS resources only. */
  readonly cases: { readonly [circumstances: string]: readonly [Circumstances, readonly string[]] };
}

interface Calling {
  readonly service: string;
  readonly actions: readonly string[];
  readonly fromEveryRegion?: boolean;
}

const through = (service: string, { account = ACCOUNT, region = 'eu-central-1' } = {}): Circumstances => ({
  context: { 'kms:ViaService': `${service}.${region}.amazonaws.com`, 'kms:CallerAccount': account },
});

function inTheNameOfCallers(
  factory: (callers: iam.IGrantable[]) => ServiceUser,
  { service, actions, fromEveryRegion = false }: Calling,
): ServiceLaw {
  return {
    serviceUser: factory([new iam.ArnPrincipal(CALLER)]),
    principal: CALLER,
    cases: {
      'through the service': [through(service), actions],
      'through the service in another Region': [through(service, { region: 'us-east-1' }), fromEveryRegion ? actions : []],
      'through another service': [through('glue'), []],
      'through the service from another account': [through(service, { account: OTHER_ACCOUNT }), []],
      'directly': [{ context: { 'kms:CallerAccount': ACCOUNT } }, []],
    },
  };
}

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
const topic = (name: string, account = ACCOUNT): Circumstances => ({
  context: { 'aws:SourceArn': `arn:aws:sns:eu-central-1:${account}:${name}` },
});
const mail = (pairs: { [name: string]: string | undefined } = {}): Circumstances => ({
  encryptionContext: JSON.parse(JSON.stringify({
    'aws:ses:source-account': ACCOUNT, 'aws:ses:rule-name': 'archive', 'aws:ses:message-id': 'd6iitobk', ...pairs,
  })) as { [name: string]: string },
});

export const SERVICE_LAWS: { readonly [name: string]: ServiceLaw } = {
  'S3': inTheNameOfCallers(ServiceUser.throughS3, { service: 's3', actions: DATA_KEYS }),
  'EBS': inTheNameOfCallers(ServiceUser.throughEbs, {
    service: 'ec2',
    actions: names('CreateGrant Decrypt DescribeKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo'),
  }),
  'RDS': inTheNameOfCallers(ServiceUser.throughRds, { service: 'rds', actions: names('CreateGrant DescribeKey') }),
  'DynamoDB': inTheNameOfCallers(ServiceUser.throughDynamoDb, {
    service: 'dynamodb',
    actions: ['kms:CreateGrant', ...STORE],
    fromEveryRegion: true,
  }),
  'Secrets Manager': inTheNameOfCallers(ServiceUser.throughSecretsManager, { service: 'secretsmanager', actions: DATA_KEYS }),
  'Parameter Store': inTheNameOfCallers(ServiceUser.throughParameterStore, {
    service: 'ssm',
    actions: names('Decrypt Encrypt GenerateDataKey'),
  }),
  'SNS': inTheNameOfCallers(ServiceUser.throughSns, {
    service: 'sns',
    actions: names('Decrypt GenerateDataKey GenerateDataKeyWithoutPlaintext'),
  }),
  'SQS': inTheNameOfCallers(ServiceUser.throughSqs, { service: 'sqs', actions: DATA_KEYS }),
  'Lambda': inTheNameOfCallers(ServiceUser.throughLambda, { service: 'lambda', actions: names('CreateGrant Decrypt Encrypt') }),
  'Redshift': inTheNameOfCallers(ServiceUser.throughRedshift, { service: 'redshift', actions: CLUSTERS }),
  'Redshift Serverless': inTheNameOfCallers(ServiceUser.throughRedshiftServerless, { service: 'redshift-serverless', actions: CLUSTERS }),
  'CloudWatch Logs for its callers': inTheNameOfCallers(ServiceUser.throughCloudWatchLogs, { service: 'logs', actions: STORE }),
  'CloudWatch Logs': {
    serviceUser: ServiceUser.cloudWatchLogs(['/orders/api', '/web/*']),
    principal: 'logs.eu-central-1.amazonaws.com',
    cases: {
      'for the log group': [logGroup('/orders/api'), STORE.filter((action) => action !== 'kms:DescribeKey')],
      'for a log group that a wildcard matches': [logGroup('/web/shop'), STORE.filter((action) => action !== 'kms:DescribeKey')],
      'for another log group': [logGroup('/orders/api2'), []],
      'for the log group of another account': [logGroup('/orders/api', OTHER_ACCOUNT), []],
      'without an encryption context': [{}, []],
    },
  },
  'CloudTrail': {
    serviceUser: ServiceUser.cloudTrail(['audit', 'security']),
    principal: 'cloudtrail.amazonaws.com',
    cases: {
      'for the trail': [trail('audit'), names('DescribeKey GenerateDataKey GenerateDataKeyWithoutPlaintext')],
      'for the other trail': [trail('security'), names('DescribeKey GenerateDataKey GenerateDataKeyWithoutPlaintext')],
      'for a trail that is not named': [trail('shadow'), []],
      'for the trail, with the context of another account': [trail('audit', OTHER_ACCOUNT), names('DescribeKey')],
      'without a source': [{ encryptionContext: trail('audit').encryptionContext }, []],
      'for the trail, without a context': [{ context: trail('audit').context }, names('DescribeKey')],
    },
  },
  'Route 53 DNSSEC': {
    serviceUser: ServiceUser.route53Dnssec(['Z1']),
    key: { keySpec: KmsKeySpec.ECC_NIST_P256, keyUsage: kms.KeyUsage.SIGN_VERIFY },
    region: 'us-east-1',
    principal: 'dnssec-route53.amazonaws.com',
    // CreateGrant carries no hosted zone.
    cases: {
      'for the hosted zone': [zone('Z1'), names('CreateGrant DescribeKey GetPublicKey Sign')],
      'for another hosted zone': [zone('Z2'), names('CreateGrant')],
      'for the hosted zone as one of another account': [zone('Z1', OTHER_ACCOUNT), names('CreateGrant')],
      'without a source': [{}, names('CreateGrant')],
    },
  },
  'SNS to queues': {
    serviceUser: ServiceUser.topicsToEncryptedQueues(['orders']),
    principal: 'sns.amazonaws.com',
    cases: {
      'for the topic': [topic('orders'), DATA_KEYS],
      'for another topic': [topic('orders2'), []],
      'for the topic of another account': [topic('orders', OTHER_ACCOUNT), []],
      'without a source': [{}, []],
    },
  },
  'SES': {
    serviceUser: ServiceUser.sesReceivedMail(),
    principal: 'ses.amazonaws.com',
    cases: {
      'for mail of the account': [mail(), names('Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext')],
      'for mail of another account': [mail({ 'aws:ses:source-account': OTHER_ACCOUNT }), []],
      'by no rule': [mail({ 'aws:ses:rule-name': undefined }), []],
      'for no message': [mail({ 'aws:ses:message-id': undefined }), []],
    },
  },
  'Auto Scaling': {
    serviceUser: ServiceUser.autoScaling(),
    principal: AUTO_SCALING,
    cases: { 'in any circumstances': [{}, ['kms:CreateGrant', ...STORE]] },
  },
};

/** kms:GrantIsForAWSResource is set for actions on grants only, and DescribeKey takes no encryption context. */
export function mayAsService(
  principalArn: string, action: string, statements: readonly object[], { context, encryptionContext }: Circumstances, forAwsResource = true,
): Promise<boolean> {
  return mayCall({
    principalArn,
    action,
    keyPolicy: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    context: { ...context, ...(GRANTS.includes(action) && { 'kms:GrantIsForAWSResource': String(forAwsResource) }) },
    ...(action !== 'kms:DescribeKey' && { encryptionContext }),
  });
}

export function lawForService(actions: readonly string[], forAwsResource: boolean): readonly string[] {
  return forAwsResource ? actions : actions.filter((action) => action !== 'kms:CreateGrant');
}
