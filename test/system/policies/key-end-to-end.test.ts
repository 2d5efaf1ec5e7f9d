import { KMS } from '@aws-sdk/client-kms';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EVERYTHING_BY_IAM } from './guarded-family';
import { ALL_CALLERS, GuardedKey, PRINCIPALS, POSTURES, type CallerName, type PostureName } from './guarded-key';
import { LocalKms } from '../../../local/kms/local-kms';
import { KmsKeySpec } from '../../../src/index';

/** The same policies, enforced by the local KMS while real calls are made. */
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const WORKER = [new iam.ArnPrincipal(PRINCIPALS.worker)];
const CONTEXT = { tenant: 'acme' };

let server: LocalKms;
const clients: KMS[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server.stop();
});

/** A key that the deployment has created with that policy, and KMS as each caller calls it. */
async function aStage(posture: PostureName, byIam: readonly CallerName[] = [], keySpec = KmsKeySpec.SYMMETRIC_DEFAULT) {
  const everything = [policy(...EVERYTHING_BY_IAM)];
  server = await LocalKms.start({
    enforcePolicies: {
      principals: PRINCIPALS,
      identityPolicies: Object.fromEntries(
        ['deployment' as const, 'partner' as const, ...byIam].map((caller) => [PRINCIPALS[caller], everything]),
      ),
    },
  });
  const as = (caller: CallerName): KMS => {
    const credentials = { accessKeyId: caller, secretAccessKey: 'not checked' };
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

async function callersAllowed(
  stage: Awaited<ReturnType<typeof aStage>>,
  call: (kms: KMS, KeyId: string) => Promise<unknown>,
): Promise<CallerName[]> {
  const allowed: CallerName[] = [];
  for (const caller of ALL_CALLERS) {
    const outcome = await outcomeOf(call(stage.as(caller), stage.KeyId));
    expect(['allowed', 'AccessDeniedException']).toContain(outcome);
    if (outcome === 'allowed') allowed.push(caller);
  }
  return allowed;
}

describe.each(POSTURES)('in the %s posture', (posture) => {
  const deployment: CallerName[] = ['deployment'];
  const breakGlass: CallerName[] = posture === 'break-glass' ? ['breakGlass'] : [];
  /** IAM allows the deployment everything, where the key policy delegates to IAM. */
  const iamCounts: CallerName[] = posture === 'IAM-delegated' ? ['deployment'] : [];

  test('each caller is allowed on a symmetric key exactly what its policy allows', async () => {
    const stage = await aStage(posture);
    const { as, KeyId } = stage;
    const Plaintext = Buffer.from('text');
    const { CiphertextBlob } = await as('user').encrypt({ KeyId, Plaintext, EncryptionContext: CONTEXT });

    expect(await callersAllowed(stage, (kms) => kms.encrypt({ KeyId, Plaintext, EncryptionContext: CONTEXT }))).toEqual([
      'user',
      ...iamCounts,
      'partner',
    ]);
    expect(await callersAllowed(stage, (kms) => kms.encrypt({ KeyId, Plaintext }))).toEqual(iamCounts);
    expect(await callersAllowed(stage, (kms) => kms.generateDataKey({ KeyId, KeySpec: 'AES_256', EncryptionContext: CONTEXT }))).toEqual([
      'user',
      ...iamCounts,
      'partner',
    ]);
    expect(await callersAllowed(stage, (kms) => kms.decrypt({ CiphertextBlob, KeyId, EncryptionContext: CONTEXT }))).toEqual([
      'user',
      ...iamCounts,
      'partner',
    ]);
    expect(await callersAllowed(stage, (kms) => kms.reEncrypt({
      CiphertextBlob, SourceEncryptionContext: CONTEXT, SourceKeyId: KeyId, DestinationKeyId: KeyId, DestinationEncryptionContext: CONTEXT,
    }))).toEqual(['user', 'worker', ...iamCounts, 'partner']);
    expect(
      await callersAllowed(stage, (kms) => kms.createGrant({ KeyId, GranteePrincipal: PRINCIPALS.stranger, Operations: ['Decrypt'] })),
    ).toEqual(iamCounts);
    expect(await callersAllowed(stage, (kms) => kms.disableKey({ KeyId }))).toEqual(['administrator', ...deployment, ...breakGlass]);
    expect(await callersAllowed(stage, (kms) => kms.enableKey({ KeyId }))).toEqual(['administrator', ...deployment, ...breakGlass]);
  });

  test('each caller is allowed on an HMAC key exactly what its policy allows', async () => {
    const stage = await aStage(posture, [], KmsKeySpec.HMAC_256);
    const MacAlgorithm = 'HMAC_SHA_256';
    const Message = Buffer.from('text');
    expect(await callersAllowed(stage, (kms, KeyId) => kms.generateMac({ KeyId, Message, MacAlgorithm }))).toEqual([
      'user',
      ...iamCounts,
      'partner',
    ]);
    expect(await callersAllowed(stage, (kms, KeyId) => kms.tagResource({ KeyId, Tags: [{ TagKey: 'team', TagValue: 'orders' }] })))
      .toEqual(['administrator', ...deployment, ...breakGlass]);
  });

  test('IAM of the account decides only where the key policy delegates to it, and IAM of another account is never sufficient', async () => {
    const stage = await aStage(posture, ['stranger', 'partnersColleague', 'partnersRoot']);
    const Plaintext = Buffer.from('text');
    const allowed = await callersAllowed(stage, (kms, KeyId) => kms.encrypt({ KeyId, Plaintext, EncryptionContext: CONTEXT }));
    expect(allowed).toEqual(posture === 'IAM-delegated' ? ['user', 'deployment', 'stranger', 'partner'] : ['user', 'partner']);
  });

  test('an administrator gets use of the key only by changing the key policy, and CloudTrail records the change', async () => {
    const { as, KeyId } = await aStage(posture);
    const administrator = as('administrator');
    const encrypt = () => outcomeOf(administrator.encrypt({ KeyId, Plaintext: Buffer.from('text') }));
    expect(await encrypt()).toBe('AccessDeniedException');
    const { Policy = '' } = await administrator.getKeyPolicy({ KeyId });
    const { Statement } = JSON.parse(Policy) as { Statement: object[] };
    const more = { Effect: 'Allow', Principal: { AWS: PRINCIPALS.administrator }, Action: 'kms:Encrypt', Resource: '*' };
    await administrator.putKeyPolicy({ KeyId, Policy: JSON.stringify(policy(...Statement, more)) });
    expect(await encrypt()).toBe('allowed');
    expect(server.audit.count({ operation: 'PutKeyPolicy', accessKey: 'administrator', status: 'answered' })).toBe(1);
  });

  test('a key policy that locks its caller out is refused', async () => {
    const { as, KeyId } = await aStage(posture);
    const onlyUsers = policy({ Effect: 'Allow', Principal: { AWS: PRINCIPALS.user }, Action: 'kms:Decrypt', Resource: '*' });
    expect(await outcomeOf(as('administrator').putKeyPolicy({ KeyId, Policy: JSON.stringify(onlyUsers) }))).toBe(
      'MalformedPolicyDocumentException',
    );
  });
});

test('a principal with kms:Decrypt cannot re-encrypt from the key without a grant', async () => {
  const { as, KeyId } = await aStage('IAM-delegated');
  await as('deployment').putKeyPolicy({
    KeyId,
    Policy: JSON.stringify(
      policy(...new GuardedKey('IAM-delegated').statements, {
        Effect: 'Allow',
        Principal: { AWS: PRINCIPALS.stranger },
        Action: 'kms:Decrypt',
        Resource: '*',
      }),
    ),
  });
  const { CiphertextBlob } = await as('user').encrypt({ KeyId, Plaintext: Buffer.from('text') });
  expect(await outcomeOf(as('stranger').decrypt({ CiphertextBlob }))).toBe('allowed');
  expect(await outcomeOf(as('stranger').reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId }))).toBe('AccessDeniedException');
  await as('deployment').createGrant({ KeyId, GranteePrincipal: PRINCIPALS.stranger, Operations: ['ReEncryptFrom', 'ReEncryptTo'] });
  expect(await outcomeOf(as('stranger').reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId }))).toBe('allowed');
});
