import { OPERATIONS } from '../../../../local/kms/operations/operations-table';
import { OPERATION_NAMES } from '../../../../local/kms/protocol/operation-names';
import { aKey, aLocalKms, refusalOf, type Bench } from '../local-kms-bench';
import { AUTHORIZATION } from '../wire';


interface RawAnswer { readonly status: number; readonly headers: Headers; readonly body: string }

/** A call by bare HTTP. */
async function post({ server }: Bench, target: string | undefined, body: string, authorization = AUTHORIZATION): Promise<RawAnswer> {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    ...(target === undefined ? {} : { 'x-amz-target': target }),
    ...(authorization === '' ? {} : { authorization }),
  };
  const response = await fetch(server.endpoint, { method: 'POST', headers, body });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

describe('on the wire', () => {
  test('an answer is AWS JSON 1.1 with a request id; times are epoch seconds, binary members are base64', async () => {
    const bench = await aLocalKms();
    const created = await post(bench, 'TrentService.CreateKey', '{}');
    expect(created.status).toBe(200);
    expect(created.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(created.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    const { KeyMetadata } = JSON.parse(created.body);
    expect(KeyMetadata.CreationDate).toBe(Date.UTC(2026, 0, 1) / 1000);

    const plaintext = Buffer.from('text').toString('base64');
    const { CiphertextBlob } = JSON.parse(
      (await post(bench, 'TrentService.Encrypt', JSON.stringify({ KeyId: KeyMetadata.KeyId, Plaintext: plaintext }))).body,
    );
    expect(JSON.parse((await post(bench, 'TrentService.Decrypt', JSON.stringify({ CiphertextBlob }))).body).Plaintext).toBe(plaintext);
  });

  test('an operation without output answers with an empty body', async () => {
    const bench = await aLocalKms();
    const { KeyId } = await aKey(bench.kms);
    expect(await post(bench, 'TrentService.DisableKey', JSON.stringify({ KeyId }))).toMatchObject({ status: 200, body: '' });
  });

  test('an error has its name and message', async () => {
    const bench = await aLocalKms();
    expect(await post(bench, 'TrentService.DescribeKey', '{"KeyId":"nobody"}')).toMatchObject(
      { status: 400, body: '{"__type":"NotFoundException","message":"Invalid keyId \'nobody\'"}' });
  });

  test('an error for which AWS has no message has none', async () => {
    const bench = await aLocalKms();
    expect(await post(bench, 'TrentService.Decrypt', '{"CiphertextBlob":"AAAA"}')).toMatchObject(
      { status: 400, body: '{"__type":"InvalidCiphertextException"}' });
  });

  test('unknown members and null members are ignored', async () => {
    const bench = await aLocalKms();
    expect(await post(bench, 'TrentService.CreateKey', '{"NewInAws":true,"Description":null}')).toMatchObject({ status: 200 });
  });
});

describe('requests that cannot be read', () => {
  test.each([
    ['not signed', 'TrentService.ListKeys', '{}', '', 'MissingAuthenticationTokenException'],
    ['signed by something else', 'TrentService.ListKeys', '{}', 'Bearer token', 'IncompleteSignatureException'],
    ['signed for another service', 'TrentService.ListKeys', '{}', AUTHORIZATION.replace('/kms/', '/s3/'), 'IncompleteSignatureException'],
    ['without an operation', undefined, '{}', AUTHORIZATION, 'UnknownOperationException'],
    ['with an operation of nobody', 'TrentService.ExportKey', '{}', AUTHORIZATION, 'UnknownOperationException'],
    ['with an operation of another service', 'DynamoDB_20120810.Scan', '{}', AUTHORIZATION, 'UnknownOperationException'],
    ['not JSON', 'TrentService.ListKeys', '{', AUTHORIZATION, 'SerializationException'],
    ['a list', 'TrentService.ListKeys', '[]', AUTHORIZATION, 'SerializationException'],
    ['a number for a text', 'TrentService.DescribeKey', '{"KeyId":1}', AUTHORIZATION, 'SerializationException'],
    ['a text for a number', 'TrentService.ListKeys', '{"Limit":"1"}', AUTHORIZATION, 'SerializationException'],
    ['no base64', 'TrentService.Decrypt', '{"CiphertextBlob":"%%"}', AUTHORIZATION, 'SerializationException'],
    [
      'a context of numbers',
      'TrentService.Decrypt',
      '{"CiphertextBlob":"AAAA","EncryptionContext":{"a":1}}',
      AUTHORIZATION,
      'SerializationException',
    ],
  ])('%s', async (_, target, body, authorization, name) => {
    const bench = await aLocalKms();
    const answer = await post(bench, target, body, authorization);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).__type).toBe(name);
  });

  test('larger than any request of KMS', async () => {
    const bench = await aLocalKms();
    expect(await post(bench, 'TrentService.ListKeys', ' '.repeat(1024 * 1024 + 1))).toMatchObject({ status: 413 });
  });

  test('one error reports all violations of limits', async () => {
    const bench = await aLocalKms();
    const answer = await post(bench, 'TrentService.GenerateDataKey', '{"KeySpec":"AES_512","NumberOfBytes":0}');
    expect(JSON.parse(answer.body)).toEqual({
      __type: 'ValidationException',
      message: '3 validation errors detected: Value null at \'keyId\' failed to satisfy constraint: Member must not be null; '
        + 'Value \'0\' at \'numberOfBytes\' failed to satisfy constraint: Member must have value greater than or equal to 1; '
        + 'Value \'AES_512\' at \'keySpec\' failed to satisfy constraint: Member must satisfy enum value set: [AES_256, AES_128]',
    });
  });
});

test('every unsupported operation of KMS returns an error and has no effect', async () => {
  const bench = await aLocalKms();
  const notBuilt = OPERATION_NAMES.filter((name) => OPERATIONS[name] === undefined);
  expect(notBuilt).toEqual(expect.arrayContaining(['ConnectCustomKeyStore', 'CreateCustomKeyStore']));
  for (const name of notBuilt) {
    expect(JSON.parse((await post(bench, `TrentService.${name}`, '{}')).body)).toEqual(
      { __type: 'UnsupportedOperationException', message: `${name} is not supported by the local KMS yet.` });
  }
});

test('it listens on the loopback only', async () => {
  const { server } = await aLocalKms();
  expect(new URL(server.endpoint).hostname).toBe('127.0.0.1');
});

test('it stops immediately although clients keep their connections', async () => {
  const { server, kms } = await aLocalKms();
  await aKey(kms);
  await server.stop();
  expect(await refusalOf(kms.listKeys({}))).toMatch(/ECONNREFUSED|socket hang up|ECONNRESET/);
});

test('a call in progress is answered when the server stops, and its connection is closed', async () => {
  let stopped: Promise<void> | undefined;
  const bench: Bench = await aLocalKms({
    authorizer: {
      decide: () => {
        stopped = bench.server.stop();
        return undefined;
      },
    },
  });

  const answer = await post(bench, 'TrentService.ListKeys', '{}');

  expect(answer).toMatchObject({ status: 200, body: '{"Keys":[],"Truncated":false}' });
  expect(answer.headers.get('connection')).toBe('close');
  await stopped;
});
