import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { declaredStoreKey } from '../../../../src/contract/evidence/declared-store';
import { evidenceKey, useEvidenceKey, certificateKey } from '../../../../src/contract/evidence/evidence';
import { ExistingKey, type RotatingKeyProps } from '../../../../src/index';
import { aRotatingKey, rightsOf } from '../../../support/a-rotating-key';
import { aStack, onlyResource } from '../../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

describe('evidence', () => {
  test('is stored in a private, versioned bucket that is retained', () => {
    aRotatingKey(stack);
    expect(onlyResource(stack, 'AWS::S3::Bucket')).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    });
    Template.fromStack(stack).hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [Match.objectLike({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
      },
    });
  });

  test.each<[string, Partial<RotatingKeyProps>]>([
    ['a key', { startFrom: ExistingKey.fromArn('arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab') }],
    ['a family', { adoptFrom: 'Other/Key' }],
  ])('outlives a failed first deployment that adopts %s: it contains the former policy', (_, props) => {
    aRotatingKey(stack, props);
    expect(onlyResource(stack, 'AWS::S3::Bucket')).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('is stored in your bucket, if you pass one', () => {
    const evidenceBucket = new s3.Bucket(stack, 'Mine');
    expect(aRotatingKey(stack, { evidenceBucket }).evidenceBucket).toBe(evidenceBucket);
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 1);
  });
});

test('object keys of evidence are in the areas that the roles may read and write', () => {
  aRotatingKey(stack);
  const part = { run: 'machine:run', pass: 1, storeId: 'orders', shard: 0, sequence: 0 };
  const areas = [
    evidenceKey(part, 'counts'),
    useEvidenceKey('key', { at: '2026-11-23T00:00:00Z' }, 'event'),
    certificateKey('alias/orders', 1, '2026-11-23T00:00:00Z'),
    declaredStoreKey('alias/orders', 'digest'),
  ].map((key) => key.split('/')[0]);
  const [read] = rightsOf(stack, /^KeyFunctionsRetirementRole/).filter((right) => right.includes('s3:GetObject'));
  expect(read?.match(/\/\w+\/\*/g)).toEqual(areas.map((area) => `/${area}/*`));
});
