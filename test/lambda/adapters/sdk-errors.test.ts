import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { callKms } from '../../../lambda/adapters/kms/kms-errors';
import { SecretsManagerMaterial } from '../../../lambda/adapters/secrets-manager';

let server: Server;
let answer: { status: number; body: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' }).end(answer.body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

const client = (port = (server.address() as AddressInfo).port) => ({
  endpoint: `http://127.0.0.1:${port}`, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1,
});

async function describeKey(): Promise<unknown> {
  return callKms('key k', async () => new KMSClient(client()).send(new DescribeKeyCommand({ KeyId: 'k' })));
}

test.each([
  ['NotFoundException', 400, 'KeyNotReady'],
  ['KMSInvalidStateException', 400, 'KeyNotReady'],
  ['DisabledException', 400, 'KeyNotReady'],
  ['ThrottlingException', 400, 'Throttled'],
  ['KMSInternalException', 500, 'Throttled'],
  ['DependencyTimeoutException', 503, 'Throttled'],
  ['AccessDeniedException', 400, 'AccessDenied'],
  ['ValidationException', 400, 'InvalidRequest'],
  ['IncorrectKeyMaterialException', 400, 'InvalidRequest'],
  ['ExpiredImportTokenException', 400, 'KeyNotReady'],
])('%s is reported with its subject, its name and the message of AWS', async (name, status, errorName) => {
  answer = { status, body: JSON.stringify({ __type: name, message: 'the message of AWS' }) };
  await expect(describeKey()).rejects.toMatchObject({
    name: errorName, message: expect.stringMatching(new RegExp(`^key k: AWS KMS refused, got ${name} \\(the message of AWS\\); .+`)),
  });
});

test('a failed connection is reported as Throttled', async () => {
  const unreachable = new KMSClient(client(1));
  await expect(callKms('key k', async () => unreachable.send(new DescribeKeyCommand({ KeyId: 'k' })))).rejects.toMatchObject({
    name: 'Throttled', message: expect.stringContaining('AWS KMS returned no usable response'),
  });
});

test('a response that cannot be parsed is never quoted, because it may contain the secret', async () => {
  answer = { status: 200, body: '{"SecretBinary":"aHVzaC1odXNo", oops' };
  const plain = new SecretsManagerClient(client());
  // The error of the SDK quotes it, so that error must not be passed on.
  await expect(plain.send(new GetSecretValueCommand({ SecretId: 's' }))).rejects.toThrow(/Deserialization error|JSON/);

  const thrown = await new SecretsManagerMaterial(plain).readMaterial({ secretArn: 's', versionId: 'v'.repeat(32), encoding: 'binary' })
    .then(() => undefined, (error: unknown) => error as Error);

  expect(thrown).toMatchObject({
    name: 'Throttled',
    message: expect.stringMatching(/^secret s version v+: AWS Secrets Manager returned no usable response/),
  });
  expect(thrown?.cause).toBeUndefined();
});

test('an error that is not from AWS is passed on unchanged', async () => {
  const mistake = new TypeError('a fault in this library');
  await expect(callKms('key k', async () => { throw mistake; })).rejects.toBe(mistake);
});
