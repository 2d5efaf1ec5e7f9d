import { KMS } from '@aws-sdk/client-kms';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EVERYTHING_BY_IAM } from './a-guarded-family';
import { EVERYBODY, GuardedKey, PEOPLE, POSTURES, type Person, type PostureName } from './a-guarded-key';
import { LocalKms } from '../../../local/kms/local-kms';
import { KmsKeySpec } from '../../../src/index';

/** The same policies, decided by a KMS that enforces them while real calls are made: AWS's own refusals, not an opinion about them. */
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const WORKER = [new iam.ArnPrincipal(PEOPLE.worker)];
const CONTEXT = { tenant: 'acme' };

let server: LocalKms;
const clients: KMS[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server.stop();
});

/** A key that the deployment has made with that policy, ciphertext that its user has made, and everybody who may want something. */
async function aStage(posture: PostureName, byIam: readonly Person[] = [], keySpec = KmsKeySpec.SYMMETRIC_DEFAULT) {
  const everything = [policy(...EVERYTHING_BY_IAM)];
  server = await LocalKms.start({
    enforcePolicies: {
      principals: PEOPLE,
      identityPolicies: Object.fromEntries(['deployment' as const, 'partner' as const, ...byIam].map((person) => [PEOPLE[person], everything])),
    },
  });
  const as = (person: Person): KMS => {
    const credentials = { accessKeyId: person, secretAccessKey: 'not checked' };
    clients.push(new KMS({ endpoint: server.endpoint, region: 'eu-central-1', maxAttempts: 1, credentials }));
    return clients.at(-1) as KMS;
  };
  const symmetric = keySpec === KmsKeySpec.SYMMETRIC_DEFAULT;
  const props = { keySpec, ...(symmetric && { encryptionContext: CONTEXT, reEncryptionWorkers: WORKER }) };
  const { KeyMetadata } = await as('deployment').createKey({
    KeySpec: keySpec.name as 'HMAC_256',
    KeyUsage: symmetric ? 'ENCRYPT_DECRYPT' : 'GENERATE_VERIFY_MAC',
    Policy: JSON.stringify(policy(...new GuardedKey(posture, props).statements)),
  });
  return { as, KeyId: KeyMetadata!.Arn as string };
}

async function outcomeOf(call: Promise<unknown>): Promise<string> {
  return call.then(() => 'allowed', (error: Error) => error.name);
}

async function whoMay(stage: Awaited<ReturnType<typeof aStage>>, call: (kms: KMS, KeyId: string) => Promise<unknown>): Promise<Person[]> {
  const allowed: Person[] = [];
  for (const person of EVERYBODY) {
    const outcome = await outcomeOf(call(stage.as(person), stage.KeyId));
    expect(['allowed', 'AccessDeniedException']).toContain(outcome);
    if (outcome === 'allowed') allowed.push(person);
  }
  return allowed;
}

describe.each(POSTURES)('in the %s posture', (posture) => {
  const deployment: Person[] = ['deployment'];
  const breakGlass: Person[] = posture === 'break-glass' ? ['breakGlass'] : [];
  /** By IAM the deployment may do everything, where IAM counts. */
  const iamCounts: Person[] = posture === 'IAM-delegated' ? ['deployment'] : [];

  test('everybody may do with a symmetric key what the policy reads', async () => {
    const stage = await aStage(posture);
    const { as, KeyId } = stage;
    const Plaintext = Buffer.from('text');
    const { CiphertextBlob } = await as('user').encrypt({ KeyId, Plaintext, EncryptionContext: CONTEXT });

    expect(await whoMay(stage, (kms) => kms.encrypt({ KeyId, Plaintext, EncryptionContext: CONTEXT }))).toEqual(['user', ...iamCounts, 'partner']);
    expect(await whoMay(stage, (kms) => kms.encrypt({ KeyId, Plaintext }))).toEqual(iamCounts);
    expect(await whoMay(stage, (kms) => kms.generateDataKey({ KeyId, KeySpec: 'AES_256', EncryptionContext: CONTEXT }))).toEqual(['user', ...iamCounts, 'partner']);
    expect(await whoMay(stage, (kms) => kms.decrypt({ CiphertextBlob, KeyId, EncryptionContext: CONTEXT }))).toEqual(['user', ...iamCounts, 'partner']);
    expect(await whoMay(stage, (kms) => kms.reEncrypt({
      CiphertextBlob, SourceEncryptionContext: CONTEXT, SourceKeyId: KeyId, DestinationKeyId: KeyId, DestinationEncryptionContext: CONTEXT,
    }))).toEqual(['user', 'worker', ...iamCounts, 'partner']);
    expect(await whoMay(stage, (kms) => kms.createGrant({ KeyId, GranteePrincipal: PEOPLE.stranger, Operations: ['Decrypt'] }))).toEqual(iamCounts);
    expect(await whoMay(stage, (kms) => kms.disableKey({ KeyId }))).toEqual(['administrator', ...deployment, ...breakGlass]);
    expect(await whoMay(stage, (kms) => kms.enableKey({ KeyId }))).toEqual(['administrator', ...deployment, ...breakGlass]);
  });

  test('everybody may do with an HMAC key what the policy reads', async () => {
    const stage = await aStage(posture, [], KmsKeySpec.HMAC_256);
    const MacAlgorithm = 'HMAC_SHA_256';
    const Message = Buffer.from('text');
    expect(await whoMay(stage, (kms, KeyId) => kms.generateMac({ KeyId, Message, MacAlgorithm }))).toEqual(['user', ...iamCounts, 'partner']);
    expect(await whoMay(stage, (kms, KeyId) => kms.tagResource({ KeyId, Tags: [{ TagKey: 'team', TagValue: 'orders' }] })))
      .toEqual(['administrator', ...deployment, ...breakGlass]);
  });

  test('IAM of the account counts where it was said to, and IAM of another account never is enough', async () => {
    const stage = await aStage(posture, ['stranger', 'partnersColleague', 'partnersRoot']);
    const Plaintext = Buffer.from('text');
    const allowed = await whoMay(stage, (kms, KeyId) => kms.encrypt({ KeyId, Plaintext, EncryptionContext: CONTEXT }));
    expect(allowed).toEqual(posture === 'IAM-delegated' ? ['user', 'deployment', 'stranger', 'partner'] : ['user', 'partner']);
  });

  test('an administrator gives himself use only by rewriting the policy, and CloudTrail shows it', async () => {
    const { as, KeyId } = await aStage(posture);
    const administrator = as('administrator');
    const encrypt = () => outcomeOf(administrator.encrypt({ KeyId, Plaintext: Buffer.from('text') }));
    expect(await encrypt()).toBe('AccessDeniedException');
    const { Policy = '' } = await administrator.getKeyPolicy({ KeyId });
    const { Statement } = JSON.parse(Policy) as { Statement: object[] };
    const more = { Effect: 'Allow', Principal: { AWS: PEOPLE.administrator }, Action: 'kms:Encrypt', Resource: '*' };
    await administrator.putKeyPolicy({ KeyId, Policy: JSON.stringify(policy(...Statement, more)) });
    expect(await encrypt()).toBe('allowed');
    expect(server.audit.count({ operation: 'PutKeyPolicy', accessKey: 'administrator', status: 'answered' })).toBe(1);
  });

  test('nobody locks himself out by accident', async () => {
    const { as, KeyId } = await aStage(posture);
    const onlyUsers = policy({ Effect: 'Allow', Principal: { AWS: PEOPLE.user }, Action: 'kms:Decrypt', Resource: '*' });
    expect(await outcomeOf(as('administrator').putKeyPolicy({ KeyId, Policy: JSON.stringify(onlyUsers) }))).toBe('MalformedPolicyDocumentException');
  });
});

test('who may decrypt may not re-encrypt from the key, unless granted', async () => {
  const { as, KeyId } = await aStage('IAM-delegated');
  await as('deployment').putKeyPolicy({
    KeyId,
    Policy: JSON.stringify(policy(...new GuardedKey('IAM-delegated').statements, { Effect: 'Allow', Principal: { AWS: PEOPLE.stranger }, Action: 'kms:Decrypt', Resource: '*' })),
  });
  const { CiphertextBlob } = await as('user').encrypt({ KeyId, Plaintext: Buffer.from('text') });
  expect(await outcomeOf(as('stranger').decrypt({ CiphertextBlob }))).toBe('allowed');
  expect(await outcomeOf(as('stranger').reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId }))).toBe('AccessDeniedException');
  await as('deployment').createGrant({ KeyId, GranteePrincipal: PEOPLE.stranger, Operations: ['ReEncryptFrom', 'ReEncryptTo'] });
  expect(await outcomeOf(as('stranger').reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId }))).toBe('allowed');
});
