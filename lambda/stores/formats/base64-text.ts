/** The two alphabets of base64, which differ in two characters. Many blobs contain neither of them. */
export type Alphabet = 'base64' | 'base64url';

/** How a text in base64 is written, besides the bytes that it holds. */
export interface Base64Form {
  /** Absent: the text has no character in which the alphabets differ. */
  readonly alphabet?: Alphabet;
  /** Whether the text ends in `=` when its length requires it. */
  readonly padded: boolean;
  /** As `Base64.encode64` of Ruby and `encodebytes` of Python write it. Absent: one line without an end. */
  readonly lines?: { readonly length: number; readonly separator: '\n' | '\r\n'; readonly lastEnds: boolean };
}

export interface Base64Text {
  readonly bytes: Uint8Array;
  readonly form: Base64Form;
}

/**
 * Reads a text in base64. Returns `undefined` unless its bytes, written in the same form, give exactly the same text:
 * a new blob is then written as every reader of the old one expects it.
 */
export function readBase64(text: string): Base64Text | undefined {
  const separator = text.includes('\r\n') ? '\r\n' : '\n';
  const [first = '', ...others] = text.split(separator);
  const characters = [first, ...others].join('');
  const alphabet = /[+/]/.test(characters) ? 'base64' : /[-_]/.test(characters) ? 'base64url' : undefined;
  const form: Base64Form = {
    alphabet,
    padded: characters.endsWith('=') || (characters.length % 4 === 0 && alphabet !== 'base64url'),
    ...(others.length > 0 && { lines: { length: first.length, separator, lastEnds: text.endsWith(separator) } }),
  };
  // Buffer reads both alphabets, and ignores every other character: the comparison refuses what it has ignored.
  const bytes = Buffer.from(characters, 'base64');
  return [alphabet ?? 'base64', alphabet ?? 'base64url'].some((each) => writeBase64(bytes, form, each as Alphabet) === text)
    ? { bytes, form } : undefined;
}

/** Writes bytes in a form. `otherwise` is the alphabet for a form that does not show its own. */
export function writeBase64(bytes: Uint8Array, { alphabet, padded, lines }: Base64Form, otherwise: Alphabet): string {
  const characters = encode(bytes, alphabet ?? otherwise, padded);
  if (lines === undefined) return characters;
  const { length, separator, lastEnds } = lines;
  const parts = length === 0 ? [characters] : characters.match(new RegExp(`.{1,${length}}`, 'g')) ?? [];
  return parts.join(separator) + (lastEnds ? separator : '');
}

function encode(bytes: Uint8Array, alphabet: Alphabet, padded: boolean): string {
  const unpadded = Buffer.from(bytes).toString('base64url');
  const text = padded ? unpadded.padEnd(Math.ceil(unpadded.length / 4) * 4, '=') : unpadded;
  return alphabet === 'base64url' ? text : text.replaceAll('-', '+').replaceAll('_', '/');
}
