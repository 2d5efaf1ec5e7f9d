import { Duration, Lazy, RemovalPolicy, SecretValue, type Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ImportedMaterialKey, KeyMaterialSource, MaterialExpiration, SecretEncoding, WrappingAlgorithm } from '../../../../src/index';
import { aRole, aSecret } from '../../../support/a-stack';
import { inputsOf, untyped, type Input } from '../input';

const key = (stack: Stack, props: Record<string, unknown>) =>
  new ImportedMaterialKey(stack, 'Key', { alias: 'alias/orders', material: KeyMaterialSource.secret(aSecret(stack)), ...props });
const inputs = (property: string, cases: Parameters<typeof inputsOf>[2]) => inputsOf(property, key, cases);
const ofSecret = (options: object) => (stack: Stack) =>
  KeyMaterialSource.secret(secretsmanager.Secret.fromSecretNameV2(stack, 'Bytes', 'bytes'), options);
const declared = (options: object) => (stack: Stack) =>
  KeyMaterialSource.secret(new secretsmanager.Secret(stack, 'Text', { secretStringValue: SecretValue.unsafePlainText('x') }), options);
const optionsOf = (cases: readonly (readonly [string, object, string?])[]) =>
  inputs('material', cases.map(([name, options, refused]) => [name, ofSecret(options), refused]));

export const IMPORTED_MATERIAL_KEY_INPUTS: readonly Input[] = [
  ...inputs('alias', [
    ['missing', undefined, 'Stack/Key, alias: property is missing'], ['with two slashes', 'a//b', 'alias: name has an empty part'],
    ['a flag', true, 'Stack/Key, alias: value is of the wrong kind, got true'],
  ]),
  ...inputs('material', [
    ['missing', undefined, 'Stack/Key, material: property is missing; allowed: a KeyMaterialSource; use KeyMaterialSource.secret(secret)'],
    ['a secret', (stack: Stack) => new secretsmanager.Secret(stack, 'Bytes'), 'Stack/Key, material: value is of the wrong kind, got a Secret'],
    ['text, which the error does not repeat', '0123456789abcdef', 'Stack/Key, material: value is of the wrong kind, got text of 16 characters'],
    ['a buffer', Buffer.alloc(32), 'Stack/Key, material: value is of the wrong kind, got a Buffer'],
    ['the factory', () => KeyMaterialSource.secret, 'Stack/Key, material: value is of the wrong kind, got the function secret, which was not called'],
    ['declared text as base64', declared({ encoding: SecretEncoding.BASE64 })],
    ['declared text as binary', declared({ encoding: SecretEncoding.BINARY }), 'material, encoding: the secret holds text, and the encoding is for a binary secret'],
    ['declared text without an encoding', declared({}), 'material, encoding: the secret holds text'],
    ['a generated secret, with a warning', (stack: Stack) => KeyMaterialSource.secret(new secretsmanager.Secret(stack, 'Generated'))],
  ]),
  ...optionsOf([
    ['a version', { versionId: 'a1b2c3d4-5678-90ab-cdef-EXAMPLE11111' }], ['a version of 32 characters', { versionId: 'x'.repeat(32) }],
    ['a version of 64 characters', { versionId: 'x'.repeat(64) }],
    ['a version of 31 characters', { versionId: 'x'.repeat(31) }, 'material, versionId: is not the id of a version'],
    ['a version of 65 characters', { versionId: 'x'.repeat(65) }, 'material, versionId: is not the id of a version'],
    ['an empty version', { versionId: '' }, 'material, versionId: is not the id of a version'],
    ['the stage AWSCURRENT', { versionId: 'AWSCURRENT' }, 'material, versionId: is a staging label, which names another version later, got AWSCURRENT'],
    ['the stage AWSPREVIOUS', { versionId: 'AWSPREVIOUS' }, 'material, versionId: is a staging label'],
    ['a number as version', { versionId: 1 }, 'KeyMaterialSource.secret, options, versionId: value is of the wrong kind, got the number 1'],
    ['hexadecimal', { encoding: SecretEncoding.HEX }],
    ['an unknown encoding', { encoding: 'base32' }, 'KeyMaterialSource.secret, options, encoding: value is of the wrong kind, got the text "base32"; allowed: SecretEncoding.BINARY, SecretEncoding.BASE64, SecretEncoding.HEX'],
    ['a misspelled option', { version: 'x' }, 'KeyMaterialSource.secret, options, version: property does not exist; allowed: versionId, encoding; use versionId'],
  ]),
  ...inputs('expiration', [
    ['never', MaterialExpiration.never()], ['after a day', () => MaterialExpiration.after(Duration.days(1))], ['after a year', () => MaterialExpiration.after(Duration.days(365))],
    ['a Duration', Duration.days(300), 'Stack/Key, expiration: value is of the wrong kind, got a Duration; allowed: a MaterialExpiration'],
    ['a Date', new Date(0), 'Stack/Key, expiration: value is of the wrong kind, got a Date'],
    ['after 23 hours', () => MaterialExpiration.after(Duration.hours(23)), 'MaterialExpiration.after: period is out of range, got 23 hours; allowed: 1 day to 365 days'],
    ['after 366 days', () => MaterialExpiration.after(Duration.days(366)), 'MaterialExpiration.after: period is out of range'],
    ['after a part of a second', () => MaterialExpiration.after(Duration.millis(86_400_500)), 'MaterialExpiration.after: period is not a whole number of seconds'],
    ['after a number', () => MaterialExpiration.after(untyped(300)), 'MaterialExpiration.after, period: value is of the wrong kind, got the number 300'],
    ['after a token', () => MaterialExpiration.after(Duration.days(Lazy.number({ produce: () => 1 }))), 'MaterialExpiration.after: period must be known at synthesis'],
    ['at a date', () => MaterialExpiration.at(new Date('2027-03-01T00:00:00Z'))],
    ['at an invalid date', () => MaterialExpiration.at(new Date('tomorrow')), 'MaterialExpiration.at: date is not valid'],
    ['at text', () => MaterialExpiration.at(untyped('2027-03-01')), 'MaterialExpiration.at, instant: value is of the wrong kind, got the text "2027-03-01"; allowed: a Date'],
  ]),
  ...inputs('materialOperators', [
    ['a role', (stack: Stack) => [aRole(stack, 'Role')]], ['a role without a list', (stack: Stack) => aRole(stack, 'Role'), 'Stack/Key, materialOperators: value is of the wrong kind'],
  ]),
  ...inputs('wrappingAlgorithm', [
    ['SHA-1', WrappingAlgorithm.RSAES_OAEP_SHA_1],
    ['of another API', 'RSAES_PKCS1_V1_5', 'wrappingAlgorithm: KMS has not accepted this algorithm since October 2023'],
    ['empty', '', 'wrappingAlgorithm: algorithm is not supported for symmetric key material'],
    ['null', null, 'Stack/Key, wrappingAlgorithm: value is of the wrong kind, got null'],
  ]),
  ...inputs('removalPolicy', [['RETAIN', RemovalPolicy.RETAIN], ['text', 'keep', 'Stack/Key, removalPolicy: value is of the wrong kind']]),
  ...inputs('pendingWindow', [['of 36 hours', Duration.hours(36), 'pendingWindow: period is out of range, got 1 day 12 hours'],
    ['of 7.5 days', Duration.hours(180), 'pendingWindow: period is not a whole number of days, got 7 days 12 hours']]),
  ...inputs('description', [['of 8193 characters', 'x'.repeat(8193), 'description: text is too long for KMS']]),
  ...inputs('enableKeyRotation', [['which imported key material does not have', true, 'Stack/Key, enableKeyRotation: property does not exist']]),
  ...inputs('deploymentFunction', [
    ['in a VPC', (stack: Stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc') })],
    ['on another processor', { architecture: lambda.Architecture.X86_64 }],
    ['with a processor as text', { architecture: 'x86_64' }, 'Stack/Key, deploymentFunction, architecture: value is of the wrong kind, got the text "x86_64"; allowed: an Architecture; use lambda.Architecture.X86_64'],
    ['with a VPC as text', { vpc: 'vpc-1' }, 'Stack/Key, deploymentFunction, vpc: value is of the wrong kind, got text of 5 characters; allowed: a VPC'],
    ['with a misspelled option', { subnets: {} }, 'Stack/Key, deploymentFunction, subnets: property does not exist'],
  ]),
  {
    name: 'two keys of a stack with different networks',
    build: (stack) => {
      key(stack, {});
      const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Other', 'other');
      const deploymentFunction = { vpc: new ec2.Vpc(stack, 'Vpc') };
      return new ImportedMaterialKey(stack, 'Second', { alias: 'second', material: KeyMaterialSource.secret(secret), deploymentFunction });
    },
    refused: 'Stack/Second, deploymentFunction: has other options than the function that the constructs of a stack share, got vpc; allowed: the options of Stack/Key',
  },
  { name: 'an imported key without properties', build: (stack) => new ImportedMaterialKey(stack, 'Key', untyped(null)), refused: 'Stack/Key: properties are of the wrong kind, got null' },
  { name: 'an imported key without scope', build: () => new ImportedMaterialKey(untyped(null), 'Key', untyped({})), refused: 'ImportedMaterialKey: scope is not a construct, got null' },
];
