import { KMS } from '@aws-sdk/client-kms';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { GuardedFamily, PRINCIPALS } from './guarded-family';
import { resolveIntrinsics } from '../../../local/cloudformation/resolve-intrinsics';
import { LocalKms } from '../../../local/kms/local-kms';
import { GenerationTag, type GenerationPhase } from '../../../src/contract/family/generation-tags';
import { RotatingKey } from '../../../src/index';
import { ACCOUNT } from '../../support/policy-evaluator';

const FAMILY = 'alias/orders';
const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }] };
/** A key policy that lets IAM policies decide, as the default key policy of KMS does. */
const DECIDED_BY_IAM = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
});

const family = new GuardedFamily();
let server: LocalKms;
let owner: KMS;
let consumer: KMS;

beforeEach(async () => {
  server = await LocalKms.start({
    enforcePolicies: {
      principals: { owner: PRINCIPALS.control, consumer: PRINCIPALS.stranger },
      identityPolicies: { [PRINCIPALS.control]: [EVERYTHING], [PRINCIPALS.stranger]: [synthesizedPolicy()] },
    },
  });
  const as = (accessKeyId: string) =>
    new KMS({
      endpoint: server.endpoint,
      region: 'eu-central-1',
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey: 'not checked' },
    });
  [owner, consumer] = [as('owner'), as('consumer')];
});

afterEach(async () => {
  owner.destroy();
  consumer.destroy();
  await server.stop();
});

/** The IAM policy that another app, which knows only the alias, writes for its consumer. */
function synthesizedPolicy(): object {
  const stack = new Stack(new App(), 'Reports', { env: { account: ACCOUNT, region: 'eu-central-1' } });
  const role = new iam.Role(stack, 'Consumer', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  expect(RotatingKey.fromAliasName(stack, 'Orders', 'orders').grantEncryptDecrypt(role).success).toBe(true);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return resolveIntrinsics(policy!.Properties.PolicyDocument, new Map([['AWS::Partition', { ref: 'aws', attributes: {} }]])) as object;
}

async function createGeneration(number: number, phase: GenerationPhase): Promise<string> {
  const { KeyMetadata } = await owner.createKey({
    Policy: family.policy(phase),
    Tags: [{ TagKey: GenerationTag.FAMILY, TagValue: FAMILY }],
  });
  const keyId = KeyMetadata!.KeyId!;
  await owner.createAlias({ AliasName: `${FAMILY}/g${number}`, TargetKeyId: keyId });
  return keyId;
}

async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(() => 'allowed', (error: Error) => error.name);
}

test('records of every generation open before, during and after a rotation', async () => {
  const first = await createGeneration(1, 'current');
  await owner.createAlias({ AliasName: FAMILY, TargetKeyId: first });
  const writeRecord = async () => (await consumer.generateDataKey({ KeyId: FAMILY, KeySpec: 'AES_256' })).CiphertextBlob!;
  const opens = (record: Uint8Array) => outcome(consumer.decrypt({ CiphertextBlob: record }));

  const old = await writeRecord();
  expect(await opens(old)).toBe('allowed');

  const second = await createGeneration(2, 'next');
  expect(await opens(old)).toBe('allowed');
  await owner.updateAlias({ AliasName: FAMILY, TargetKeyId: second });
  const young = await writeRecord();
  expect([await opens(old), await opens(young)]).toEqual(['allowed', 'allowed']);

  for (const phase of ['fenced', 'retiring'] as const) {
    await owner.putKeyPolicy({ KeyId: first, Policy: family.policy(phase) });
    expect([await opens(old), await opens(young)]).toEqual(['allowed', 'allowed']);
    expect(await outcome(consumer.encrypt({ KeyId: first, Plaintext: Buffer.from('new') }))).toBe('AccessDeniedException');
  }
});

test.each([10, 100, 9999])('generation %d is open', async (number) => {
  const keyId = await createGeneration(number, 'current');
  expect(await outcome(consumer.encrypt({ KeyId: keyId, Plaintext: Buffer.from('x') }))).toBe('allowed');
});

test('a generation stays open if it has an alias of its owner as well', async () => {
  const keyId = await createGeneration(3, 'current');
  await owner.createAlias({ AliasName: 'alias/documents', TargetKeyId: keyId });
  expect(await outcome(consumer.encrypt({ KeyId: keyId, Plaintext: Buffer.from('x') }))).toBe('allowed');
});

test.each<[string, string | undefined]>([
  ['alias/orders/gold', undefined],
  ['alias/orders/gold', 'alias/orders/gold'],
  ['alias/orders/gold', FAMILY],
  ['alias/orders/g1x', FAMILY],
  ['alias/orders/g01', FAMILY],
  ['alias/orders/g1/a', FAMILY],
  ['alias/orders/g-1', FAMILY],
  ['alias/orders/g1_', FAMILY],
  ['alias/orders/gABC', FAMILY],
  ['alias/orders/guests/g1', FAMILY],
  ['alias/orders/guests/g1', 'alias/orders/guests'],
  ['alias/orders/g', undefined],
  ['alias/orders/g1x', undefined],
  ['alias/orders/g01', 'alias/documents'],
  ['alias/orders/g1/g2', 'alias/orders/g1'],
  ['alias/orders/g12345', FAMILY],
  ['alias/orders2', FAMILY],
  ['alias/orders-archive/g1', FAMILY],
  ['alias/ordersg1', FAMILY],
])('a neighbour with the alias %s and the family tag %s stays closed', async (alias, tag) => {
  const Tags = tag === undefined ? [] : [{ TagKey: GenerationTag.FAMILY, TagValue: tag }];
  const { KeyMetadata } = await owner.createKey({ Policy: DECIDED_BY_IAM, Tags });
  await owner.createAlias({ AliasName: alias, TargetKeyId: KeyMetadata!.KeyId });
  const { CiphertextBlob } = await owner.encrypt({ KeyId: alias, Plaintext: Buffer.from('private') });
  expect(await outcome(consumer.decrypt({ CiphertextBlob }))).toBe('AccessDeniedException');
  expect(await outcome(consumer.encrypt({ KeyId: KeyMetadata!.KeyId, Plaintext: Buffer.from('x') }))).toBe('AccessDeniedException');
});
