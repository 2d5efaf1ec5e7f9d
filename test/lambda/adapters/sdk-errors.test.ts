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
])('%s is told as ours, with the place, the name and the words of AWS', async (name, status, ours) => {
  answer = { status, body: JSON.stringify({ __type: name, message: 'the words of AWS' }) };
  await expect(describeKey()).rejects.toMatchObject({
    name: ours, message: expect.stringMatching(new RegExp(`^key k: AWS KMS refused, got ${name} \\(the words of AWS\\); .+`)),
  });
});

test('no connection is told as something that time mends', async () => {
  const nobody = new KMSClient(client(1));
  await expect(callKms('key k', async () => nobody.send(new DescribeKeyCommand({ KeyId: 'k' })))).rejects.toMatchObject({
    name: 'Throttled', message: expect.stringContaining('AWS KMS returned no usable response'),
  });
});

test('an answer that cannot be read is never quoted: it may hold the secret', async () => {
  answer = { status: 200, body: '{"SecretBinary":"aHVzaC1odXNo", oops' };
  const plain = new SecretsManagerClient(client());
  // What the SDK says itself does quote it: this is what has to be kept back.
  await expect(plain.send(new GetSecretValueCommand({ SecretId: 's' }))).rejects.toThrow(/Deserialization error|JSON/);

  const thrown = await new SecretsManagerMaterial(plain).readMaterial({ secretArn: 's', versionId: 'v'.repeat(32), encoding: 'binary' })
    .then(() => undefined, (error: unknown) => error as Error);

  expect(thrown).toMatchObject({ name: 'Throttled', message: expect.stringMatching(/^secret s version v+: AWS Secrets Manager returned no usable response/) });
  expect(thrown?.cause).toBeUndefined();
});

test('what did not come from AWS passes untouched', async () => {
  const mistake = new TypeError('ours');
  await expect(callKms('key k', async () => { throw mistake; })).rejects.toBe(mistake);
});
