import type { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CustomerManagedKey, GrantOperation, ImportedMaterialKey, KeyMaterialSource, KeyPosture, KmsGrant, RotatingKey, ServiceUser } from '../../../../src/index';
import { aSecret } from '../../../support/a-stack';
import { untyped, type Input } from '../input';

const ARN = 'arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const statements = () => [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] })];
const managed = (stack: Stack) => new iam.ManagedPolicy(stack, 'Policy', { statements: statements() });
const inline = (stack: Stack) => new iam.Policy(stack, 'Policy', { statements: statements(), roles: [new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() })] });

type Use = readonly [where: string, build: (stack: Stack, grantee: iam.IGrantable) => unknown];

/** Properties that a key policy, or a grant, names. */
const NAMED: readonly Use[] = [
  ['[Stack/Key] users', (stack, grantee) => new CustomerManagedKey(stack, 'Key', { alias: 'a', users: [grantee] })],
  ['[Stack/Key] administrators', (stack, grantee) => new CustomerManagedKey(stack, 'Key', { alias: 'a', administrators: [grantee] })],
  ['[Stack/Key] otherAccounts', (stack, grantee) => new CustomerManagedKey(stack, 'Key', { alias: 'a', otherAccounts: [grantee] })],
  ['[Stack/Key] reEncryptionWorkers', (stack, grantee) => new CustomerManagedKey(stack, 'Key', { alias: 'a', reEncryptionWorkers: [grantee] })],
  ['[Stack/Key] serviceUsers, throughS3', (stack, grantee) => new CustomerManagedKey(stack, 'Key', { alias: 'a', serviceUsers: [ServiceUser.throughS3([grantee])] })],
  ['[Stack/Key] posture, break-glass role', (stack, grantee) => new CustomerManagedKey(stack, 'Key', { alias: 'a', posture: KeyPosture.breakGlass(grantee) })],
  ['[Stack/Key] posture, deployment role', (stack, grantee) => new CustomerManagedKey(stack, 'Key', { alias: 'a', posture: KeyPosture.keyPolicyOnly(grantee.grantPrincipal) })],
  ['[Stack/Key] materialOperators', (stack, grantee) => new ImportedMaterialKey(stack, 'Key', { alias: 'a', material: KeyMaterialSource.secret(aSecret(stack)), materialOperators: [grantee] })],
  ['[Stack/Key] users[0]', (stack, grantee) => new RotatingKey(stack, 'Key', { alias: 'a', users: [grantee] })],
  ['[Stack/Key] administrators[0]', (stack, grantee) => new RotatingKey(stack, 'Key', { alias: 'a', administrators: [grantee] })],
  ['Stack/Key', (stack, grantee) => new CustomerManagedKey(stack, 'Key', { alias: 'a', posture: KeyPosture.keyPolicyOnly() }).grantDecrypt(grantee)],
];

/** Grants that add a statement to the IAM policy of the grantee. */
const GRANTED: readonly Use[] = [
  ['a key', (stack, grantee) => new CustomerManagedKey(stack, 'Key', { alias: 'a' }).grantDecrypt(grantee)],
  ['a rotating key', (stack, grantee) => new RotatingKey(stack, 'Key', { alias: 'a' }).grantDecrypt(grantee)],
  ['an existing key', (stack, grantee) => CustomerManagedKey.fromKeyArn(stack, 'Key', ARN).grantDecrypt(grantee)],
  ['an existing rotating key', (stack, grantee) => RotatingKey.fromAliasName(stack, 'Key', 'a').grantDecrypt(grantee)],
];

const POLICIES = [['a managed policy', managed], ['an inline policy', inline]] as const;

/** Constructs that accept grants, and have no principal that a key policy could name. */
export const NO_PRINCIPAL_INPUTS: readonly Input[] = [
  ...POLICIES.flatMap(([kind, policy]) => NAMED.map(([where, build]): Input => ({
    name: `${kind} in ${where}`,
    build: (stack) => build(stack, policy(stack)),
    refused: `${where}: principal is an IAM policy, which cannot be a principal of a key policy, got ${/deployment/.test(where) ? 'its principal' : 'Stack/Policy'}; allowed: roles and users by their ARNs; name the role`,
  }))),
  ...POLICIES.flatMap(([kind, policy]) => GRANTED.map(([what, build]): Input => ({
    name: `a grant of ${what} to ${kind}`, build: (stack) => build(stack, policy(stack)),
  }))),
  {
    name: 'a KMS grant to a policy',
    build: (stack) => new KmsGrant(stack, 'Grant', { key: CustomerManagedKey.fromKeyArn(stack, 'Key', ARN), grantee: managed(stack), operations: [GrantOperation.DECRYPT] }),
    refused: '[Stack/Grant] grantee: is not exactly one principal with an ARN, got Stack/Policy; allowed: a role or a user',
  },
  {
    name: 'a grant to a function whose role is unknown',
    build: (stack) => new CustomerManagedKey(stack, 'Key', { alias: 'a' }).grantDecrypt(lambda.Function.fromFunctionName(stack, 'Function', 'orders')),
    refused: 'Stack/Key: value is not a principal that this app knows',
  },
  {
    name: 'an object whose principal cannot be read',
    build: (stack) => new CustomerManagedKey(stack, 'Key', { alias: 'a', users: [{ get grantPrincipal(): iam.IPrincipal { throw new Error('later'); } }] }),
    refused: 'Stack/Key, users[0]: value is of the wrong kind, got an object with grantPrincipal; allowed: a principal',
  },
  {
    name: 'an instance profile',
    build: (stack) => new RotatingKey(stack, 'Key', { alias: 'a', users: [untyped(new iam.InstanceProfile(stack, 'Profile'))] }),
    refused: 'Stack/Key, users[0]: value is of the wrong kind, got an InstanceProfile; allowed: a principal (iam.IGrantable); pass its role',
  },
  {
    name: 'a task definition',
    build: (stack) => new RotatingKey(stack, 'Key', { alias: 'a', users: [untyped(new ecs.FargateTaskDefinition(stack, 'Task'))] }),
    refused: 'got a FargateTaskDefinition; allowed: a principal (iam.IGrantable); pass its taskRole',
  },
  {
    name: 'a managed policy of AWS',
    build: (stack) => new RotatingKey(stack, 'Key', { alias: 'a', users: [untyped(iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess'))] }),
    refused: 'Stack/Key, users[0]: value is of the wrong kind, got an AwsManagedPolicy; allowed: a principal (iam.IGrantable); pass a role',
  },
];
