import { connect } from 'node:net';
import { DAY, REGION } from '../local-kms-bench';
import { malformedRequests } from './malformed-request-generator';
import { LocalKms } from '../../../../local/kms/local-kms';
import { OPERATIONS } from '../../../../local/kms/operations/operations-table';
import type { StructureForm } from '../../../../local/kms/protocol/shape';
import { AUTHORIZATION, JSON_OF_AWS, speak, Wire, type WireAnswer } from '../wire';

let server: LocalKms;
let wire: Wire;
let sent = 0;

beforeAll(async () => {
  server = await LocalKms.start();
  wire = new Wire(server);
});

afterEach(async () => {
  // After every request the server still serves, and nothing was created.
  expect(await wire.post('TrentService.ListKeys', '{}')).toMatchObject({ status: 200, body: '{"Keys":[],"Truncated":false}' });
});

afterAll(async () => {
  wire.close();
  await server.stop();
  console.info(`${sent} malformed requests were refused`);
});

/** The name of AWS's error, if the answer is one. Nothing of the implementation may appear in it. */
function errorIn({ status, type, body }: WireAnswer): string {
  sent += 1;
  expect(type).toBe('application/x-amz-json-1.1');
  expect(body).not.toMatch(/\bat .+:\d+:\d+|\.[jt]s\b|local KMS failed/);
  return `${status} ${JSON.parse(body).__type}`;
}

describe('a request that violates its shape is refused, and the error distinguishes wrong types from limits', () => {
  test.each(Object.keys(OPERATIONS))('%s', async (name) => {
    const form = OPERATIONS[name as keyof typeof OPERATIONS]!.request.form as StructureForm;
    for (const { what, body, name: expected } of malformedRequests(form)) {
      const error = errorIn(await wire.post(`TrentService.${name}`, body));
      expect(`${what}: ${error}`).toBe(`${what}: 400 ${expected}`);
    }
  });
});

describe('a body that is not a request', () => {
  const deep = (open: string, close: string, times = 100_000) => `${open.repeat(times)}1${close.repeat(times)}`;
  test.each<[what: string, body: string | Buffer]>([
    ['no JSON', '{'],
    ['a number', '1'],
    ['null', 'null'],
    ['a text', '"{}"'],
    ['a list', '[{}]'],
    ['NaN', 'NaN'],
    ['a member that is NaN', '{"Limit":NaN}'],
    ['a comment', '/**/{}'],
    ['two requests', '{}{}'],
    ['a comma too many', '{"Limit":1,}'],
    ['single quotes', '{\'Limit\':1}'],
    ['a byte order mark', '\ufeff{}'],
    ['a zero byte', '{}\0'],
    ['lists in lists', deep('[', ']')],
    ['an open end', '['.repeat(500_000)],
    ['bytes that are not UTF-8', Buffer.from([...Buffer.from('{"Marker":"'), 0xc3, 0x28, ...Buffer.from('"}')])],
    ['half a surrogate in UTF-8', Buffer.from([...Buffer.from('{"Marker":"'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')])],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['a known member in structures of structures', `{"Limit":${deep('{"Limit":', '}')}}`],
  ])('%s', async (_, body) => {
    expect(errorIn(await wire.post('TrentService.ListKeys', body))).toBe('400 SerializationException');
  });

  test('an unknown member may have any value: it is ignored', async () => {
    expect(await wire.post('TrentService.ListKeys', `{"Unknown":${deep('[', ']')},"__proto__":{"Limit":"x"}}`)).toMatchObject({
      status: 200,
    });
  });

  test('a body larger than any request of KMS is refused', async () => {
    expect(errorIn(await wire.post('TrentService.ListKeys', ' '.repeat(3 * 1024 * 1024)))).toBe('413 RequestEntityTooLargeException');
  });
});

describe('an HTTP request that is not a call', () => {
  test.each([
    ['of another method', 'PUT', '/', JSON_OF_AWS],
    ['that gets', 'GET', '/', JSON_OF_AWS],
    ['of another path', 'POST', '/kms', JSON_OF_AWS],
    ['with a query', 'POST', '/?Action=ListKeys', JSON_OF_AWS],
    ['of another content', 'POST', '/', 'application/json'],
    ['of a form', 'POST', '/', 'application/x-www-form-urlencoded'],
    ['of no content', 'POST', '/', ''],
  ])('%s', async (_, method, path, contentType) => {
    expect(errorIn(await wire.post('TrentService.ListKeys', '{}', { 'content-type': contentType }, method, path))).toBe(
      '404 UnknownOperationException',
    );
  });

  test.each(['', 'ListKeys', 'TrentService', 'TrentService.', 'TrentService.listKeys', 'TrentService.__proto__', 'TrentService.constructor',
    'TrentService.ListKeys.', 'TrentService.ListKeys, TrentService.ListKeys', 'x'.repeat(10_000)])('with the target %s', async (target) => {
    expect(errorIn(await wire.post(target, '{}'))).toBe('400 UnknownOperationException');
  });
});

describe('a signature that names no caller', () => {
  const scope = `444455556666/20260101/${REGION}/kms/aws4_request`;
  const parts = (credential: string) => `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=00`;
  test.each([
    ['by another means', 'Bearer token'],
    ['of an older kind', 'AWS 444455556666:c2lnbmF0dXJl'],
    ['for all Regions', AUTHORIZATION.replace('HMAC', 'ECDSA-P256')],
    ['with nothing behind the algorithm', 'AWS4-HMAC-SHA256 '],
    ['without a credential', 'AWS4-HMAC-SHA256 SignedHeaders=host, Signature=00'],
    ['without signed headers', `AWS4-HMAC-SHA256 Credential=${scope}, Signature=00`],
    ['without the signature itself', `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host`],
    ['with an empty signature', `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=`],
    ['with an empty access key', parts(`/20260101/${REGION}/kms/aws4_request`)],
    ['without a Region', parts('444455556666/20260101/kms/aws4_request')],
    ['with an empty Region', parts('444455556666/20260101//kms/aws4_request')],
    ['with a Region that is none', parts('444455556666/20260101/Eu Central/kms/aws4_request')],
    ['with a date that is none', parts(`444455556666/today/${REGION}/kms/aws4_request`)],
    ['for another service', parts(scope.replace('kms', 's3'))],
    ['with another end', parts(scope.replace('aws4_request', 'aws3_request'))],
    ['with too many parts', parts(`${scope}/more`)],
    ['that repeats itself to the end of the header', parts('Credential='.repeat(1000))],
  ])('%s', async (_, authorization) => {
    expect(errorIn(await wire.post('TrentService.ListKeys', '{}', { authorization }))).toBe('400 IncompleteSignatureException');
  });

  test('a request without a signature is refused', async () => {
    expect(errorIn(await wire.post('TrentService.ListKeys', '{}', { authorization: '' }))).toBe('400 MissingAuthenticationTokenException');
  });
});

describe('on a bare socket', () => {
  const call = (body: string, more = `Content-Length: ${body.length}`) =>
    `POST / HTTP/1.1\r\nHost: kms\r\nContent-Type: ${JSON_OF_AWS}\r\nAuthorization: ${AUTHORIZATION}\r\nX-Amz-Target: TrentService.ListKeys\r\n${more}\r\n\r\n${body}`;
  const closing = (body: string) => call(body, `Content-Length: ${body.length}\r\nConnection: close`);

  test.each([
    ['no HTTP', 'let me in\r\n\r\n'],
    ['two lengths', call('{}', 'Content-Length: 2\r\nContent-Length: 3')],
    ['a length and chunks', call('{}', 'Content-Length: 2\r\nTransfer-Encoding: chunked')],
    ['a length below nothing', call('{}', 'Content-Length: -1')],
    ['chunks of no size', call('zz\r\n{}\r\n0\r\n\r\n', 'Transfer-Encoding: chunked')],
    ['a header line without a colon', call('{}', 'nonsense')],
  ])('%s is no HTTP: 400, and the connection ends', async (_, said) => {
    sent += 1;
    expect(await speak(server, said)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n/);
  });

  test('too many headers return 431 and close the connection', async () => {
    sent += 1;
    expect(await speak(server, call('{}', `X-Long: ${'x'.repeat(100_000)}`))).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('a target that is given twice is an unknown operation', async () => {
    sent += 1;
    expect(await speak(server, call('{}', 'Content-Length: 2\r\nX-Amz-Target: TrentService.CreateKey\r\nConnection: close')))
      .toMatch(/^HTTP\/1\.1 400 [^]*\r\n\r\n\{"__type":"UnknownOperationException"\}$/);
  });

  test('a body in chunks of any size is read like any other', async () => {
    expect(await speak(server, call('1\r\n{\r\n1\r\n}\r\n0\r\n\r\n', 'Transfer-Encoding: chunked\r\nConnection: close')))
      .toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\{"Keys":\[\],"Truncated":false\}$/);
  });

  test('pipelined calls are answered in their order', async () => {
    const limits = [1, 0, 2, 'x', 3, null];
    const said = limits.map((limit) => call(JSON.stringify({ Limit: limit }))).join('') + closing('[]');
    const answers = (await speak(server, said)).split(/(?=HTTP\/1\.1 )/).map((answer) => answer.split('\r\n\r\n')[1]!.slice(0, 20));
    const listed = '{"Keys":[],"Truncate';
    expect(answers).toEqual([
      listed, '{"__type":"Validatio', listed, '{"__type":"Serializa', listed, listed, '{"__type":"Serializa',
    ]);
  });

  test('a client that disconnects during a request has no effect on later calls', async () => {
    const callsBefore = server.audit.count();
    const cut = call('{"Limit":1}').length;
    for (let length = 1; length < cut; length += 7) {
      sent += 1;
      await new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(server.endpoint).port), '127.0.0.1');
        socket.on('close', () => resolve());
        socket.write(call('{"Limit":1}').slice(0, length), () => socket.resetAndDestroy());
      });
    }
    expect(server.audit.count()).toBe(callsBefore);
  });
});

test('encryption contexts may have names of inherited members of objects', async () => {
  const { KeyMetadata: { KeyId } } = JSON.parse((await wire.post('TrentService.CreateKey', '{}')).body);
  const context = '{"__proto__":"a","constructor":"b","toString":"c","hasOwnProperty":"d","1":"e"}';
  const encrypted = await wire.post('TrentService.Encrypt', `{"KeyId":"${KeyId}","Plaintext":"AAAA","EncryptionContext":${context}}`);
  const decrypt = async (given: string) =>
    wire.post('TrentService.Decrypt', `{"CiphertextBlob":"${JSON.parse(encrypted.body).CiphertextBlob}","EncryptionContext":${given}}`);

  expect(await decrypt(context)).toMatchObject({ status: 200 });
  expect(errorIn(await decrypt(context.replace('"__proto__":"a",', '')))).toBe('400 InvalidCiphertextException');

  await wire.post('TrentService.ScheduleKeyDeletion', `{"KeyId":"${KeyId}"}`);
  server.clock.advance(30 * DAY);
});
