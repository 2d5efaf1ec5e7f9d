import { randomBytes, randomUUID } from 'node:crypto';
import { CreateKeyCommand, DescribeKeyCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { Recorder } from './recorder';
import { invokeShippedHandler } from '../../local/cloudformation/shipped-handler';
import { parseFaultRule } from '../../local/kms/faults/fault-rule';
import { Laptop } from '../../local/laptop';

/** What the shipped handler is asked, as far as it differs from an import that works. */
interface Case {
  readonly bytes?: Buffer;
  readonly properties?: { readonly [name: string]: string };
  readonly environment?: { readonly [name: string]: string };
  readonly origin?: 'AWS_KMS' | 'EXTERNAL';
  readonly deleted?: boolean;
  readonly faults?: readonly string[];
  readonly unreachable?: boolean;
  readonly request?: 'Create' | 'Delete';
}

/** Everything that left the handler. */
interface Traces {
  readonly answer: { Status: string; Reason?: string; Data?: { [name: string]: string } } | undefined;
  readonly everything: Buffer;
  readonly keyState: string | undefined;
}

/** Stands in the path of the response URL, as the signature stands in AWS's. */
const CREDENTIAL = `signature-${randomUUID()}`;

let laptop: Laptop;
beforeAll(async () => { laptop = await Laptop.open({ seed: 1, faults: [] }); });
afterAll(() => laptop.close());

async function runCase({ bytes = randomBytes(32), properties = {}, environment = {}, ...rest }: Case): Promise<Traces & { bytes: Buffer }> {
  const kms = laptop.kmsClient('deployment', 2);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Origin: rest.origin ?? 'EXTERNAL' }));
  if (rest.deleted) await kms.send(new ScheduleKeyDeletionCommand({ KeyId: KeyMetadata?.KeyId }));
  const { ARN } = await laptop.secretsClient('deployment').send(new CreateSecretCommand({ Name: randomUUID(), SecretBinary: bytes }));
  laptop.kms.faults.set((rest.faults ?? []).map((text) => parseFaultRule(text)));
  const [toKms, toSecrets, toCloudFormation] = await Promise.all([
    Recorder.start(laptop.kms.endpoint), Recorder.start(laptop.secrets.endpoint), Recorder.start(),
  ]);
  try {
    const { output } = await invokeShippedHandler('key-material', {
      RequestType: rest.request ?? 'Create',
      ResponseURL: rest.unreachable ? `http://127.0.0.1:1/${CREDENTIAL}` : `${toCloudFormation.endpoint}/${CREDENTIAL}`,
      StackId: 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Ledger/1',
      RequestId: randomUUID(),
      ResourceType: 'Custom::KmsKeyMaterial',
      LogicalResourceId: 'Material',
      ...(rest.request === 'Delete' ? { PhysicalResourceId: `${KeyMetadata?.KeyId}/material` } : {}),
      ResourceProperties: {
        KeyArn: KeyMetadata?.Arn,
        SecretArn: ARN,
        SecretEncoding: 'binary',
        Expiration: 'never',
        WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
        WrappingKeySpec: 'RSA_2048',
        ...properties,
      },
    }, {
      ...laptop.handlerEnvironment(),
      AWS_ENDPOINT_URL_KMS: toKms.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: toSecrets.endpoint,
      ...environment,
    });
    const [, body] = toCloudFormation.sent;
    return {
      bytes,
      answer: body === undefined ? undefined : JSON.parse(body.toString('utf8')),
      everything: Buffer.concat([Buffer.from(output), ...toKms.sent, ...toSecrets.sent, ...toCloudFormation.sent]),
      keyState: (await kms.send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId }))).KeyMetadata?.KeyState,
    };
  } finally {
    laptop.kms.faults.clear();
    [toKms, toSecrets, toCloudFormation].forEach((recorder) => recorder.stop());
  }
}

/** Every form in which somebody might have written the bytes down. */
function formsOf(bytes: Buffer): Buffer[] {
  const texts = [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url'), [...bytes].join(','), JSON.stringify(bytes.toString('latin1'))];
  return [bytes, bytes.subarray(0, 16), ...texts.map((text) => Buffer.from(text)), Buffer.from(bytes.toString('hex').toUpperCase())];
}

function expectNothingSecret({ everything, bytes }: { everything: Buffer; bytes: Buffer }): void {
  const found = [...formsOf(bytes), Buffer.from(CREDENTIAL)].filter((secret) => everything.includes(secret)).map((secret) => secret.toString('hex'));
  expect(found).toEqual([]);
  expect(everything.length).toBeGreaterThan(100);
}

test('the search finds bytes in each of their forms, if they are there', () => {
  const bytes = randomBytes(32);
  for (const form of formsOf(bytes)) {
    expect(() => expectNothingSecret({ everything: Buffer.concat([randomBytes(200), form, randomBytes(10)]), bytes })).toThrow();
  }
});

test('an import that succeeds says nothing secret', async () => {
  const traces = await runCase({});
  expect(traces.answer).toMatchObject({ Status: 'SUCCESS', Data: { KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/), ValidTo: 'never' } });
  expect(traces.keyState).toBe('Enabled');
  expectNothingSecret(traces);
});

test('an import whose answers get lost on the way says nothing secret, and succeeds', async () => {
  const traces = await runCase({ faults: ['answerLost:#1:ImportKeyMaterial', 'answerLost:#1:GetParametersForImport', 'throttle:#1:DescribeKey'] });
  expect(traces.answer?.Status).toBe('SUCCESS');
  expectNothingSecret(traces);
});

test('deleting the resource leaves the material where it is, and says nothing secret', async () => {
  const traces = await runCase({ request: 'Delete' });
  expect(traces.answer?.Status).toBe('SUCCESS');
  expectNothingSecret(traces);
});

describe('a failure says what to do, and nothing secret', () => {
  test.each<[string, Case, RegExp]>([
    ['material of 31 bytes', { bytes: randomBytes(31) }, /^InvalidRequest: secret .* wrong length, got 31 bytes; allowed: 32 bytes; put 32 random bytes/],
    ['material of 33 bytes', { bytes: randomBytes(33) }, /got 33 bytes; allowed: 32 bytes/],
    ['bytes where text is expected', { properties: { SecretEncoding: 'base64' } }, /^InvalidRequest: secret /],
    ['a secret that is missing', { properties: { SecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:gone-AbCdEf' } },
      /^InvalidRequest: secret .*gone-AbCdEf.*name a secret of this account/],
    ['a wrapping algorithm that KMS no longer accepts', { properties: { WrappingAlgorithm: 'RSAES_PKCS1_V1_5' } }, /^InvalidRequest: .*RSAES_PKCS1_V1_5/],
    ['an expiry in the past', { properties: { Expiration: 'at', ExpiresAt: '2020-01-01T00:00:00Z' } }, /^InvalidRequest: /],
    ['a property that is missing', { properties: { Expiration: 'sometimes' } }, /^InvalidRequest: .*got sometimes; allowed: never, at, after/],
    ['a key that makes its own material', { origin: 'AWS_KMS' }, /^InvalidRequest: .*got origin AWS_KMS; allowed: EXTERNAL/],
    ['a key that is about to be deleted', { deleted: true }, /^InvalidRequest: .*got PendingDeletion/],
    ['a function whose time is over', { environment: { TIMEOUT_MILLISECONDS: '15000' } }, /the time of the function is over; deploy again/],
  ])('%s', async (_, given, reason) => {
    const traces = await runCase(given);
    expect(traces.answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(reason) });
    expect(JSON.stringify(traces.answer).length).toBeLessThanOrEqual(4096);
    expectNothingSecret(traces);
  });

  test('a response URL that nobody listens at', async () => {
    const traces = await runCase({ unreachable: true });
    expect(traces.answer).toBeUndefined();
    expectNothingSecret(traces);
  });
});
