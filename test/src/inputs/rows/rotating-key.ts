import { CfnParameter, Duration, Lazy, Size, Tags, type Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Deletion, ExistingKey, KeyMaterialSource, OnConsumerFailure, OnUse, RotatingKey, RotationSchedule } from '../../../../src/index';
import { aTable } from '../../../support/a-rotating-key';
import { aRole, aSecret } from '../../../support/a-stack';
import { inputsOf, untyped, type Input } from '../input';

const key = (stack: Stack, props: Record<string, unknown>) => new RotatingKey(stack, 'Key', { alias: 'alias/orders', ...props });
const inputs = (property: string, cases: Parameters<typeof inputsOf>[2]) => inputsOf(property, key, cases);
const after = (options: object) => () => Deletion.afterProof(options);
const lookAlike = (name: string): object => Object.create({ constructor: { name } }) as object;
const token = () => Lazy.number({ produce: () => 5 });
const arn = (id: string, service = 'kms') => `arn:aws:${service}:eu-central-1:111122223333:key/${id}`;
const ID = '11111111-2222-3333-4444-555555555555';
const tagged = (count: number) => (stack: Stack) => {
  const it = key(stack, {});
  for (let index = 0; index < count; index++) Tags.of(it).add(`tag${index}`, 'x');
};

export const ROTATING_KEY_INPUTS: readonly Input[] = [
  ...inputs('alias', [
    ['of 250 characters', `alias/${'x'.repeat(244)}`], ['below another', 'alias/orders/eu'],
    ['of 251 characters', `alias/${'x'.repeat(245)}`, 'alias: name is too long, got 251 characters; allowed: at most 250'],
    ['of a generation', 'alias/orders/g3', 'alias: name ends in /g and a number, which is reserved'],
    ['a token', (stack: Stack) => new CfnParameter(stack, 'Alias').valueAsString, 'alias: name must be known at synthesis, got a token'],
    ['missing', undefined, 'Stack/Key, alias: property is missing'],
    ['a symbol', Symbol('orders'), 'Stack/Key, alias: value is of the wrong kind, got a symbol'],
    ['with a capital prefix', 'ALIAS/orders', 'alias: prefix has capital letters, got "ALIAS/orders"'],
    ['with a leading slash', '/orders', 'alias: name has an empty part'],
    ['with a null character', 'orders\0', 'alias: name is not valid in KMS'],
  ]),
  ...inputs('users', [
    ['a role', (stack: Stack) => [aRole(stack, 'Role')]],
    ['the same role twice', (stack: Stack) => { const role = aRole(stack, 'Role'); return [role, role]; }],
    ['a role by name', (stack: Stack) => [iam.Role.fromRoleName(stack, 'Role', 'orders')]],
    ['a string', 'orders', 'Stack/Key, users: value is of the wrong kind, got text of 6 characters; allowed: a list; each element is a principal'],
    ['a function, not in a list', (stack: Stack) => lambda.Function.fromFunctionName(stack, 'F', 'orders'), 'Stack/Key, users: value is of the wrong kind'],
    ['a service', [new iam.ServicePrincipal('s3.amazonaws.com')], 'users[0]: principal is an AWS service or an identity provider'],
    ['an identity provider', [new iam.FederatedPrincipal('cognito-identity.amazonaws.com', {})], 'users[0]: principal is an AWS service or'],
    ['a function without a known role', (stack: Stack) => [lambda.Function.fromFunctionName(stack, 'F', 'orders')], 'users[0]: value is not a principal that this app knows'],
    ['a table', (stack: Stack) => [aTable(stack)], 'Stack/Key, users[0]: value is of the wrong kind, got a Table; allowed: a principal'],
    ['a Set', () => new Set(), 'Stack/Key, users: value is of the wrong kind, got a Set'],
    ['every organization', [new iam.AnyPrincipal().withConditions({ StringLike: { 'aws:PrincipalOrgID': 'o-*' } })], 'users[0]: principal is every principal in AWS'],
    ['one organization', [new iam.OrganizationPrincipal('o-a1b2c3d4e5')]],
    ['each bucket', [new iam.AnyPrincipal().withConditions({ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } })], 'users[0]: principal is every principal in AWS'],
    ['each role of a partner', [new iam.AccountPrincipal('444455556666').withConditions({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::444455556666:r*' } })], 'users[0]: principal is a whole account'],
    ['some roles of a partner', [new iam.AccountPrincipal('444455556666').withConditions({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::444455556666:role/a*' } })]],
    ['each service of the account', [new iam.AccountRootPrincipal().withConditions({ StringLike: { 'kms:ViaService': '*.amazonaws.com' } })], 'users[0]: principal is a whole account'],
    ['a hole in a list', new Array(1), 'Stack/Key, users[0]: value is of the wrong kind, got nothing; allowed: a principal'],
    ['an object with an empty principal', [{ grantPrincipal: {} }], 'Stack/Key, users[0]: value is of the wrong kind, got an object with grantPrincipal; allowed: a principal'],
    ['a principal whose fragment is empty', [{ grantPrincipal: { addToPrincipalPolicy: () => undefined, policyFragment: {} } }], 'Stack/Key, users[0]: value is of the wrong kind'],
    ['an object of no class', [Object.create(Object.create(null))], 'Stack/Key, users[0]: value is of the wrong kind'],
  ]),
  ...inputs('administrators', [['empty', []], ['null', null, 'Stack/Key, administrators: value is of the wrong kind, got null'],
    ['a list in a list', [[]], 'Stack/Key, administrators[0]: value is of the wrong kind, got a list of 0 elements']]),
  ...inputs('stores', [
    ['none', []],
    ['a table', (stack: Stack) => [aTable(stack)], 'Stack/Key, stores[0]: value is of the wrong kind, got a Table; allowed: a DataKeyStore; use DataKeyStore.dynamoTable'],
    ['a store without a list', {}, 'Stack/Key, stores: value is of the wrong kind, got an object with no members; allowed: a list'],
    ['a bucket', (stack: Stack) => [new s3.Bucket(stack, 'Bucket')], 'Stack/Key, stores[0]: value is of the wrong kind, got a Bucket'],
    ['null', [null], 'Stack/Key, stores[0]: value is of the wrong kind, got null'],
    ['the name of a table', ['orders'], 'Stack/Key, stores[0]: value is of the wrong kind, got text of 6 characters'],
  ]),
  ...inputs('material', [
    ['of a secret', (stack: Stack) => KeyMaterialSource.secret(aSecret(stack))],
    ['a secret', (stack: Stack) => aSecret(stack), 'Stack/Key, material: value is of the wrong kind'],
    ['a version', (stack: Stack) => KeyMaterialSource.secret(aSecret(stack), { versionId: 'x'.repeat(36) }), 'material: every generation needs its own key material'],
    ['a secret of another Region', (stack: Stack) => KeyMaterialSource.secret(secretsmanager.Secret.fromSecretCompleteArn(stack, 'S',
      'arn:aws:secretsmanager:us-east-1:111122223333:secret:bytes-AbCdEf')), 'Stack/Key, material: secret Stack/S is in another Region'],
  ]),
  ...inputs('schedule', [
    ['every 2560 days', () => RotationSchedule.every(Duration.days(2560))], ['on request', () => RotationSchedule.onRequest()],
    ['every 2561 days', () => RotationSchedule.every(Duration.days(2561)), 'schedule: period is out of range'],
    ['a Duration', Duration.days(365), 'Stack/Key, schedule: value is of the wrong kind, got a Duration; allowed: a RotationSchedule; use RotationSchedule.every(Duration.days(365))'],
    ['a cron expression', 'rate(1 year)', 'Stack/Key, schedule: value is of the wrong kind, got text of 12 characters'],
    ['that was not called', () => RotationSchedule.onRequest, 'Stack/Key, schedule: value is of the wrong kind, got the function onRequest, which was not called'],
    ['every number', () => RotationSchedule.every(untyped(365)), 'RotationSchedule.every, period: value is of the wrong kind, got the number 365; allowed: a Duration'],
    ['every undefined', () => RotationSchedule.every(untyped(undefined)), 'RotationSchedule.every, period: property is missing; allowed: a Duration'],
    ['every token', () => RotationSchedule.every(Duration.days(token())), 'schedule: period must be known at synthesis, got a token'],
    ['every part of a second', () => RotationSchedule.every(Duration.millis(864_000_500)), 'schedule: period is not a whole number of seconds'],
  ]),
  ...inputs('reconcileHour', [
    ['0', 0], ['23', 23], ['24', 24, 'reconcileHour: number is out of range, got 24; allowed: a whole number from 0 to 23'],
    ['-1', -1, 'reconcileHour: number is out of range'], ['2.5', 2.5, 'reconcileHour: number is out of range'],
    ['NaN', NaN, 'Stack/Key, reconcileHour: value is of the wrong kind'], ['Infinity', Infinity, 'reconcileHour: number is out of range, got Infinity'],
    ['a token', token, 'reconcileHour: number must be known at synthesis'], ['text', '3', 'Stack/Key, reconcileHour: value is of the wrong kind, got the text "3"; allowed: a number'],
  ]),
  ...inputs('dataKeyMaxAge', [
    ['a minute', Duration.minutes(1)], ['30 days', Duration.days(30)],
    ['59 seconds', Duration.seconds(59), 'dataKeyMaxAge: period is out of range, got 59 seconds'],
    ['over 30 days', Duration.hours(721), 'dataKeyMaxAge: period is out of range'],
    ['a part of a second', Duration.millis(60_500), 'dataKeyMaxAge: period is not a whole number of seconds, got 60500 milliseconds'],
    ['a token of hours', Duration.hours(token()), 'dataKeyMaxAge: period must be known at synthesis, got a token'],
    ['a number', 24, 'Stack/Key, dataKeyMaxAge: value is of the wrong kind, got the number 24'],
    ['null', null, 'Stack/Key, dataKeyMaxAge: value is of the wrong kind, got null'],
  ]),
  ...inputs('propagationDelay', [
    ['5 minutes', Duration.minutes(5)], ['a day', Duration.days(1)], ['299 seconds', Duration.seconds(299), 'propagationDelay: period is out of range'],
    ['a token of minutes', Duration.minutes(token()), 'propagationDelay: period must be known at synthesis'],
    ['a size', Size.mebibytes(5), 'Stack/Key, propagationDelay: value is of the wrong kind, got a Size'],
  ]),
  ...inputs('firstRotationWatchPeriod', [
    ['10 minutes', Duration.minutes(10)], ['14 days', Duration.days(14)], ['less than the delay', Duration.minutes(9), 'firstRotationWatchPeriod: period is out of range'],
    ['a token of days', Duration.days(token()), 'firstRotationWatchPeriod: period must be known at synthesis'],
    ['a part of a second', Duration.millis(3_600_001), 'firstRotationWatchPeriod: period is not a whole number of seconds'],
    ['text', '24h', 'Stack/Key, firstRotationWatchPeriod: value is of the wrong kind'],
  ]),
  ...inputs('onConsumerFailure', [
    ['CONTINUE', OnConsumerFailure.CONTINUE], ['its text', 'continue'],
    ['its name', 'CONTINUE', 'Stack/Key, onConsumerFailure: value is of the wrong kind, got the text "CONTINUE"; allowed: OnConsumerFailure.ROLL_BACK, OnConsumerFailure.ROLL_BACK_IF_WATCHED, OnConsumerFailure.CONTINUE; use OnConsumerFailure.CONTINUE'],
    ['a flag', false, 'Stack/Key, onConsumerFailure: value is of the wrong kind, got false'],
  ]),
  ...inputs('deletion', [
    ['after proof', after({})], ['of the longest periods', after({ observationPeriod: Duration.days(365), soakPeriod: Duration.days(365), backupRetention: Duration.days(3650) })],
    ['on use', after({ onUse: OnUse.HOLD })],
    ['true', true, 'Stack/Key, deletion: value is of the wrong kind, got true; allowed: a Deletion; use Deletion.afterProof()'],
    ['that was not called', () => Deletion.afterProof, 'Stack/Key, deletion: value is of the wrong kind, got the function afterProof'],
    ['options without the factory', { soakPeriod: Duration.days(7) }, 'Stack/Key, deletion: value is of the wrong kind, got an object with soakPeriod'],
    ['observed for 0 days', after({ observationPeriod: Duration.days(0) }), 'deletion.observationPeriod: period is out of range'],
    ['soaked for a day and a half', after({ soakPeriod: Duration.hours(36) }), 'deletion.soakPeriod: period is not a whole number of days, got 1 day 12 hours'],
    ['soaked for 366 days', after({ soakPeriod: Duration.days(366) }), 'deletion.soakPeriod: period is out of range'],
    ['with a backup retention of 3651 days', after({ backupRetention: Duration.days(3651) }), 'deletion.backupRetention: period is out of range'],
    ['with a token of days', after({ backupRetention: Duration.days(token()) }), 'deletion.backupRetention: period must be known at synthesis'],
    ['with a token of hours', after({ soakPeriod: Duration.hours(token()) }), 'deletion.soakPeriod: period must be known at synthesis'],
    ['pending for 6 days', after({ pendingWindow: Duration.days(6) }), 'deletion.pendingWindow: period is out of range'],
    ['with a misspelled option', after({ soakperiod: Duration.days(7) }), 'Deletion.afterProof, soakperiod: property does not exist; allowed: observationPeriod, soakPeriod, backupRetention, pendingWindow, onUse; use soakPeriod'],
    ['with a number', after({ soakPeriod: 14 }), 'Deletion.afterProof, soakPeriod: value is of the wrong kind, got the number 14; allowed: a Duration'],
    ['with the name of a use as text', after({ onUse: 'START_OVER' }), 'Deletion.afterProof, onUse: value is of the wrong kind, got the text "START_OVER"; allowed: OnUse.START_OVER, OnUse.HOLD; use OnUse.START_OVER'],
    ['with an unknown use', after({ onUse: 'ignore' }), 'Deletion.afterProof, onUse: value is of the wrong kind, got the text "ignore"; allowed: OnUse.START_OVER, OnUse.HOLD; use a member of OnUse'],
    ['with null', () => Deletion.afterProof(untyped(null)), 'Deletion.afterProof: properties are of the wrong kind, got null'],
    ['with a look-alike of a Duration', after({ soakPeriod: lookAlike('Duration') }), 'Deletion.afterProof, soakPeriod: value is of the wrong kind, got an object of another class with the name Duration; allowed: a Duration'],
    ['a look-alike', lookAlike('Deletion'), 'Stack/Key, deletion: value is of the wrong kind, got an object of another class with the name Deletion'],
  ]),
  ...inputs('paused', [['true', true], ['text', 'true', 'Stack/Key, paused: value is of the wrong kind, got the text "true"'],
    ['a token', Lazy.any({ produce: () => true }), 'Stack/Key, paused: value is of the wrong kind']]),
  ...inputs('startFrom', [
    ['an existing key', ExistingKey.fromArn(arn(ID))], ['an existing key of this app', (stack: Stack) => ExistingKey.fromArn(new kms.Key(stack, 'Old').keyArn)],
    ['an ARN', arn(ID), 'Stack/Key, startFrom: value is of the wrong kind, got text of 78 characters; allowed: an ExistingKey; use ExistingKey.fromArn(keyArn)'],
    ['a key', (stack: Stack) => new kms.Key(stack, 'Old'), 'Stack/Key, startFrom: value is of the wrong kind, got a Key'],
    ['a multi-Region key', ExistingKey.fromArn(arn('mrk-1234abcd12ab34cd56ef1234567890ab')), 'startFrom: key is a multi-Region key'],
    ['an alias', ExistingKey.fromArn('arn:aws:kms:eu-central-1:111122223333:alias/orders'), 'startFrom: keyArn is not the ARN of a KMS key'],
    ['an ARN of another service', ExistingKey.fromArn(arn(ID, 's3')), 'startFrom: keyArn is not the ARN of a KMS key'],
    ['a key id', ExistingKey.fromArn(ID), 'startFrom: keyArn is not the ARN of a KMS key'],
    ['text that only begins like an ARN', ExistingKey.fromArn('arn:aws'), 'startFrom: keyArn is not the ARN of a KMS key'],
    ['an empty ARN', ExistingKey.fromArn(''), 'startFrom: keyArn is not the ARN of a KMS key'],
    ['a number', () => ExistingKey.fromArn(untyped(1)), 'ExistingKey.fromArn, keyArn: value is of the wrong kind, got the number 1'],
    ['a key in another Region', ExistingKey.fromArn(`arn:aws:kms:us-east-1:111122223333:key/${ID}`), 'Stack/Key, startFrom: key is in another Region'],
    ['a key in another account', ExistingKey.fromArn(`arn:aws:kms:eu-central-1:444455556666:key/${ID}`), 'Stack/Key, startFrom: key is in another account'],
  ]),
  ...inputs('adoptFrom', [['an owner', 'Orders/Key1A2B'], ['a stack', 'Orders', 'adoptFrom: value is not an owner, got "Orders"'],
    ['empty', '', 'adoptFrom: value is not an owner, got ""'], ['a list', ['Orders/Key'], 'Stack/Key, adoptFrom: value is of the wrong kind']]),
  ...inputs('description', [['of 8192 characters', 'x'.repeat(8192)], ['of 8193 characters', 'x'.repeat(8193), 'description: text is too long for KMS'],
    ['a number', 1, 'Stack/Key, description: value is of the wrong kind']]),
  ...inputs('maxPasses', [['1', 1], ['20', 20], ['0', 0, 'maxPasses: number is out of range'], ['21', 21, 'maxPasses: number is out of range'],
    ['1.5', 1.5, 'maxPasses: number is out of range'], ['null', null, 'Stack/Key, maxPasses: value is of the wrong kind']]),
  ...inputs('maxConcurrency', [['1000', 1000], ['0', 0, 'maxConcurrency: number is out of range'], ['1001', 1001, 'maxConcurrency: number is out of range'],
    ['a token', token, 'maxConcurrency: number must be known at synthesis'], ['text', '4', 'Stack/Key, maxConcurrency: value is of the wrong kind']]),
  ...inputs('breakGlassRole', [['a role', (stack: Stack) => aRole(stack, 'Emergency')], ['an ARN', 'arn:aws:iam::111122223333:role/a', 'Stack/Key, breakGlassRole: value is of the wrong kind'],
    ['a list', (stack: Stack) => [aRole(stack, 'Emergency')], 'Stack/Key, breakGlassRole: value is of the wrong kind, got a list of 1 element; allowed: a role']]),
  ...inputs('evidenceBucket', [
    ['a bucket', (stack: Stack) => new s3.Bucket(stack, 'Bucket')], ['a bucket by name', (stack: Stack) => s3.Bucket.fromBucketName(stack, 'Bucket', 'evidence')],
    ['a name', 'evidence', 'Stack/Key, evidenceBucket: value is of the wrong kind, got text of 8 characters'],
    ['under a KMS key', (stack: Stack) => new s3.Bucket(stack, 'Bucket', { encryptionKey: new kms.Key(stack, 'K') }), 'evidenceBucket: bucket is encrypted under a KMS key'],
  ]),
  ...inputs('logGroup', [['a log group', (stack: Stack) => new logs.LogGroup(stack, 'Group')], ['a retention', logs.RetentionDays.ONE_DAY, 'Stack/Key, logGroup: value is of the wrong kind, got the number 1']]),
  ...inputs('vpc', [['a VPC', (stack: Stack) => new ec2.Vpc(stack, 'Vpc')], ['an id', 'vpc-1', 'Stack/Key, vpc: value is of the wrong kind, got text of 5 characters']]),
  ...inputs('vpcSubnets', [['without a VPC', { subnetType: ec2.SubnetType.PUBLIC }, 'vpc: subnets or security groups are set without a VPC'], ['a list', [], 'Stack/Key, vpcSubnets: value is of the wrong kind']]),
  ...inputs('securityGroups', [['ids', ['sg-1'], 'Stack/Key, securityGroups[0]: value is of the wrong kind'], ['without a VPC', [], 'vpc: subnets or security groups are set without a VPC']]),
  ...inputs('architecture', [['x86', lambda.Architecture.X86_64], ['text', 'arm64', 'Stack/Key, architecture: value is of the wrong kind, got the text "arm64"; allowed: an Architecture; use lambda.Architecture.ARM_64']]),
  ...inputs('workerMemorySize', [
    ['256 MiB', Size.mebibytes(256)], ['10 GiB', Size.gibibytes(10)], ['255 MiB', Size.mebibytes(255), 'workerMemorySize, in MiB: number is out of range'],
    ['not whole', Size.kibibytes(1024 * 512 + 1), 'workerMemorySize, in MiB: number is out of range'], ['a token', Size.gibibytes(token()), 'workerMemorySize, in MiB: size must be known at synthesis'],
    ['a number', 1024, 'Stack/Key, workerMemorySize: value is of the wrong kind, got the number 1024; allowed: a Size'],
  ]),
  { name: 'the most tags', build: tagged(29) },
  { name: 'one tag too many', build: tagged(30), refused: 'tags: number of tags is too high, got 30; allowed: at most 29' },
  { name: 'a reserved tag', build: (stack) => Tags.of(key(stack, {})).add('cdk-kms-lifecycle:phase', 'current'), refused: 'tags: tag is reserved' },
  { name: 'a tag with a comma', build: (stack) => Tags.of(key(stack, {})).add('team', 'a,b'), refused: 'value of a tag has characters that KMS refuses' },
  { name: 'a property of another construct', build: (stack) => key(stack, { keySpec: 'RSA_2048' }), refused: 'Stack/Key, keySpec: property does not exist' },
  { name: 'the name of a habit, part of which is right', build: (stack) => key(stack, { rotationSchedule: 1 }), refused: '; use schedule if it is meant, or remove it' },
  { name: 'another name of a habit, part of which is right', build: (stack) => key(stack, { deletionPolicy: 1 }), refused: '; use deletion if it is meant, or remove it' },
  { name: 'text in place of the properties', build: (stack) => new RotatingKey(stack, 'Key', untyped('alias/orders')), refused: '; pass an object, such as { alias: \'alias/orders\' }' },
  { name: 'a misspelled store', build: (stack) => key(stack, { store: [] }), refused: 'Stack/Key, store: property does not exist' },
  { name: 'a misspelled store and its remedy', build: (stack) => key(stack, { Stores: [] }), refused: '; use stores' },
  { name: 'two mistakes in one error', build: (stack) => key(stack, { alias: 1, user: [] }), refused: 'Stack/Key, alias: value is of the wrong kind' },
  { name: 'a rotating key without properties', build: (stack) => new RotatingKey(stack, 'Key', untyped(undefined)), refused: 'Stack/Key: properties are of the wrong kind, got nothing; allowed: an object with alias' },
  { name: 'a rotating key in no scope', build: () => new RotatingKey(untyped('Stack'), 'Key', { alias: 'a' }), refused: 'RotatingKey: scope is not a construct, got text of 5 characters' },
];
