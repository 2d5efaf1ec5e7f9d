import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { KeyMaterialSource, SecretEncoding } from '../../../src/index';
import { anImportedKey, aStack, complaintsOf, onlyResource } from '../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const importerStatements = () =>
  (onlyResource(stack, 'AWS::IAM::Policy').Properties.PolicyDocument as unknown as { Statement: object[] }).Statement;

test.each([SecretEncoding.BINARY, SecretEncoding.BASE64, SecretEncoding.HEX])(
  'the encoding %s and the version are properties of the import',
  (encoding) => {
    const secret = new secretsmanager.Secret(stack, 'Bytes');
    anImportedKey(stack, { material: KeyMaterialSource.secret(secret, { encoding, versionId: 'a1b2c3d4-5678-90ab-cdef-EXAMPLE11111' }) });
    expect(onlyResource(stack, 'Custom::KmsKeyMaterial').Properties).toMatchObject({
      SecretArn: stack.resolve(secret.secretArn) as object,
      SecretEncoding: encoding,
      SecretVersionId: 'a1b2c3d4-5678-90ab-cdef-EXAMPLE11111',
    });
  },
);

test('for a secret that is known by name, the policy matches exactly the six random characters', () => {
  anImportedKey(stack, { material: KeyMaterialSource.secret(secretsmanager.Secret.fromSecretNameV2(stack, 'Bytes', 'orders/bytes')) });
  expect(importerStatements()[1]).toMatchObject({
    Resource: {
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':secretsmanager:eu-central-1:111122223333:secret:orders/bytes-??????']],
    },
  });
});

describe('a secret with its own encryption key', () => {
  const decrypt = (keyArn: unknown) => ({
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: keyArn,
    Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com' } },
  });

  test('allows the importer to decrypt with it, only through Secrets Manager', () => {
    const encryptionKey = new kms.Key(stack, 'EncryptionKey');
    anImportedKey(stack, { material: KeyMaterialSource.secret(new secretsmanager.Secret(stack, 'Bytes', { encryptionKey })) });
    expect(importerStatements()[2]).toMatchObject({
      Action: 'secretsmanager:UpdateSecretVersionStage',
      Condition: { 'ForAnyValue:StringLike': { 'secretsmanager:VersionStage': 'cdk-kms-lifecycle/*' } },
    });
    expect(importerStatements()[3]).toEqual(decrypt(stack.resolve(encryptionKey.keyArn)));
  });

  test('does so also for a key from fromKeyArn, whose key policy cannot be changed', () => {
    const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const secret = secretsmanager.Secret.fromSecretAttributes(stack, 'Bytes', {
      secretCompleteArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:bytes-AbCdEf',
      encryptionKey: kms.Key.fromKeyArn(stack, 'EncryptionKey', keyArn),
    });
    anImportedKey(stack, { material: KeyMaterialSource.secret(secret) });
    expect(importerStatements()[3]).toEqual(decrypt(keyArn));
  });

  test('may be in another stack', () => {
    const other = new Stack(stack.node.scope as never, 'Secrets', { env: stack });
    const secret = new secretsmanager.Secret(other, 'Bytes', { encryptionKey: new kms.Key(other, 'EncryptionKey') });
    anImportedKey(stack, { material: KeyMaterialSource.secret(secret) });
    expect(complaintsOf(stack)).toBe('');
    expect(JSON.stringify(Template.fromStack(other).toJSON())).not.toContain('Importer');
    expect(stack.dependencies.map(({ stackName }) => stackName)).toEqual(['Secrets']);
    expect(other.dependencies).toEqual([]);
  });
});

describe('a secret of this app', () => {
  test('whose text CloudFormation generates adds a warning, because the text is a password', () => {
    anImportedKey(stack, { material: KeyMaterialSource.secret(new secretsmanager.Secret(stack, 'Bytes')) });
    Annotations.fromStack(stack).hasWarning('/Stack/Key', Match.stringLikeRegexp('generates a password in this secret.*cdk-kms-lifecycle:generated-secret'));
  });

  test('that the app only refers to adds none', () => {
    anImportedKey(stack);
    Annotations.fromStack(stack).hasNoWarning('/Stack/Key', Match.anyValue());
  });
});
