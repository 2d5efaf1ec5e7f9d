import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { SecretEncoding } from '../../src/contract/requests/import-request';
import { Sensitive } from '../sensitive';

/** A secret's value: either bytes or text. */
export interface SecretValue {
  readonly SecretBinary?: Uint8Array;
  readonly SecretString?: string;
}

const TEXT_ENCODINGS: { readonly [encoding in Exclude<SecretEncoding, 'binary'>]: { readonly pattern: RegExp; readonly allowed: string } } =
  {
    base64: {
      pattern: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
      allowed: 'letters, digits, + and /, padded with =',
    },
    hex: { pattern: /^(?:[0-9A-Fa-f]{2})*$/, allowed: 'pairs of hexadecimal digits' },
  };

/** Decodes the key material in a secret. Errors name what is wrong with the value, and never show the value. */
export function decodeMaterial(where: string, value: SecretValue, encoding: SecretEncoding): Sensitive {
  if (encoding === 'binary') {
    if (value.SecretBinary !== undefined) return new Sensitive(value.SecretBinary);
    throw wrongKind(where, 'text', 'binary, since the encoding is binary', 'SecretEncoding.BASE64 or SecretEncoding.HEX');
  }
  if (value.SecretString === undefined) {
    throw wrongKind(where, 'binary', `text, since the encoding is ${encoding}`, 'SecretEncoding.BINARY');
  }
  // Command line tools add a line feed at the end.
  const text = value.SecretString.trim();
  const { pattern, allowed } = TEXT_ENCODINGS[encoding];
  if (pattern.test(text)) return new Sensitive(Buffer.from(text, encoding));
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where,
    what: `value is not ${encoding} text`,
    given: `${text.length} characters`,
    allowed,
    remedy: 'store the key material in that encoding, or declare the encoding that it has',
  });
}

function wrongKind(where: string, given: string, allowed: string, encoding: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where,
    what: 'value has another encoding than the declared one',
    given,
    allowed,
    remedy: `store the value in the declared encoding, or set encoding: ${encoding}`,
  });
}
