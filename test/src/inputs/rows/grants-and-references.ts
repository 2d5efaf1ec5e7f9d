import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CustomerManagedKey, GrantOperation, KeyPosture, KmsGrant, KmsKeySpec, RotatingKey, ServiceUser } from '../../../../src/index';
import { aRole } from '../../../support/a-stack';
import { inputsOf, untyped, type Input } from '../input';

const ARN = 'arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const key = (stack: Stack) => new CustomerManagedKey(stack, 'Key', { alias: 'orders' });
const grant = (stack: Stack, props: Record<string, unknown>) => new KmsGrant(stack, 'Grant', {
  key: CustomerManagedKey.fromKeyArn(stack, 'Existing', ARN), grantee: aRole(stack, 'Grantee'), operations: [GrantOperation.DECRYPT], ...props,
});
const grants = (property: string, cases: Parameters<typeof inputsOf>[2]) =>
  inputsOf(property, grant, cases).map((input) => ({ ...input, name: `grant, ${input.name}` }));
const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`name${index}`, 'x']));
const input = (name: string, build: Input['build'], refused?: string): Input => ({ name, build, refused });

const GRANTS: readonly Input[] = [
  ...grants('key', [
    ['a key', key], ['a key of the CDK', (stack: Stack) => new kms.Key(stack, 'Plain')],
    ['missing', undefined, 'Stack/Grant, key: property is missing'], ['an ARN', ARN, 'Stack/Grant, key: value is of the wrong kind, got text of 78 characters; allowed: a key (kms.IKey)'],
    ['a rotating key', (stack: Stack) => new RotatingKey(stack, 'Family', { alias: 'family' }), 'Stack/Family: a rotating key has no key id'],
  ]),
  ...grants('grantee', [
    ['missing', undefined, 'Stack/Grant, grantee: property is missing'], ['an ARN', 'arn:aws:iam::111122223333:role/a', 'Stack/Grant, grantee: value is of the wrong kind'],
    ['a service', new iam.ServicePrincipal('s3.amazonaws.com'), 'grantee: is not exactly one principal with an ARN'], ['a list', [], 'Stack/Grant, grantee: value is of the wrong kind, got a list'],
  ]),
  ...grants('operations', [
    ['several', [GrantOperation.ENCRYPT, GrantOperation.DECRYPT]], ['none', [], 'operations: a grant needs at least one operation'],
    ['a name', ['Decrypt'], 'Stack/Grant, operations[0]: value is of the wrong kind, got the text "Decrypt"; allowed: a GrantOperation; use GrantOperation.DECRYPT'],
    ['one without a list', GrantOperation.DECRYPT, 'Stack/Grant, operations: value is of the wrong kind, got a GrantOperation; allowed: a list'],
    ['missing', undefined, 'Stack/Grant, operations: property is missing'], ['undefined', [undefined], 'Stack/Grant, operations[0]: value is of the wrong kind, got nothing'],
  ]),
  ...grants('retiringPrincipal', [['a role', (stack: Stack) => aRole(stack, 'Retiring')], ['an account id', '111122223333', 'Stack/Grant, retiringPrincipal: value is of the wrong kind']]),
  ...grants('encryptionContextEquals', [
    ['8 pairs', pairs(8)], ['9 pairs', pairs(9), 'encryptionContextEquals: has too many pairs, got 9; allowed: at most 8'], ['no pairs', {}, 'encryptionContextEquals: an empty encryption context'],
    ['a value of 384 characters', { a: 'x'.repeat(384) }], ['a value of 385 characters', { a: 'x'.repeat(385) }, 'the value of a is too long, got 385 characters; allowed: at most 384'],
    ['names that differ by case', { a: 'x', A: 'x' }, 'KMS treats names that differ only by case as one name'],
    ['a number', { a: 1 }, 'Stack/Grant, encryptionContextEquals.a: value is of the wrong kind, got the number 1'], ['text', 'a=b', 'Stack/Grant, encryptionContextEquals: value is of the wrong kind'],
    ['an empty name', { '': 'x' }, 'encryptionContextEquals: name of a pair is empty'],
  ]),
  ...grants('encryptionContextSubset', [['a pair', { a: 'b' }], ['null', null, 'Stack/Grant, encryptionContextSubset: value is of the wrong kind, got null']]),
  ...grants('name', [['a name', 'reports'], ['with a space', 'my reports', 'name: is not valid in KMS'], ['empty', '', 'name: is not valid in KMS'], ['a number', 1, 'Stack/Grant, name: value is of the wrong kind']]),
  ...grants('deploymentFunction', [['on another processor', { architecture: lambda.Architecture.X86_64 }], ['text', 'arm', 'Stack/Grant, deploymentFunction: value is of the wrong kind']]),
  ...grants('constraints', [['which is the name in the API', {}, 'Stack/Grant, constraints: property does not exist']]),
  input('a grant with text in place of the properties', (stack) => new KmsGrant(stack, 'Grant', untyped('x')), '; pass an object, such as { key, grantee: role, operations: [GrantOperation.DECRYPT] }'),
  input('a grant without properties', (stack) => new KmsGrant(stack, 'Grant', untyped(undefined)), 'Stack/Grant: properties are of the wrong kind, got nothing'),
];

const METHODS: readonly Input[] = [
  input('grantDecrypt to a role', (stack) => key(stack).grantDecrypt(aRole(stack, 'Role'))),
  input('grantDecrypt to nothing', (stack) => key(stack).grantDecrypt(untyped(undefined)), 'Stack/Key, grant, grantee: property is missing; allowed: a principal'),
  input('grantDecrypt to an ARN', (stack) => key(stack).grantDecrypt(untyped('arn:aws:iam::111122223333:role/a')), 'Stack/Key, grant, grantee: value is of the wrong kind'),
  input('grantDecrypt to a list', (stack) => key(stack).grantDecrypt(untyped([])), 'Stack/Key, grant, grantee: value is of the wrong kind, got a list'),
  input('grant without actions', (stack) => key(stack).grant(aRole(stack, 'Role')), 'Stack/Key, grant, actions: value is of the wrong kind, got a list of 0 elements; allowed: at least one'),
  input('grant of a list of actions', (stack) => key(stack).grant(aRole(stack, 'Role'), untyped(['kms:Decrypt'])), 'Stack/Key, grant, actions[0]: value is of the wrong kind, got a list'),
  input('grantEncrypt of a rotating key to text', (stack) => new RotatingKey(stack, 'Key', { alias: 'a' }).grantEncrypt(untyped('x')), 'Stack/Key, grant, grantee: value is of the wrong kind'),
  input('grantDecrypt of a referenced rotating key to null', (stack) => RotatingKey.fromAliasName(stack, 'Key', 'a').grantDecrypt(untyped(null)), 'Stack/Key, grant, grantee: value is of the wrong kind, got null'),
  input('grantDecrypt of a key by alias to a number', (stack) => CustomerManagedKey.fromAliasName(stack, 'Key', 'a').grantDecrypt(untyped(1)), 'Stack/Key, grant, grantee: value is of the wrong kind'),
  input('grantSign of a key for encryption', (stack) => key(stack).grantSign(aRole(stack, 'Role')), 'Stack/Key: a key of spec SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT cannot sign'),
  input('addAlias', (stack) => key(stack).addAlias('archive')),
  input('addAlias of nothing', (stack) => key(stack).addAlias(untyped(undefined)), 'Stack/Key, addAlias, aliasName: property is missing'),
  input('addAlias of a number', (stack) => key(stack).addAlias(untyped(7)), 'Stack/Key, addAlias, aliasName: value is of the wrong kind, got the number 7'),
  input('addAlias of its own alias', (stack) => key(stack).addAlias('orders'), 'alias: two constructs of this app create the same alias'),
  input('addAlias of AWS', (stack) => key(stack).addAlias('aws/orders'), 'Stack/Key, addAlias, aliasName: name is reserved for AWS managed keys, got "aws/orders"'),
  input('addToResourcePolicy of JSON', (stack) => key(stack).addToResourcePolicy(untyped({ Effect: 'Allow' })), 'Stack/Key, addToResourcePolicy, statement: value is of the wrong kind, got an object with Effect'),
  input('addToResourcePolicy of nothing', (stack) => key(stack).addToResourcePolicy(untyped(undefined)), 'Stack/Key, addToResourcePolicy, statement: property is missing'),
  input('applyRemovalPolicy of text', (stack) => key(stack).applyRemovalPolicy(untyped('DELETE')), 'Stack/Key, applyRemovalPolicy, policy: value is of the wrong kind'),
  input('addReplica to no stack', (stack) => key(stack).addReplica(untyped(undefined), 'Replica'), 'CustomerManagedKey.addReplica: scope is not a construct, got nothing'),
  input('addReplica with an unknown option', (stack) => key(stack).addReplica(new Stack(stack.node.root as Stack, 'Other'), 'Replica', untyped({ users: [] })), 'Other/Replica, users: property does not exist'),
  input('metric without a name', (stack) => new RotatingKey(stack, 'Key', { alias: 'a' }).metric(untyped(undefined)), 'Stack/Key, metric, metricName: property is missing'),
  input('metric with text as options', (stack) => new RotatingKey(stack, 'Key', { alias: 'a' }).metric('X', untyped('sum')), 'Stack/Key, metric, options: value is of the wrong kind'),
  input('metricOfStore of a table', (stack) => new RotatingKey(stack, 'Key', { alias: 'a' }).metricOfStore(untyped({}), 'X'), 'Stack/Key, metricOfStore, storeId: value is of the wrong kind'),
];

const REFERENCES: readonly Input[] = [
  input('fromKeyArn', (stack) => CustomerManagedKey.fromKeyArn(stack, 'Key', ARN)),
  input('fromKeyArn of an alias', (stack) => CustomerManagedKey.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:111122223333:alias/a'), 'Stack/Key: is not the ARN of a key, got arn:aws:kms'),
  input('fromKeyArn of a key id', (stack) => CustomerManagedKey.fromKeyArn(stack, 'Key', '11111111-2222-3333-4444-555555555555'), 'Stack/Key: is not the ARN of a key'),
  input('fromKeyArn of a bucket', (stack) => CustomerManagedKey.fromKeyArn(stack, 'Key', 'arn:aws:s3:::bucket'), 'Stack/Key: is not the ARN of a key'),
  input('fromKeyArn of empty text', (stack) => CustomerManagedKey.fromKeyArn(stack, 'Key', ''), 'Stack/Key: is not the ARN of a key'),
  input('fromKeyArn of nothing', (stack) => CustomerManagedKey.fromKeyArn(stack, 'Key', untyped(undefined)), 'Stack/Key, keyArn: property is missing'),
  input('fromKeyArn of a key', (stack) => CustomerManagedKey.fromKeyArn(stack, 'Key', untyped(new kms.Key(stack, 'Plain'))), 'Stack/Key, keyArn: value is of the wrong kind, got a Key'),
  input('fromAliasName', (stack) => CustomerManagedKey.fromAliasName(stack, 'Key', 'alias/orders/')),
  input('fromAliasName of two prefixes', (stack) => CustomerManagedKey.fromAliasName(stack, 'Key', 'alias/Alias/orders'), 'alias: name has the prefix twice'),
  input('fromAliasName of nothing', (stack) => CustomerManagedKey.fromAliasName(stack, 'Key', untyped(undefined)), 'Stack/Key, alias: property is missing'),
  input('a rotating key fromAliasName', (stack) => RotatingKey.fromAliasName(stack, 'Key', 'orders')),
  input('a rotating key fromAliasName of a generation', (stack) => RotatingKey.fromAliasName(stack, 'Key', 'orders/g1'), 'alias: name ends in /g and a number'),
  input('a rotating key fromAliasName of a list', (stack) => RotatingKey.fromAliasName(stack, 'Key', untyped(['orders'])), 'Stack/Key, alias: value is of the wrong kind, got a list'),
  input('a rotating key fromAliasName in no scope', () => RotatingKey.fromAliasName(untyped(undefined), 'Key', 'orders'), 'RotatingKey.fromAliasName: scope is not a construct'),
  input('keyPolicyOnly of an ARN', () => KeyPosture.keyPolicyOnly(untyped('arn:aws:iam::111122223333:role/a')), 'KeyPosture.keyPolicyOnly, deploymentRole: value is of the wrong kind'),
  input('breakGlass of nothing', () => KeyPosture.breakGlass(untyped(undefined)), 'KeyPosture.breakGlass, role: property is missing'),
  input('a spec by name without actions', () => KmsKeySpec.of('ML_KEM_768', 'ENCAPSULATE_DECAPSULATE', untyped(undefined)), 'KmsKeySpec.of, userActions: property is missing'),
  input('a spec by number', () => KmsKeySpec.of(untyped(256), 'ENCRYPT_DECRYPT', []), 'KmsKeySpec.of, name: value is of the wrong kind'),
  input('throughS3 of a role without a list', (stack) => ServiceUser.throughS3(untyped(aRole(stack, 'Role'))), 'ServiceUser.throughS3, callers: value is of the wrong kind, got a Role'),
  input('throughS3 of nothing', () => ServiceUser.throughS3(untyped(undefined)), 'ServiceUser.throughS3, callers: property is missing'),
  input('throughS3 of no callers', () => ServiceUser.throughS3([]), 'ServiceUser.throughS3: no caller is given'),
  input('throughEbs of a name', () => ServiceUser.throughEbs(untyped(['role'])), 'ServiceUser.throughEbs, callers[0]: value is of the wrong kind'),
  input('cloudWatchLogs of text', () => ServiceUser.cloudWatchLogs(untyped('/orders')), 'ServiceUser.cloudWatchLogs, log groups: value is of the wrong kind, got text of 7 characters'),
  input('cloudTrail of a wildcard', () => ServiceUser.cloudTrail(['*']), 'ServiceUser.cloudTrail: a trail must be named exactly, got *'),
  input('cloudTrail of null', () => ServiceUser.cloudTrail(untyped(null)), 'ServiceUser.cloudTrail, trails: value is of the wrong kind, got null'),
  input('route53Dnssec of numbers', () => ServiceUser.route53Dnssec(untyped([1])), 'ServiceUser.route53Dnssec, hosted zones[0]: value is of the wrong kind'),
];

export const GRANT_AND_REFERENCE_INPUTS: readonly Input[] = [...GRANTS, ...METHODS, ...REFERENCES];
