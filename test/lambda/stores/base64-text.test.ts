import { randomBytes } from 'node:crypto';
import { readBase64, writeBase64 } from '../../../lambda/stores/formats/base64-text';

const inLines = (text: string, length: number, separator: string) => text.match(new RegExp(`.{1,${length}}`, 'g'))!.join(separator);

/** What the usual encoders of each language write. */
const ENCODERS: { readonly [name: string]: (bytes: Buffer) => string } = {
  'base64 in one line': (bytes) => bytes.toString('base64'),
  'Base64.encode64 of Ruby': (bytes) => `${inLines(bytes.toString('base64'), 60, '\n')}\n`,
  'encodebytes of Python': (bytes) => `${inLines(bytes.toString('base64'), 76, '\n')}\n`,
  'the MIME encoder of Java': (bytes) => inLines(bytes.toString('base64'), 76, '\r\n'),
  'a shell, with a line feed at the end': (bytes) => `${bytes.toString('base64')}\n`,
  'base64url without padding': (bytes) => bytes.toString('base64url'),
  'base64url with padding': (bytes) => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
  'base64 without padding': (bytes) => bytes.toString('base64').replace(/=+$/, ''),
};

/** Bytes that contain characters in which the alphabets differ, of every length modulo three. */
const BLOBS = [183, 184, 185, 1, 2, 3].map((length) => Buffer.concat([Buffer.from([0xfb, 0xff, 0xbf]), randomBytes(length)]));

describe.each(Object.keys(ENCODERS))('%s', (name) => {
  const encode = ENCODERS[name]!;

  test.each(BLOBS.map((blob) => [blob.length, blob] as const))('is read, and another blob is written in the same form: %i bytes', (_, blob) => {
    const read = readBase64(encode(blob));
    expect(Buffer.from(read!.bytes)).toEqual(blob);
    // As long as the first, so that padding and the last line have their place.
    const other = Buffer.concat([Buffer.from([0xfb, 0xff, 0xbf]), randomBytes(blob.length - 3)]);
    expect(writeBase64(other, read!.form, 'base64')).toBe(encode(other));
  });
});

test('a text that shows no alphabet is written in that of the other records', () => {
  const { form } = readBase64('AQI=')!;
  expect(form.alphabet).toBeUndefined();
  const bytes = Buffer.from([0xfb, 0xff]);
  expect([writeBase64(bytes, form, 'base64'), writeBase64(bytes, form, 'base64url')]).toEqual(['+/8=', '-_8=']);
});

test.each([
  ['both alphabets', '-_+/'], ['a space', 'AQ ID'], ['lines of different lengths', 'AQID\nAQ\nID'], ['two kinds of line ends', 'AQID\nAQID\r\nAQID'],
  ['bits that are left over', 'AQJ='], ['too much padding', 'AQID='], ['a character of neither', 'AQ!D'],
])('a text with %s is no base64', (_name, text) => {
  expect(readBase64(text)).toBeUndefined();
});
