import { KMS } from '@aws-sdk/client-kms';
import * as iam from 'aws-cdk-lib/aws-iam';
import { GuardedKey, PRINCIPALS as KEY_PRINCIPALS, POSTURES, type PostureName } from './guarded-key';
import { LocalKms } from '../../../local/kms/local-kms';
import { ServiceUser } from '../../../src/index';
import { ACCOUNT } from '../../support/policy-evaluator';

/**
 * The statements for service users, enforced by the local KMS while real calls are made.
 *
 * No AWS service calls the local KMS. Calls through a service are proven by the evaluator alone. These tests cover
 * direct calls and the calls of a service-linked role.
 */
const PRINCIPALS = {
  deployment: KEY_PRINCIPALS.deployment,
  user: KEY_PRINCIPALS.user,
  caller: `arn:aws:iam::${ACCOUNT}:role/caller`,
  autoScaling: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
};
const EVERY_USE = [
  ServiceUser.throughS3, ServiceUser.throughEbs, ServiceUser.throughRds, ServiceUser.throughDynamoDb, ServiceUser.throughSecretsManager,
  ServiceUser.throughParameterStore, ServiceUser.throughSns, ServiceUser.throughSqs, ServiceUser.throughLambda, ServiceUser.throughRedshift,
  ServiceUser.throughRedshiftServerless, ServiceUser.throughCloudWatchLogs,
].map((factory) => factory([new iam.ArnPrincipal(PRINCIPALS.caller)]));

let server: LocalKms;
const clients: KMS[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server.stop();
});

/** A key with that posture and every service user, and a ciphertext of its user. */
async function aStage(posture: PostureName) {
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  server = await LocalKms.start({
    enforcePolicies: { principals: PRINCIPALS, identityPolicies: { [PRINCIPALS.deployment]: [everything] } },
  });
  const as = (accessKeyId: keyof typeof PRINCIPALS): KMS => {
    const credentials = { accessKeyId, secretAccessKey: 'not checked' };
    clients.push(new KMS({ endpoint: server.endpoint, region: 'eu-central-1', maxAttempts: 1, credentials }));
    return clients.at(-1) as KMS;
  };
  const { statements } = new GuardedKey(posture, { serviceUsers: [...EVERY_USE, ServiceUser.autoScaling()] });
  const { KeyMetadata } = await as('deployment').createKey({ Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }) });
  const KeyId = KeyMetadata!.Arn as string;
  const { CiphertextBlob } = await as('user').encrypt({ KeyId, Plaintext: Buffer.from('text') });
  return { as, KeyId, CiphertextBlob };
}

async function outcomeOf(call: Promise<unknown>): Promise<string> {
  return call.then(() => 'allowed', (error: Error) => error.name);
}

describe.each(POSTURES)('in the %s posture', (posture) => {
  test('a principal that may use the key through every service is denied every direct call', async () => {
    const { as, KeyId, CiphertextBlob } = await aStage(posture);
    const caller = as('caller');
    const calls = [
      caller.describeKey({ KeyId }),
      caller.encrypt({ KeyId, Plaintext: Buffer.from('text') }),
      caller.decrypt({ KeyId, CiphertextBlob }),
      caller.generateDataKey({ KeyId, KeySpec: 'AES_256' }),
      caller.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: 'AES_256' }),
      caller.reEncrypt({ CiphertextBlob, SourceKeyId: KeyId, DestinationKeyId: KeyId }),
      caller.createGrant({ KeyId, GranteePrincipal: PRINCIPALS.caller, Operations: ['Decrypt'] }),
    ];
    expect(await Promise.all(calls.map(outcomeOf))).toEqual(calls.map(() => 'AccessDeniedException'));
  });

  test('the service-linked role of Auto Scaling uses the key, and can neither grant access nor manage it', async () => {
    const { as, KeyId, CiphertextBlob } = await aStage(posture);
    const role = as('autoScaling');
    expect(await outcomeOf(role.describeKey({ KeyId }))).toBe('allowed');
    expect(await outcomeOf(role.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: 'AES_256' }))).toBe('allowed');
    expect(await outcomeOf(role.decrypt({ KeyId, CiphertextBlob }))).toBe('allowed');
    expect(await outcomeOf(role.reEncrypt({ CiphertextBlob, SourceKeyId: KeyId, DestinationKeyId: KeyId }))).toBe('allowed');
    expect(await outcomeOf(role.createGrant({ KeyId, GranteePrincipal: PRINCIPALS.caller, Operations: ['Decrypt'] }))).toBe(
      'AccessDeniedException',
    );
    expect(await outcomeOf(role.disableKey({ KeyId }))).toBe('AccessDeniedException');
    expect(await outcomeOf(role.generateDataKeyPair({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }))).toBe('AccessDeniedException');
  });
});
