import { Duration, RemovalPolicy, Tags, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ImportedMaterialKey, MaterialExpiration, WrappingAlgorithm } from '../../../src/index';
import { anImportedKey, aRole, aStack, onlyResource } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const nativeKey = () => onlyResource(stack, 'AWS::KMS::Key');
const material = () => onlyResource(stack, 'Custom::KmsKeyMaterial');
const attributeOfMaterial = (attribute: string) => ({ 'Fn::GetAtt': [material().logicalId, attribute] });

describe('the key', () => {
  test('is a native resource without key material', () => {
    anImportedKey(stack, { description: 'Orders', pendingWindow: Duration.days(7) });
    expect(nativeKey().Properties).toMatchObject({ Origin: 'EXTERNAL', Description: 'Orders', PendingWindowInDays: 7 });
    expect(nativeKey().Properties).not.toHaveProperty('EnableKeyRotation');
  });

  test('is retained with its alias when the stack is deleted, unless their first deployment fails', () => {
    anImportedKey(stack);
    for (const type of ['AWS::KMS::Key', 'AWS::KMS::Alias']) {
      expect(onlyResource(stack, type)).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    }
  });

  test.each<[string, (key: ImportedMaterialKey) => void]>([
    ['a property', () => undefined],
    ['a call', (key) => key.applyRemovalPolicy(RemovalPolicy.DESTROY)],
  ])('is deleted with its alias if %s declares it', (how, call) => {
    call(anImportedKey(stack, how === 'a property' ? { removalPolicy: RemovalPolicy.DESTROY } : {}));
    for (const type of ['AWS::KMS::Key', 'AWS::KMS::Alias']) {
      expect(onlyResource(stack, type)).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    }
  });

  test('gets the tags of its scope', () => {
    anImportedKey(stack);
    Tags.of(stack).add('team', 'orders');
    expect(nativeKey().Properties.Tags).toEqual([{ Key: 'team', Value: 'orders' }]);
  });
});

describe('references', () => {
  test('alias and material refer to the native key', () => {
    anImportedKey(stack);
    const arn = { 'Fn::GetAtt': [nativeKey().logicalId, 'Arn'] };
    expect(onlyResource(stack, 'AWS::KMS::Alias').Properties).toEqual({ AliasName: 'alias/orders', TargetKeyId: arn });
    expect(material().Properties.KeyArn).toEqual(arn);
  });

  test('resources that use the key depend on its key material', () => {
    const key = anImportedKey(stack);
    new s3.Bucket(stack, 'Bucket', { encryptionKey: key, encryption: s3.BucketEncryption.KMS });
    new dynamodb.Table(stack, 'Table', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { KMSMasterKeyID: attributeOfMaterial('KeyArn'), SSEAlgorithm: 'aws:kms' } },
        ],
      },
    });
    template.hasResourceProperties('AWS::DynamoDB::Table', { SSESpecification: { KMSMasterKeyId: attributeOfMaterial('KeyArn') } });
  });

  test('only alias, policy and import refer to the native key', () => {
    const key = anImportedKey(stack, { users: [aRole(stack, 'User')] });
    key.grantEncryptDecrypt(aRole(stack, 'Other'));
    key.addAlias('alias/second');
    new s3.Bucket(stack, 'Bucket', { encryptionKey: key, encryption: s3.BucketEncryption.KMS });
    const { logicalId } = nativeKey();

    const referring = Object.values(Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>)
      .filter((resource) => JSON.stringify(resource).includes(`"${logicalId}"`)).map(({ Type }) => Type);

    expect(referring.sort()).toEqual(['AWS::KMS::Alias', 'Custom::KmsKeyMaterial']);
  });

  test.each<[string, RemovalPolicy | undefined, string]>([
    ['by default', undefined, 'RetainExceptOnCreate'], ['when that is changed', RemovalPolicy.DESTROY, 'Delete'],
  ])('a name that comes later stays as long as the key, %s', (_, removalPolicy, expected) => {
    const key = anImportedKey(stack);
    key.addAlias('alias/late');
    if (removalPolicy !== undefined) key.applyRemovalPolicy(removalPolicy);
    const aliases = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Alias')).map(
      ({ DeletionPolicy }) => DeletionPolicy as string,
    );
    expect([...aliases, nativeKey().DeletionPolicy]).toEqual([expected, expected, expected]);
  });

  test('the import depends on the permission to read the secret', () => {
    anImportedKey(stack);
    expect(material().DependsOn).toEqual([onlyResource(stack, 'AWS::IAM::Policy').logicalId]);
  });
});

describe('the material', () => {
  test('has everything that the handler needs as text properties', () => {
    anImportedKey(stack);
    expect(material().Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^KmsKeyMaterialImporterHandler/), 'Arn'] },
      ServiceTimeout: '900',
      KeyArn: { 'Fn::GetAtt': [nativeKey().logicalId, 'Arn'] },
      SecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:bytes-AbCdEf',
      SecretEncoding: 'binary',
      Expiration: 'never',
      WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      WrappingKeySpec: 'RSA_4096',
    });
  });

  test('expires only as declared', () => {
    anImportedKey(stack, { expiration: MaterialExpiration.after(Duration.days(300)) });
    expect(material().Properties).toMatchObject({ Expiration: 'after', ExpiresAfterSeconds: '25920000' });
  });

  test('is wrapped as declared, and the importer may request no other wrapping', () => {
    anImportedKey(stack, { wrappingAlgorithm: WrappingAlgorithm.RSAES_OAEP_SHA_1 });
    expect(material().Properties).toMatchObject({ WrappingAlgorithm: 'RSAES_OAEP_SHA_1' });
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Condition: { StringEquals: { 'kms:WrappingAlgorithm': 'RSAES_OAEP_SHA_1', 'kms:WrappingKeySpec': 'RSA_4096' } },
          }),
        ]),
      },
    });
  });
});

test('one importer serves all keys of a stack', () => {
  anImportedKey(stack, {}, 'One');
  anImportedKey(stack, { alias: 'other' }, 'Two');
  const template = Template.fromStack(stack);
  template.resourceCountIs('Custom::KmsKeyMaterial', 2);
  template.resourceCountIs('AWS::Lambda::Function', 1);
});

test('the importer runs the bundled handler, without environment variables', () => {
  anImportedKey(stack);
  const { Properties } = onlyResource(stack, 'AWS::Lambda::Function');
  expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler', Architectures: ['arm64'], Timeout: 840 });
  expect(Properties).not.toHaveProperty('Environment');
});

test('alias, key ARN and key id are public', () => {
  const key = anImportedKey(stack, { alias: 'orders' });
  expect(key.aliasName).toBe('alias/orders');
  expect(stack.resolve([key.keyArn, key.keyId, key.keyRef.keyArn])).toEqual([
    attributeOfMaterial('KeyArn'), attributeOfMaterial('KeyId'), attributeOfMaterial('KeyArn'),
  ]);
});

test('the template contains no secret value', () => {
  anImportedKey(stack);
  expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toMatch(/SecretString|SecretBinary|resolve:secretsmanager/);
});
