import { Duration, Fn, Lazy, Size, Tags, Token, type Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  ContextValue, Deletion, ExistingKey, KeyMaterialSource, RotatingKey, RotationSchedule,
  type DeletionAfterProofOptions, type DynamoTableStoreOptions, type RotatingKeyProps,
} from '../../../src/index';
import { aRotatingKey, aStore } from '../../support/a-rotating-key';
import { aSecret, aStack, complaintsOf } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

function complaints(props: Partial<RotatingKeyProps>): string {
  aRotatingKey(stack, props);
  return complaintsOf(stack);
}

const complaintsAboutStore = (options: Partial<DynamoTableStoreOptions>) => complaints({ stores: [aStore(stack, options)] });
const complaintsAboutDeletion = (options: DeletionAfterProofOptions) => complaints({ deletion: Deletion.afterProof(options) });

describe('the alias', () => {
  test.each(['orders', 'alias/orders', 'alias/orders/eu', 'alias/gizmo/g', `alias/${'x'.repeat(244)}`])('%s is accepted', (alias) => {
    expect(complaints({ alias })).toBe('');
  });

  test.each([
    [
      `alias/${'x'.repeat(245)}`,
      'alias: name is too long, got 251 characters; allowed: at most 250, which leaves room for /g9999; choose a shorter name',
    ],
    [
      'alias/orders/g3',
      'alias: name ends in /g and a number, which is reserved for generations of a rotating key, got "alias/orders/g3"; use the alias of the family',
    ],
    ['alias/or ders', 'alias: name is not valid in KMS, got "alias/or ders"'],
    ['alias/aws/orders', 'alias: name is reserved for AWS managed keys'],
  ])('%s is refused', (alias, complaint) => {
    expect(complaints({ alias })).toContain(complaint);
  });

  test('of a generation is refused by fromAliasName, too', () => {
    RotatingKey.fromAliasName(stack, 'Orders', 'alias/orders/g2');
    expect(complaintsOf(stack)).toContain('got "alias/orders/g2"; use the alias of the family');
  });

  test('is refused if it is known only during deployment', () => {
    expect(complaints({ alias: Fn.importValue('alias') })).toContain(
      'alias: name must be known at synthesis, got a token; use a literal: policies contain the name, and consumers know nothing else');
  });
});

describe('periods and numbers within their limits, and outside', () => {
  const settled = {
    firstRotationWatchPeriod: Duration.minutes(5),
    propagationDelay: Duration.minutes(5),
    dataKeyMaxAge: Duration.minutes(1),
  };

  test.each<[string, Partial<RotatingKeyProps>]>([
    ['a rotation every day', { ...settled, schedule: RotationSchedule.every(Duration.days(1)) }],
    ['a rotation every 2560 days', { schedule: RotationSchedule.every(Duration.days(2560)) }],
    ['propagationDelay of 5 minutes', { propagationDelay: Duration.minutes(5) }],
    ['propagationDelay of a day', { propagationDelay: Duration.days(1) }],
    [
      'firstRotationWatchPeriod as long as propagationDelay',
      { propagationDelay: Duration.minutes(5), firstRotationWatchPeriod: Duration.minutes(5) },
    ],
    ['firstRotationWatchPeriod of 14 days', { firstRotationWatchPeriod: Duration.days(14) }],
    ['dataKeyMaxAge of a minute', { dataKeyMaxAge: Duration.minutes(1) }],
    ['dataKeyMaxAge of 30 days', { dataKeyMaxAge: Duration.days(30) }],
    ['maxPasses 1', { maxPasses: 1 }],
    ['maxPasses 20', { maxPasses: 20 }],
    ['maxConcurrency 1', { maxConcurrency: 1 }],
    ['maxConcurrency 1000', { maxConcurrency: 1000 }],
    ['reconcileHour 0', { reconcileHour: 0 }],
    ['reconcileHour 23', { reconcileHour: 23 }],
    ['workerMemorySize of 256 MiB', { workerMemorySize: Size.mebibytes(256) }],
    ['workerMemorySize of 10 GiB', { workerMemorySize: Size.gibibytes(10) }],
  ])('%s is accepted', (_, props) => {
    expect(complaints(props)).toBe('');
  });

  test.each<[string, Partial<RotatingKeyProps>, string]>([
    [
      'a rotation every 23 hours',
      { ...settled, schedule: RotationSchedule.every(Duration.hours(23)) },
      'schedule: period is out of range, got 23 hours; allowed: 1 day to 2560 days',
    ],
    [
      'a rotation every 2561 days',
      { schedule: RotationSchedule.every(Duration.days(2561)) },
      'schedule: period is out of range, got 2561 days',
    ],
    [
      'propagationDelay below 5 minutes',
      { propagationDelay: Duration.seconds(299) },
      'propagationDelay: period is out of range, got 4 minutes 59 seconds; allowed: 5 minutes to 1 day; use Duration.minutes(10)',
    ],
    ['propagationDelay above a day', { propagationDelay: Duration.minutes(1441) }, 'propagationDelay: period is out of range'],
    [
      'firstRotationWatchPeriod below propagationDelay',
      { propagationDelay: Duration.hours(2), firstRotationWatchPeriod: Duration.minutes(119) },
      'firstRotationWatchPeriod: period is out of range, got 1 hour 59 minutes; allowed: 2 hours to 14 days',
    ],
    [
      'firstRotationWatchPeriod above 14 days',
      { firstRotationWatchPeriod: Duration.hours(14 * 24 + 1) },
      'firstRotationWatchPeriod: period is out of range',
    ],
    [
      'dataKeyMaxAge below a minute',
      { dataKeyMaxAge: Duration.seconds(59) },
      'dataKeyMaxAge: period is out of range, got 59 seconds; allowed: 1 minute to 30 days',
    ],
    ['dataKeyMaxAge above 30 days', { dataKeyMaxAge: Duration.hours(721) }, 'dataKeyMaxAge: period is out of range'],
    [
      'dataKeyMaxAge that is a token',
      { dataKeyMaxAge: Duration.seconds(Lazy.number({ produce: () => 60 })) },
      'dataKeyMaxAge: period must be known at synthesis',
    ],
    ['maxPasses 0', { maxPasses: 0 }, 'maxPasses: number is out of range, got 0; allowed: a whole number from 1 to 20; use 5'],
    ['maxPasses 21', { maxPasses: 21 }, 'maxPasses: number is out of range'],
    ['maxPasses 1.5', { maxPasses: 1.5 }, 'maxPasses: number is out of range'],
    ['maxPasses that is a token', { maxPasses: Lazy.number({ produce: () => 5 }) }, 'maxPasses: number must be known at synthesis'],
    ['maxConcurrency 0', { maxConcurrency: 0 }, 'maxConcurrency: number is out of range'],
    ['maxConcurrency 1001', { maxConcurrency: 1001 }, 'maxConcurrency: number is out of range'],
    ['reconcileHour -1', { reconcileHour: -1 }, 'reconcileHour: number is out of range'],
    ['reconcileHour 24', { reconcileHour: 24 }, 'reconcileHour: number is out of range, got 24; allowed: a whole number from 0 to 23'],
    [
      'workerMemorySize of 255 MiB',
      { workerMemorySize: Size.mebibytes(255) },
      'workerMemorySize, in MiB: number is out of range, got 255; allowed: a whole number from 256 to 10240',
    ],
    ['workerMemorySize of 10241 MiB', { workerMemorySize: Size.mebibytes(10_241) }, 'workerMemorySize, in MiB: number is out of range'],
  ])('%s is refused', (_, props, complaint) => {
    expect(complaints(props)).toContain(complaint);
  });

  test('a period that is shorter than a rotation is refused, because the next rotation would always be due', () => {
    expect(complaints({ schedule: RotationSchedule.every(Duration.days(2)) })).toContain(
      'schedule: period is out of range, got 2 days; allowed: 2 days 40 minutes to 2560 days; choose a longer period, or lower dataKeyMaxAge, '
      + 'firstRotationWatchPeriod or propagationDelay, or use RotationSchedule.onRequest()',
    );
  });
});

describe('deletion within its limits, and outside', () => {
  test.each<[DeletionAfterProofOptions]>([
    [
      {
        observationPeriod: Duration.days(1),
        soakPeriod: Duration.days(1),
        backupRetention: Duration.days(0),
        pendingWindow: Duration.days(7),
      },
    ],
    [
      {
        observationPeriod: Duration.days(365),
        soakPeriod: Duration.days(365),
        backupRetention: Duration.days(3650),
        pendingWindow: Duration.days(30),
      },
    ],
    [{ observationPeriod: Duration.hours(48) }],
  ])('%j is accepted', (options) => {
    expect(complaintsAboutDeletion(options)).toBe('');
  });

  test.each<[string, DeletionAfterProofOptions, string]>([
    [
      'observe of 0 days',
      { observationPeriod: Duration.days(0) },
      'deletion.observationPeriod: period is out of range, got 0 days; allowed: 1 day to 365 days',
    ],
    ['observe of 366 days', { observationPeriod: Duration.days(366) }, 'deletion.observationPeriod: period is out of range'],
    ['soak of 0 days', { soakPeriod: Duration.days(0) }, 'deletion.soakPeriod: period is out of range'],
    ['soak of 366 days', { soakPeriod: Duration.days(366) }, 'deletion.soakPeriod: period is out of range'],
    ['backupRetention of 3651 days', { backupRetention: Duration.days(3651) }, 'deletion.backupRetention: period is out of range'],
    [
      'pendingWindow of 6 days',
      { pendingWindow: Duration.days(6) },
      'deletion.pendingWindow: period is out of range, got 6 days; allowed: 7 days to 30 days',
    ],
    ['pendingWindow of 31 days', { pendingWindow: Duration.days(31) }, 'deletion.pendingWindow: period is out of range'],
    [
      'half a day',
      { soakPeriod: Duration.hours(36) },
      'deletion.soakPeriod: period is not a whole number of days, got 1 day 12 hours; use Duration.days with a whole number',
    ],
  ])('%s is refused', (_, options, complaint) => {
    expect(complaintsAboutDeletion(options)).toContain(complaint);
  });
});

describe('stores', () => {
  test('of the same name are refused', () => {
    expect(complaints({ stores: [aStore(stack, { storeId: 'same' }, 'One'), aStore(stack, { storeId: 'same' }, 'Two')] })).toContain(
      'stores: two stores have the same storeId, got same; set a different storeId for each store');
  });

  test('may have 2000 shards together', () => {
    expect(complaints({ stores: [aStore(stack, { shards: 1000 }, 'One'), aStore(stack, { shards: 1000 }, 'Two')] })).toBe('');
  });

  test('of more shards together are refused', () => {
    expect(
      complaints({
        stores: [aStore(stack, { shards: 1000 }, 'One'), aStore(stack, { shards: 1000 }, 'Two'), aStore(stack, { shards: 1 }, 'Three')],
      }),
    ).toContain('stores: stores have too many shards in total, got 2001; allowed: at most 2000');
  });

  test.each([1, 1000])('a store may have %i shards', (shards) => {
    expect(complaintsAboutStore({ shards })).toBe('');
  });

  test.each([0, 1001, 2.5])('a store cannot have %d shards', (shards) => {
    expect(complaintsAboutStore({ shards })).toContain('store Orders, shards: number is out of range');
  });

  test('a number of shards that is unknown at synthesis is refused, with the other problems of the store', () => {
    const reported = complaintsAboutStore({ shards: Token.asNumber({ Ref: 'Shards' }), dataKeyAttribute: '' });
    expect(reported).toContain(
      'store Orders, shards: number must be known at synthesis, got a token; allowed: a whole number from 1 to 1000',
    );
    expect(reported).toContain('store Orders: name of an attribute is empty');
    expect(reported).not.toContain('out of range');
  });

  test.each<[string, Partial<DynamoTableStoreOptions>, string]>([
    [
      'an invalid storeId',
      { storeId: 'my orders' },
      'store my orders: storeId cannot be part of the object keys of evidence, got "my orders"',
    ],
    ['a storeId of 65 characters', { storeId: 'x'.repeat(65) }, 'storeId cannot be part of the object keys of evidence'],
    [
      'one attribute for two things',
      { keyIdAttribute: 'dataKey' },
      'store Orders: keyIdAttribute and dataKeyAttribute are the same attribute, got dataKey',
    ],
    [
      'a data key attribute in the encryption context',
      { encryptionContext: { key: ContextValue.attribute('dataKey') } },
      'store Orders: attribute is written by a rotation and is part of the encryption context, got dataKey',
    ],
    [
      'a key id attribute in the encryption context',
      { keyIdAttribute: 'kmsKeyId', encryptionContext: { key: ContextValue.attribute('kmsKeyId') } },
      'attribute is written by a rotation and is part of the encryption context, got kmsKeyId',
    ],
    ['an attribute without a name', { dataKeyAttribute: '' }, 'store Orders: name of an attribute is empty'],
    [
      'a context attribute without a name',
      { encryptionContext: { tenant: ContextValue.attribute('') } },
      'store Orders: name of an attribute is empty',
    ],
  ])('%s is refused', (_, options, complaint) => {
    expect(complaintsAboutStore(options)).toContain(complaint);
  });
});

describe('other invalid properties', () => {
  test.each<[string, () => Partial<RotatingKeyProps>, string]>([
    [
      'key material of one version',
      () => ({ material: KeyMaterialSource.secret(aSecret(stack), { versionId: 'a1b2c3d4-5678-90ab-cdef-EXAMPLE11111' }) }),
      'material: every generation needs its own key material, and a version of a secret always has the same, got version a1b2c3d4-5678-90ab-cdef-EXAMPLE11111; remove versionId',
    ],
    [
      'evidence under a KMS key',
      () => ({ evidenceBucket: new s3.Bucket(stack, 'Mine', { encryption: s3.BucketEncryption.KMS }) }),
      'evidenceBucket: bucket is encrypted under a KMS key, and the worker has no permission to decrypt, got Stack/Mine/Key',
    ],
    [
      'evidence that expires',
      () => ({ evidenceBucket: new s3.Bucket(stack, 'Mine', { lifecycleRules: [{ expiration: Duration.days(365) }] }) }),
      'evidenceBucket: objects of the bucket expire',
    ],
    [
      'a multi-Region key to start from',
      () => ({ startFrom: ExistingKey.fromArn('arn:aws:kms:eu-central-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab') }),
      'startFrom: key is a multi-Region key',
    ],
    [
      'an alias to start from',
      () => ({ startFrom: ExistingKey.fromArn('arn:aws:kms:eu-central-1:111122223333:alias/orders') }),
      'startFrom: keyArn is not the ARN of a KMS key',
    ],
    [
      'a bare id to start from',
      () => ({ startFrom: ExistingKey.fromArn('1234abcd-12ab-34cd-56ef-1234567890ab') }),
      'startFrom: keyArn is not the ARN of a KMS key',
    ],
    [
      'an invalid owner',
      () => ({ adoptFrom: 'OrdersStack' }),
      'adoptFrom: value is not an owner, got "OrdersStack"; allowed: stack name and logical id',
    ],
    [
      'subnets without a VPC',
      () => ({ vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } }),
      'vpc: subnets or security groups are set without a VPC',
    ],
  ])('%s is refused', (_, props, complaint) => {
    expect(complaints(props())).toContain(complaint);
  });

  test.each<[string, s3.LifecycleRule]>([
    ['of noncurrent versions', { noncurrentVersionExpiration: Duration.days(365) }],
    ['of counts', { prefix: 'runs/', expiration: Duration.days(365) }],
    ['that is disabled', { enabled: false, expiration: Duration.days(365) }],
  ])('an evidence bucket with a lifecycle rule %s is accepted', (_, rule) => {
    expect(complaints({ evidenceBucket: new s3.Bucket(stack, 'Mine', { lifecycleRules: [rule] }) })).toBe('');
  });

  test('an existing key that is known only during deployment is accepted', () => {
    expect(complaints({ startFrom: ExistingKey.fromArn(Fn.importValue('key')) })).toBe('');
  });

  test('a tag with the reserved prefix is refused', () => {
    const key = aRotatingKey(stack);
    Tags.of(key).add('cdk-kms-lifecycle:phase', 'current');
    expect(complaintsOf(stack)).toContain('tags: tag is reserved, got cdk-kms-lifecycle:phase');
  });

  test('the number of tags is limited by KMS, including those of the construct', () => {
    const tagged = (count: number) => {
      const fresh = aStack();
      const key = aRotatingKey(fresh);
      for (let number = 0; number < count; number++) Tags.of(key).add(`tag-${number}`, 'x');
      return complaintsOf(fresh);
    };
    const room = [...Array(51).keys()].filter((count) => tagged(count) === '').pop() as number;
    expect(room).toBeGreaterThanOrEqual(29);
    expect(tagged(room + 1)).toContain(
      `tags: number of tags is too high, got ${room + 1}; allowed: at most ${room}: KMS allows 50 on a key, and this construct uses ${50 - room}`,
    );
  });
});

describe('the key policy', () => {
  const users = (count: number) =>
    [...Array(count).keys()].map((number) => new iam.ArnPrincipal(`arn:aws:iam::111122223333:role/${'x'.repeat(60)}${number}`));

  test('can name two hundred users', () => {
    expect(complaints({ users: users(200) })).toBe('');
  });

  test('is refused if it leaves no room for a fence', () => {
    expect(complaints({ users: users(300) })).toMatch(
      /users: key policy of a generation is too large, got about 3\d{4} bytes; allowed: 29696, which leaves room for fence and gate in the 32768 that KMS allows/,
    );
  });
});

test('all problems are reported at once, with their place', () => {
  const reported = complaints({
    alias: 'a b',
    propagationDelay: Duration.minutes(1),
    maxPasses: 0,
    deletion: Deletion.afterProof({ soakPeriod: Duration.days(0) }),
    stores: [aStore(stack, { shards: 0 })],
  });
  expect(reported.match(/\[Stack\/Key\] (alias|propagationDelay|maxPasses|deletion\.soakPeriod|store Orders, shards): /g)).toHaveLength(5);
});
