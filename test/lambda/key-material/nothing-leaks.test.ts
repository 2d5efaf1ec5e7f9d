import { randomBytes } from 'node:crypto';
import { CreateKeyCommand, DescribeKeyCommand } from '@aws-sdk/client-kms';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { invokeShippedHandler, type Invocation } from '../../../local/cloudformation/shipped-handler';
import { encodeImport } from '../../../src/contract/requests/import-request';
import { RecordingProxy } from '../../support/recording-proxy';
import { EVENT_MEMBERS, ResponseUrl } from '../../support/response-url';
import { findTraces, tracesOf } from '../../support/traces';
import { ImportWorld } from '../../support/world/import-world';

/** The handler as it is shipped, in a separate process. The test records everything that leaves that process. */
let world: ImportWorld;
let kms: RecordingProxy;
let secrets: RecordingProxy;
let place: ResponseUrl;
let material: Buffer;

beforeAll(async () => { world = await ImportWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => {
  world.localKms.faults.clear();
  kms = await RecordingProxy.before(world.localKms.endpoint);
  secrets = await RecordingProxy.before(world.localSecrets.endpoint);
  place = await ResponseUrl.open();
  material = randomBytes(32);
});
afterEach(async () => { await Promise.all([kms.close(), secrets.close(), place.close()]); });

interface Request {
  readonly RequestType?: 'Create' | 'Update' | 'Delete';
  readonly properties?: { readonly [property: string]: string | undefined };
  readonly timeout?: number;
}

async function invoke(
  keyArn: string,
  secretArn: string,
  { RequestType = 'Create', properties, timeout = 60_000 }: Request = {},
): Promise<Invocation> {
  const declared = encodeImport({
    keyArn,
    secret: { secretArn, encoding: 'binary' },
    expiration: { kind: 'never' },
    wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    wrappingKeySpec: 'RSA_2048',
  });
  const event = {
    ...EVENT_MEMBERS,
    RequestType,
    ResponseURL: place.url,
    PhysicalResourceId: RequestType === 'Create' ? undefined : 'key/material',
    ResourceProperties: { ...declared, ...properties },
  };
  return invokeShippedHandler('key-material', event, {
    AWS_ENDPOINT_URL_KMS: kms.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'importer',
    AWS_SECRET_ACCESS_KEY: 'not-checked',
    TIMEOUT_MILLISECONDS: String(timeout),
  });
}

async function aSecret(value: { SecretBinary: Uint8Array } | { SecretString: string }): Promise<string> {
  const { ARN } = await world.secrets.send(new CreateSecretCommand({ Name: `bytes-${randomBytes(6).toString('hex')}`, ...value }));
  return ARN as string;
}

/**
 * Everything that left the process: its output, its responses to CloudFormation, and its requests to KMS
 * and Secrets Manager.
 */
function everythingThatLeft({ output }: Invocation): Buffer[] {
  return [Buffer.from(output), ...place.delivered.map(({ body }) => Buffer.from(body)), ...kms.sent, ...secrets.sent];
}

function expectNothingLeaked(invocation: Invocation): void {
  const left = everythingThatLeft(invocation);
  expect(findTraces(tracesOf(material), left)).toEqual([]);
  expect(left.filter((part) => /presigned-secret|X-Amz-Signature=/.test(part.toString('latin1')))).toEqual([]);
}

test('the search finds key material in every encoding, and half of it', () => {
  const ways = [
    material,
    Buffer.from(material.toString('hex')),
    Buffer.from(material.toString('base64')),
    Buffer.from(material.toString('base64url')),
    Buffer.from(JSON.stringify(material)),
    Buffer.from(`<Buffer ${material.toString('hex').match(/../g)?.join(' ')}>`),
    material.subarray(10),
  ];
  for (const way of ways) expect(findTraces(tracesOf(material), [Buffer.from('noise'), way])).not.toEqual([]);
  expect(findTraces(tracesOf(material), [randomBytes(1000)])).toEqual([]);
});

test('a successful import leaks nothing and enables the key', async () => {
  const keyArn = await world.newKey();
  const invocation = await invoke(keyArn, await aSecret({ SecretBinary: Buffer.from(material) }));

  expect(place.answer).toMatchObject({
    Status: 'SUCCESS',
    PhysicalResourceId: `${keyArn.split('/')[1]}/material`,
    Data: { KeyArn: keyArn, ValidTo: 'never' },
  });
  expect((await world.kms.send(new DescribeKeyCommand({ KeyId: keyArn }))).KeyMetadata).toMatchObject({ KeyState: 'Enabled' });
  expect(kms.sent.length + secrets.sent.length).toBeGreaterThan(6);
  expect(invocation.exitCode).toBe(0);
  expectNothingLeaked(invocation);
});

test.each<[string, string, () => Promise<[keyArn: string, secretArn: string, request?: Request]>]>([
  [
    'a Delete',
    'SUCCESS',
    async () => [await world.newKey(), await aSecret({ SecretBinary: Buffer.from(material) }), { RequestType: 'Delete' }],
  ],
  [
    'material in base64',
    'SUCCESS',
    async () => [
      await world.newKey(),
      await aSecret({ SecretString: material.toString('base64') }),
      { properties: { SecretEncoding: 'base64' } },
    ],
  ],
  [
    'material in hex',
    'SUCCESS',
    async () => [
      await world.newKey(),
      await aSecret({ SecretString: material.toString('hex') }),
      { properties: { SecretEncoding: 'hex' } },
    ],
  ],
  [
    'throttling by KMS',
    'SUCCESS',
    async () => {
      world.localKms.faults.set([{ kind: 'throttle', operation: 'ImportKeyMaterial', callNumbers: [1, 2] }]);
      return [await world.newKey(), await aSecret({ SecretBinary: Buffer.from(material) })];
    },
  ],
  [
    'a lost response of KMS',
    'SUCCESS',
    async () => {
      world.localKms.faults.set([{ kind: 'answerLost', operation: 'ImportKeyMaterial', callNumbers: [1] }]);
      return [await world.newKey(), await aSecret({ SecretBinary: Buffer.from(material) })];
    },
  ],
  ['material that is too short', 'FAILED', async () => [await world.newKey(), await aSecret({ SecretBinary: material.subarray(0, 31) })]],
  [
    'material that is too long',
    'FAILED',
    async () => [await world.newKey(), await aSecret({ SecretBinary: Buffer.concat([material, material]) })],
  ],
  ['text instead of binary', 'FAILED', async () => [await world.newKey(), await aSecret({ SecretString: material.toString('base64') })]],
  [
    'binary instead of text',
    'FAILED',
    async () => [
      await world.newKey(),
      await aSecret({ SecretBinary: Buffer.from(material) }),
      { properties: { SecretEncoding: 'base64' } },
    ],
  ],
  [
    'text that is not in the declared encoding',
    'FAILED',
    async () => [
      await world.newKey(),
      await aSecret({ SecretString: material.toString('base64url') + '!' }),
      { properties: { SecretEncoding: 'base64' } },
    ],
  ],
  [
    'a version that does not exist',
    'FAILED',
    async () => [
      await world.newKey(),
      await aSecret({ SecretBinary: Buffer.from(material) }),
      { properties: { SecretVersionId: 'v'.repeat(36) } },
    ],
  ],
  ['a secret that does not exist', 'FAILED', async () => [await world.newKey(), 'nothing']],
  [
    'a key that generates its own key material',
    'FAILED',
    async () => {
      const { KeyMetadata } = await world.kms.send(new CreateKeyCommand({}));
      return [KeyMetadata?.Arn as string, await aSecret({ SecretBinary: Buffer.from(material) })];
    },
  ],
  [
    'a wrapping algorithm that KMS no longer accepts',
    'FAILED',
    async () => [
      await world.newKey(),
      await aSecret({ SecretBinary: Buffer.from(material) }),
      { properties: { WrappingAlgorithm: 'RSAES_PKCS1_V1_5' } },
    ],
  ],
  [
    'a wrapping key that KMS does not know',
    'FAILED',
    async () => [
      await world.newKey(),
      await aSecret({ SecretBinary: Buffer.from(material) }),
      { properties: { WrappingKeySpec: 'RSA_1' } },
    ],
  ],
  [
    'invalid properties',
    'FAILED',
    async () => [await world.newKey(), await aSecret({ SecretBinary: Buffer.from(material) }), { properties: { Expiration: 'soon' } }],
  ],
  [
    'a malformed public key from KMS',
    'FAILED',
    async () => {
      kms.tamper = (operation, answer) =>
        operation !== 'GetParametersForImport'
          ? answer
          : Buffer.from(
            JSON.stringify({ ...(JSON.parse(answer.toString()) as object), PublicKey: Buffer.from('no key').toString('base64') }),
          );
      return [await world.newKey(), await aSecret({ SecretBinary: Buffer.from(material) })];
    },
  ],
  [
    'a key description without a state',
    'FAILED',
    async () => {
      kms.tamper = (operation, answer) => (operation === 'DescribeKey' ? Buffer.from('{"KeyMetadata":{}}') : answer);
      return [await world.newKey(), await aSecret({ SecretBinary: Buffer.from(material) })];
    },
  ],
  [
    'a timeout',
    'FAILED',
    async () => {
      world.localKms.faults.set([{ kind: 'latency', operation: 'ImportKeyMaterial', callNumbers: [1], latencyMilliseconds: 4_000 }]);
      return [await world.newKey(), await aSecret({ SecretBinary: Buffer.from(material) }), { timeout: 16_500 }];
    },
  ],
])('%s ends as %s and leaks nothing', async (_, status, prepare) => {
  const invocation = await invoke(...(await prepare()));
  expect(place.answer.Status).toBe(status);
  expectNothingLeaked(invocation);
});

test('a truncated response of Secrets Manager is reported without its content', async () => {
  secrets.tamper = (operation, answer) => operation === 'GetSecretValue' ? answer.subarray(0, answer.length - 40) : answer;
  const invocation = await invoke(await world.newKey(), await aSecret({ SecretBinary: Buffer.from(material) }));

  expect(place.answer).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining('AWS Secrets Manager returned no usable response'),
  });
  expectNothingLeaked(invocation);
});

test('an undeliverable response to CloudFormation leaks nothing and ends the process with an error', async () => {
  place.refusals = [403, 403, 403];
  const invocation = await invoke(await world.newKey(), await aSecret({ SecretBinary: Buffer.from(material) }));

  expect(invocation).toMatchObject({ exitCode: 1, output: expect.stringContaining('could not be delivered, got status 403') });
  expectNothingLeaked(invocation);
});
