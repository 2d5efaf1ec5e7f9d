import fc from 'fast-check';
import { decodeMaterial, type SecretValue } from '../../../lambda/adapters/decode-material';
import type { SecretEncoding } from '../../../src/contract/requests/import-request';

const MATERIAL = Buffer.from('00ff10203040506070809fafbfcfdfef00ff10203040506070809fafbfcfdfef', 'hex');

async function decoded(value: SecretValue, encoding: SecretEncoding): Promise<Buffer> {
  return decodeMaterial('secret s version v', value, encoding).useOnce((bytes) => Buffer.from(bytes));
}

test.each<[string, SecretValue, SecretEncoding]>([
  ['binary', { SecretBinary: Buffer.from(MATERIAL) }, 'binary'],
  ['base64', { SecretString: 'AP8QIDBAUGBwgJ+vv8/f7wD/ECAwQFBgcICfr7/P3+8=' }, 'base64'],
  ['base64 with a line feed at the end', { SecretString: 'AP8QIDBAUGBwgJ+vv8/f7wD/ECAwQFBgcICfr7/P3+8=\n' }, 'base64'],
  ['hex', { SecretString: '00ff10203040506070809fafbfcfdfef00FF10203040506070809FAFBFCFDFEF' }, 'hex'],
])('%s is decoded', async (_, value, encoding) => {
  expect(await decoded(value, encoding)).toEqual(MATERIAL);
});

test('any value is the same after encoding and decoding', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
    const buffer = Buffer.from(bytes);
    expect(await decoded({ SecretString: buffer.toString('base64') }, 'base64')).toEqual(buffer);
    expect(await decoded({ SecretString: buffer.toString('hex') }, 'hex')).toEqual(buffer);
  }));
});

test.each<[string, SecretValue, SecretEncoding, string]>([
  ['text instead of binary', { SecretString: 'hush-hush' }, 'binary', 'got text; allowed: binary, since the encoding is binary'],
  [
    'binary instead of text',
    { SecretBinary: Buffer.from('hush-hush') },
    'base64',
    'got binary; allowed: text, since the encoding is base64',
  ],
  ['an empty secret', {}, 'hex', 'got binary; allowed: text, since the encoding is hex'],
  [
    'text that is not base64',
    { SecretString: 'hush-hush' },
    'base64',
    'value is not base64 text, got 9 characters; allowed: letters, digits, + and /, padded with =',
  ],
  ['base64 without its padding', { SecretString: 'aHVzaC1odXNo1w' }, 'base64', 'value is not base64 text'],
  ['text that is not hex', { SecretString: 'hush-hush' }, 'hex', 'value is not hex text, got 9 characters; allowed: pairs of hexadecimal digits'],
  ['an odd number of digits', { SecretString: 'abc' }, 'hex', 'value is not hex text'],
])('%s is refused, and the error does not contain it', (_, value, encoding, message) => {
  const attempt = () => decodeMaterial('secret s version v', value, encoding);
  expect(attempt).toThrow('secret s version v: ');
  expect(attempt).toThrow(message);
  expect(attempt).not.toThrow(/hush|aHVz/);
});
