import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { DataKeyStore, ExistingKey, KeyMaterialSource, type RotatingKeyProps } from '../../../src/index';
import { aRotatingKey, aTable } from '../../support/a-rotating-key';
import { anImportedKey, complaintsOf } from '../../support/a-stack';

const [ACCOUNT, REGION] = ['111122223333', 'eu-central-1'];
const HERE = { account: ACCOUNT, region: REGION };
const OTHER_REGION = { account: ACCOUNT, region: 'us-east-1' };
const OTHER_ACCOUNT = { account: '444455556666', region: REGION };
const KEY_ID = '11111111-2222-3333-4444-555555555555';

let app: App;
beforeEach(() => { app = new App({ analyticsReporting: false }); });

const stackIn = (id: string, env?: { readonly account?: string; readonly region?: string }) =>
  new Stack(app, id, { env, crossRegionReferences: true });
const tableStore = (table: dynamodb.ITable) => ({ stores: [DataKeyStore.dynamoTable(table, { dataKeyAttribute: 'dataKey' })] });
const named = (service: string, resource: string, { account, region } = OTHER_REGION) => `arn:aws:${service}:${region}:${account}:${resource}`;

/** The way in which a rotating key names a resource, in its own stack or one of another environment. */
type Named = (own: Stack, other: Stack) => Partial<RotatingKeyProps>;

const OF_ANOTHER_STACK: [string, Named][] = [
  ['a table', (_, other) => tableStore(aTable(other))],
  ['a table with a name of its own', (_, other) => tableStore(aTable(other, 'Orders', { tableName: 'orders' }))],
  ['a secret', (_, other) => ({ material: KeyMaterialSource.secret(new secretsmanager.Secret(other, 'Secret')) })],
  ['an existing key', (_, other) => ({ startFrom: ExistingKey.fromArn(new kms.Key(other, 'Existing').keyArn) })],
  ['an evidence bucket', (_, other) => ({ evidenceBucket: new s3.Bucket(other, 'Bucket', { bucketName: 'evidence' }) })],
];

describe.each(OF_ANOTHER_STACK)('%s of another stack', (_, build) => {
  test('in another Region is refused, and the error names both Regions', () => {
    const own = stackIn('Own', HERE);
    expect(() => aRotatingKey(own, build(own, stackIn('Other', OTHER_REGION))))
      .toThrow(/^Own\/Key, \w+: .*in another Region than the stack that uses it, got us-east-1; allowed: eu-central-1; declare/);
  });

  test('in another account is refused, and the error names both accounts', () => {
    const own = stackIn('Own', HERE);
    expect(() => aRotatingKey(own, build(own, stackIn('Other', OTHER_ACCOUNT))))
      .toThrow(/in another account than the stack that uses it, got 444455556666; allowed: 111122223333; declare/);
  });

  test.each([['with the same env', HERE], ['without env', undefined]])('%s is accepted', (_name, env) => {
    const own = stackIn('Own', env);
    aRotatingKey(own, build(own, stackIn('Other', env)));
    expect(complaintsOf(own)).toBe('');
  });
});

const BY_ARN: [string, (own: Stack, env: typeof OTHER_REGION) => Partial<RotatingKeyProps>][] = [
  ['a table', (own, env) => tableStore(dynamodb.Table.fromTableArn(own, 'Table', named('dynamodb', 'table/orders', env)))],
  ['a table by its attributes', (own, env) =>
    tableStore(dynamodb.Table.fromTableAttributes(own, 'Table', { tableArn: named('dynamodb', 'table/orders', env) }))],
  ['a TableV2', (own, env) => tableStore(dynamodb.TableV2.fromTableArn(own, 'Table', named('dynamodb', 'table/orders', env)))],
  ['a secret', (own, env) => ({
    material: KeyMaterialSource.secret(secretsmanager.Secret.fromSecretCompleteArn(own, 'S', named('secretsmanager', 'secret:s-AbCdEf', env))),
  })],
  ['a secret by its partial ARN', (own, env) => ({
    material: KeyMaterialSource.secret(secretsmanager.Secret.fromSecretPartialArn(own, 'S', named('secretsmanager', 'secret:s', env))),
  })],
  ['an existing key', (_, env) => ({ startFrom: ExistingKey.fromArn(named('kms', `key/${KEY_ID}`, env)) })],
];

describe.each(BY_ARN)('%s that only an ARN names', (_, build) => {
  test.each([['Region', OTHER_REGION, 'us-east-1'], ['account', OTHER_ACCOUNT, '444455556666']])(
    'in another %s is refused', (place, env, given) => {
      const own = stackIn('Own', HERE);
      expect(() => aRotatingKey(own, build(own, env))).toThrow(`in another ${place} than the stack that uses it, got ${given}; allowed: `);
    });

  test.each([['whose Region and account are the same', HERE], ['whose Region and account are unknown', undefined]])(
    'is accepted in a stack %s', (_name, env) => {
      const own = stackIn('Own', env);
      aRotatingKey(own, build(own, HERE));
      expect(complaintsOf(own)).toBe('');
    });
});

test('an ARN that is known only during deployment is accepted', () => {
  const own = stackIn('Own', HERE);
  const arn = new CfnParameter(own, 'TableArn').valueAsString;
  aRotatingKey(own, tableStore(dynamodb.Table.fromTableArn(own, 'Table', arn)));
  expect(complaintsOf(own)).toBe('');
});

test('a replica of a global table in the Region of the rotating key is accepted, and one of another Region is refused', () => {
  const [own, other] = [stackIn('Own', HERE), stackIn('Other', OTHER_REGION)];
  const table = new dynamodb.TableV2(other, 'Orders', {
    tableName: 'orders', partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING }, replicas: [{ region: REGION }, { region: 'eu-west-1' }],
  });
  expect(() => aRotatingKey(own, tableStore(table.replica('eu-west-1')), 'Wrong')).toThrow('got eu-west-1; allowed: eu-central-1');
  expect(() => aRotatingKey(own, tableStore(table.replica(REGION)), 'Right')).not.toThrow();
});

test('the secret of a key with imported key material is checked, too', () => {
  const own = stackIn('Own', HERE);
  const secret = new secretsmanager.Secret(stackIn('Other', OTHER_REGION), 'Secret');
  expect(() => anImportedKey(own, { material: KeyMaterialSource.secret(secret) })).toThrow(
    'Own/Key, material: secret Other/Secret is in another Region than the stack that uses it, got us-east-1; allowed: eu-central-1; ' +
    'declare this construct in a stack of that Region, or set the same region in env of both stacks');
});
