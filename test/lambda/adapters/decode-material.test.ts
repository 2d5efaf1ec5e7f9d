import fc from 'fast-check';
import { decodeMaterial, type SecretValue } from '../../../lambda/adapters/decode-material';
import type { SecretEncoding } from '../../../src/contract/requests/import-request';

const BYTES = Buffer.from('00ff10203040506070809fafbfcfdfef00ff10203040506070809fafbfcfdfef', 'hex');

async function decoded(value: SecretValue, encoding: SecretEncoding): Promise<Buffer> {
  return decodeMaterial('secret s version v', value, encoding).useOnce((bytes) => Buffer.from(bytes));
}

test.each<[string, SecretValue, SecretEncoding]>([
  ['binary', { SecretBinary: Buffer.from(BYTES) }, 'binary'],
  ['base64', { SecretString: 'AP8QIDBAUGBwgJ+vv8/f7wD/ECAwQFBgcICfr7/P3+8=' }, 'base64'],
  ['base64 as a command line tool writes it', { SecretString: 'AP8QIDBAUGBwgJ+vv8/f7wD/ECAwQFBgcICfr7/P3+8=\n' }, 'base64'],
  ['hex', { SecretString: '00ff10203040506070809fafbfcfdfef00FF10203040506070809FAFBFCFDFEF' }, 'hex'],
])('%s gives the bytes', async (_, value, encoding) => {
  expect(await decoded(value, encoding)).toEqual(BYTES);
});

test('any bytes survive every encoding', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
    const buffer = Buffer.from(bytes);
    expect(await decoded({ SecretString: buffer.toString('base64') }, 'base64')).toEqual(buffer);
    expect(await decoded({ SecretString: buffer.toString('hex') }, 'hex')).toEqual(buffer);
  }));
});

test.each<[string, SecretValue, SecretEncoding, string]>([
  ['text where bytes were declared', { SecretString: 'hush-hush' }, 'binary', 'got text; allowed: binary, since the encoding is binary'],
  ['bytes where text was declared', { SecretBinary: Buffer.from('hush-hush') }, 'base64', 'got binary; allowed: text, since the encoding is base64'],
  ['neither of them', {}, 'hex', 'got binary; allowed: text, since the encoding is hex'],
  ['text that is no base64', { SecretString: 'hush-hush' }, 'base64', 'text is not base64, got 9 characters; allowed: letters, digits, + and /, padded with ='],
  ['base64 without its padding', { SecretString: 'aHVzaC1odXNo1w' }, 'base64', 'text is not base64'],
  ['text that is no hex', { SecretString: 'hush-hush' }, 'hex', 'text is not hex, got 9 characters; allowed: pairs of hexadecimal digits'],
  ['half a byte', { SecretString: 'abc' }, 'hex', 'text is not hex'],
])('%s is refused, and never shown', (_, value, encoding, message) => {
  const attempt = () => decodeMaterial('secret s version v', value, encoding);
  expect(attempt).toThrow('secret s version v: ');
  expect(attempt).toThrow(message);
  expect(attempt).not.toThrow(/hush|aHVz/);
});
