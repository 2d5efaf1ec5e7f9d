import { inspect } from 'node:util';
import type { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { CustomerManagedKey, GrantOperation, KmsGrant, RotatingKey } from '../../../src/index';
import { aRole, aStack, complaintsOf } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

/** As plain JavaScript passes it. */
const asKey = (key: unknown) => key as kms.IKey;

const RESOURCES: Record<string, (key: kms.IKey) => unknown> = {
  'a bucket': (encryptionKey) => new s3.Bucket(stack, 'Bucket', { encryptionKey }),
  'a bucket with KMS encryption': (encryptionKey) =>
    new s3.Bucket(stack, 'Bucket', { encryptionKey, encryption: s3.BucketEncryption.KMS }),
  'a queue': (encryptionMasterKey) => new sqs.Queue(stack, 'Queue', { encryptionMasterKey }),
  'a topic': (masterKey) => new sns.Topic(stack, 'Topic', { masterKey }),
  'a secret': (encryptionKey) => new secretsmanager.Secret(stack, 'Secret', { encryptionKey }),
  'a log group': (encryptionKey) => new logs.LogGroup(stack, 'Logs', { encryptionKey }),
  'a table': (encryptionKey) => new dynamodb.Table(stack, 'Table', {
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
    encryptionKey,
  }),
  'a grant': (key) => new KmsGrant(stack, 'Grant', { key, grantee: aRole(stack, 'Reader'), operations: [GrantOperation.DECRYPT] }),
  'an alias': (targetKey) => new kms.Alias(stack, 'Alias', { aliasName: 'alias/other', targetKey }),
};

describe.each<[string, () => unknown, RegExp]>([
  ['a rotating key', () => new RotatingKey(stack, 'Key', { alias: 'orders' }),
    /Stack\/Key: a rotating key has no key id: .+, got a use of \w+; use aliasName in applications, a grant method for access, and a CustomerManagedKey as the key of a resource$/],
  ['a reference to a rotating key', () => RotatingKey.fromAliasName(stack, 'Key', 'orders'),
    /Stack\/Key: a rotating key has no key id: .+, got a use of \w+; use aliasName in applications, a grant method for access, and a CustomerManagedKey as the key of a resource$/],
  ['a key by its alias', () => CustomerManagedKey.fromAliasName(stack, 'Key', 'orders'),
    /Stack\/Key: an alias has no key id, .+, got a use of \w+; use aliasName in applications, and CustomerManagedKey.fromKeyArn, or the key itself, as the key of a resource$/],
])('%s is not the key', (_, key, problem) => {
  test.each(Object.entries(RESOURCES))('of %s: never silently the AWS managed key', (__, build) => {
    expect(() => {
      build(asKey(key()));
      const complaint = complaintsOf(stack);
      if (complaint !== '') throw new Error(complaint);
    }).toThrow(problem);
  });

  test('and can still be inspected and listed', () => {
    const built = key() as object;
    expect(() => inspect(built, { depth: 0 })).not.toThrow();
    expect(Object.keys(built)).not.toContain('keyArn');
  });
});
