import { App, Duration, NestedStack, Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  ContextValue,
  DataKeyStore,
  Deletion,
  ExistingKey,
  KeyMaterialSource,
  OnConsumerFailure,
  OnUse,
  RotatingKey,
  RotationSchedule,
  SecretEncoding,
  type RotatingKeyProps,
} from '../../../src/index';
import { aRotatingKey, aStore, aTable, declaredPolicyOf, familyOf, textOf } from '../../support/a-rotating-key';
import { aRole, aSecret, aStack, complaintsOf, onlyResource } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const templateOf = (of: Stack) => Template.fromStack(of).toJSON() as { Resources: Record<string, { Type: string }> };
const KEY_ARN = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

test('the smallest declaration names the users and the stores', () => {
  const ordersTable = aTable(stack);
  const ordersFunction = new lambda.Function(stack, 'Function', {
    code: lambda.Code.fromInline('exports.handler = () => {}'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X,
  });

  const orders = new RotatingKey(stack, 'Key', {
    alias: 'orders',
    users: [ordersFunction],
    stores: [DataKeyStore.dynamoTable(ordersTable, { dataKeyAttribute: 'dataKey' })],
  });

  expect(orders.aliasName).toBe('alias/orders');
  expect(familyOf(stack)).toEqual({
    schema: 1,
    alias: 'alias/orders',
    owner: `Stack/${onlyResource(stack, 'Custom::RotatingKey').logicalId}`,
    description: '',
    policyDocument: expect.any(String),
    roles: {
      control: expect.stringMatching(/^<KeyFunctionsControlRole.{8}\.Arn>$/),
      worker: expect.stringMatching(/^<KeyFunctionsWorkerRole.{8}\.Arn>$/),
      retirement: expect.stringMatching(/^<KeyFunctionsRetirementRole.{8}\.Arn>$/),
    },
    material: { kind: 'aws-kms' },
    tags: {},
    stores: [
      {
        kind: 'dynamodb-table',
        storeId: 'Orders',
        tableName: expect.stringMatching(/^<Orders.{8}>$/),
        tableArn: expect.stringMatching(/^<Orders.{8}\.Arn>$/),
        foreignRecords: 'quarantine',
        dataKeyAttribute: 'dataKey',
        encryptionContext: {},
        shards: 4,
      },
    ],
    rotateEverySeconds: 365 * 86_400,
    propagationDelaySeconds: 600,
    firstRotationWatchSeconds: 86_400,
    dataKeyMaxAgeSeconds: 86_400,
    maxPasses: 5,
    onConsumerFailure: 'roll-back-if-watched',
    paused: false,
  });
  expect(complaintsOf(stack)).toBe('');
  Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
});

test('every property reaches the functions', () => {
  aRotatingKey(stack, {
    description: 'Orders',
    material: KeyMaterialSource.secret(aSecret(stack), { encoding: SecretEncoding.HEX }),
    schedule: RotationSchedule.onRequest(),
    dataKeyMaxAge: Duration.hours(1),
    propagationDelay: Duration.minutes(6),
    firstRotationWatchPeriod: Duration.minutes(7),
    onConsumerFailure: OnConsumerFailure.CONTINUE,
    maxPasses: 2,
    paused: true,
    breakGlassRole: aRole(stack, 'BreakGlass'),
    stores: [aStore(stack, {
      keyIdAttribute: 'kmsKeyId',
      shards: 9,
      storeId: 'all-orders',
      encryptionContext: { tenant: ContextValue.attribute('tenantId'), purpose: ContextValue.literal('orders') },
    })],
    deletion: Deletion.afterProof({
      observationPeriod: Duration.days(1),
      soakPeriod: Duration.days(2),
      backupRetention: Duration.days(3),
      pendingWindow: Duration.days(8),
      onUse: OnUse.HOLD,
    }),
  });
  expect(familyOf(stack)).toMatchObject({
    description: 'Orders',
    material: {
      kind: 'secret',
      secretArn: expect.stringContaining('secret:bytes-AbCdEf'),
      encoding: 'hex',
      wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      wrappingKeySpec: 'RSA_4096',
    },
    dataKeyMaxAgeSeconds: 3600,
    propagationDelaySeconds: 360,
    firstRotationWatchSeconds: 420,
    onConsumerFailure: 'continue',
    maxPasses: 2,
    paused: true,
    roles: { breakGlass: expect.stringMatching(/^<BreakGlass.{8}\.Arn>$/) },
    stores: [
      {
        storeId: 'all-orders',
        keyIdAttribute: 'kmsKeyId',
        shards: 9,
        encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenantId' }, purpose: { kind: 'literal', value: 'orders' } },
      },
    ],
    deletion: { observationDays: 1, soakDays: 2, backupRetentionDays: 3, pendingWindowDays: 8, onUse: 'hold' },
  });
  expect(familyOf(stack)).not.toHaveProperty('rotateEverySeconds');
  expect(complaintsOf(stack)).toBe('');
});

test('the defaults of a deletion are 7, 14, 35 and 30 days', () => {
  aRotatingKey(stack, { deletion: Deletion.afterProof() });
  expect(familyOf(stack).deletion).toEqual({
    observationDays: 7,
    soakDays: 14,
    backupRetentionDays: 35,
    pendingWindowDays: 30,
    onUse: 'start-over',
  });
});

describe('a rotating key', () => {
  test('is not a kms.IKey, because data that a service encrypts by itself cannot be re-encrypted', () => {
    const key = aRotatingKey(stack);
    // @ts-expect-error A bucket cannot be given a rotating key.
    const props: s3.BucketProps = { encryptionKey: key };
    expect(() => props.encryptionKey?.keyArn).toThrow('a rotating key has no key id');
    expect(() => props.encryptionKey?.keyId).toThrow('a rotating key has no key id');
  });

  test('has a name that is a literal in every stack', () => {
    const key = aRotatingKey(stack);
    expect(stack.resolve(key.aliasName)).toBe('alias/orders');
  });
});

describe('the resource', () => {
  test('is retained when the stack is deleted, unless its first deployment fails', () => {
    aRotatingKey(stack);
    expect(onlyResource(stack, 'Custom::RotatingKey')).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('is handled by the control function, within fifteen minutes', () => {
    aRotatingKey(stack);
    expect(onlyResource(stack, 'Custom::RotatingKey').Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^KeyFunctionsControlHandler/), 'Arn'] },
      ServiceTimeout: '900',
      Family: expect.anything(),
    });
  });

  test('contains the existing key and the owner to adopt', () => {
    aRotatingKey(stack, { startFrom: ExistingKey.fromArn(KEY_ARN), adoptFrom: 'Old/Key1234' });
    expect(onlyResource(stack, 'Custom::RotatingKey').Properties).toMatchObject({ StartFromKeyArn: KEY_ARN, AdoptFrom: 'Old/Key1234' });
  });

  test('depends on the permission to read its key material', () => {
    aRotatingKey(stack, { material: KeyMaterialSource.secret(aSecret(stack)) });
    expect(onlyResource(stack, 'Custom::RotatingKey').DependsOn).toEqual([expect.stringMatching(/^KeyFunctionsControlRoleDefaultPolicy/)]);
  });
});

test('both state machines contain the same family', () => {
  aRotatingKey(stack);
  const machines = Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine')) as {
    Properties: { DefinitionString: unknown };
  }[];
  const definitions = machines.map(({ Properties: { DefinitionString } }) =>
    JSON.parse(textOf(DefinitionString)) as { States: { DescribeFamily: { Result: object } } });
  expect(definitions.map(({ States }) => States.DescribeFamily.Result)).toEqual([{ family: familyOf(stack) }, { family: familyOf(stack) }]);
});

test('tags of its scopes reach every generation', () => {
  aRotatingKey(stack);
  Tags.of(stack).add('team', 'orders');
  expect(familyOf(stack).tags).toEqual({ team: 'orders' });
});

test('tags of the stack, and tags for KMS keys, reach every generation, and those of the key itself take precedence', () => {
  const tagged = new Stack(new App({ analyticsReporting: false }), 'Tagged', { tags: { CostCenter: '4711', Team: 'platform' } });
  const key = aRotatingKey(tagged);
  Tags.of(tagged).add('Data', 'orders', { includeResourceTypes: ['AWS::KMS::Key'] });
  Tags.of(tagged).add('Bucket', 'only', { includeResourceTypes: ['AWS::S3::Bucket'] });
  Tags.of(key).add('Team', 'orders');
  expect(familyOf(tagged).tags).toEqual({ CostCenter: '4711', Team: 'orders', Data: 'orders' });
});

test('tags of the stack in which its stack is nested reach every generation', () => {
  const outer = new Stack(new App({ analyticsReporting: false }), 'Outer', { tags: { CostCenter: '4711' } });
  const nested = new NestedStack(outer, 'Nested');
  aRotatingKey(nested);
  expect(familyOf(nested).tags).toEqual({ CostCenter: '4711' });
});

test('a failed first deployment leaves nothing behind', () => {
  aRotatingKey(stack);
  const policies = Object.values(Template.fromStack(stack).toJSON().Resources as Record<string, { DeletionPolicy?: string; Type: string }>)
    .filter(({ Type }) => Type !== 'AWS::DynamoDB::Table').map(({ DeletionPolicy }) => DeletionPolicy);
  expect([...new Set(policies)].sort()).toEqual(['Delete', 'RetainExceptOnCreate', undefined]);
});

test('a key without stores adds a warning that can be acknowledged', () => {
  const key = aRotatingKey(stack, { stores: [] });
  Annotations.fromStack(stack).hasWarning(
    '/Stack/Key',
    Match.stringLikeRegexp('no store is declared.*\\[ack: cdk-kms-lifecycle:no-stores\\]'),
  );
  expect(key.node.metadata.filter(({ type }) => type === 'aws:cdk:warning')).toHaveLength(1);
});

test.each<[string, Partial<RotatingKeyProps>, boolean]>([
  ['of less than a week', { schedule: RotationSchedule.every(Duration.days(3)), deletion: Deletion.afterProof() }, true],
  ['of a week', { schedule: RotationSchedule.every(Duration.days(7)), deletion: Deletion.afterProof() }, false],
  ['of less than a week that retires nothing', { schedule: RotationSchedule.every(Duration.days(3)) }, false],
  ['on request', { schedule: RotationSchedule.onRequest(), deletion: Deletion.afterProof() }, false],
])('a schedule %s: a warning that retirements wait for rotations only if they do', (_, props, warned) => {
  aRotatingKey(stack, props);
  const found = Annotations.fromStack(stack).findWarning('/Stack/Key', Match.stringLikeRegexp('cdk-kms-lifecycle:many-generations'));
  expect(found).toHaveLength(warned ? 1 : 0);
});

describe('the template', () => {
  test.each<[string, (of: Stack) => Partial<RotatingKeyProps>]>([
    ['whose bytes KMS makes', () => ({})],
    ['with bytes of your own', (of) => ({ material: KeyMaterialSource.secret(aSecret(of)) })],
    ['in a network', (of) => ({
      material: KeyMaterialSource.secret(aSecret(of)),
      vpc: ec2.Vpc.fromVpcAttributes(of, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] }),
    })],
  ])('has at most 30 resources for a family %s', (_, props) => {
    aRotatingKey(stack, { deletion: Deletion.afterProof(), ...props(stack) });
    const ofTheFamily = Object.keys(templateOf(stack).Resources).filter((logicalId) => logicalId.startsWith('Key'));
    expect(ofTheFamily.length).toBeGreaterThan(20);
    expect(ofTheFamily.length).toBeLessThanOrEqual(30);
  });

  test('is the same on every day', () => {
    const synthesize = () => {
      const fresh = aStack();
      aRotatingKey(fresh, { deletion: Deletion.afterProof(), material: KeyMaterialSource.secret(aSecret(fresh)) });
      return templateOf(fresh);
    };
    const first = synthesize();
    jest.useFakeTimers({ now: new Date('2031-07-01T12:00:00Z') });
    try {
      expect(synthesize()).toEqual(first);
    } finally {
      jest.useRealTimers();
    }
  });

  test('has no circular dependency', () => {
    const role = aRole(stack, 'User');
    const key = aRotatingKey(stack, { users: [role], material: KeyMaterialSource.secret(aSecret(stack)), deletion: Deletion.afterProof() });
    const consumer = new lambda.Function(stack, 'Consumer', {
      code: lambda.Code.fromInline('exports.handler = () => {}'),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      environment: { KEY: key.aliasName },
    });
    key.grantEncryptDecrypt(consumer);
    // Template.fromStack refuses a template with a circle.
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('can contain two rotating keys', () => {
    aRotatingKey(stack);
    aRotatingKey(stack, { alias: 'invoices', stores: [aStore(stack, {}, 'Invoices')] }, 'Second');
    Template.fromStack(stack).resourceCountIs('Custom::RotatingKey', 2);
  });

  test('needs no region and no account', () => {
    const anywhere = new Stack(new App({ analyticsReporting: false }), 'Anywhere');
    aRotatingKey(anywhere);
    expect(JSON.stringify(templateOf(anywhere))).not.toMatch(/arn:aws:/);
  });
});

test('the key policy of every generation names the declared principals, and no other', () => {
  const [user, administrator] = [aRole(stack, 'User'), aRole(stack, 'Administrator')];
  aRotatingKey(stack, {
    users: [user, new iam.ArnPrincipal(KEY_ARN.replace(/:kms.*/, ':iam::111122223333:role/Elsewhere'))],
    administrators: [administrator],
  });
  const principals = declaredPolicyOf(stack).map(({ Sid, Principal }) => [Sid, [(Principal as { AWS: string | string[] }).AWS].flat()]);
  expect(Object.fromEntries(principals)).toMatchObject({
    UsersEncryptAndDecryptButCannotManage: [expect.stringMatching(/^<User/), 'arn:aws:iam::111122223333:role/Elsewhere'],
    AdministratorsManageButCannotUse: [expect.stringMatching(/^<Administrator/)],
  });
});
