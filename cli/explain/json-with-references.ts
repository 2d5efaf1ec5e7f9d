import { isRecord } from '../../src/contract/policies/readable-value';

/** Mark references while the text is parsed as JSON. A policy cannot contain these characters. */
const OPEN = '\uE000';
const CLOSE = '\uE001';

/**
 * Parses JSON that a template contains as a `Fn::Join` of text and references.
 *
 * A reference is returned in its place: as the whole value, or in a `Fn::Join` if it is part of a longer text. A
 * value that is JSON text again can be parsed by the same function. Undefined if the value is not text, or is not JSON.
 */
export function parseJsonWithReferences(value: unknown): unknown {
  const pieces = piecesOf(value);
  if (pieces === undefined) return undefined;
  const text = pieces.map((piece, position) => typeof piece === 'string' ? piece : `${OPEN}${position}${CLOSE}`).join('');
  try {
    return withReferences(JSON.parse(text), pieces);
  } catch {
    return undefined;
  }
}

/** A policy document, which CloudFormation accepts as an object and as JSON text. */
export function documentIn(value: unknown): unknown {
  return parseJsonWithReferences(value) ?? value;
}

function piecesOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value === 'string') return [value];
  const join = isRecord(value) ? value['Fn::Join'] : undefined;
  return Array.isArray(join) && join[0] === '' && Array.isArray(join[1]) ? join[1] : undefined;
}

function withReferences(value: unknown, pieces: readonly unknown[]): unknown {
  if (typeof value === 'string') return restored(value, pieces);
  if (Array.isArray(value)) return value.map((element) => withReferences(element, pieces));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, nested]) => [name, withReferences(nested, pieces)]));
}

function restored(text: string, pieces: readonly unknown[]): unknown {
  const parts = text.split(/(\uE000\d+\uE001)/).filter((part) => part !== '')
    .map((part) => part.startsWith(OPEN) ? pieces[Number(part.slice(OPEN.length, -CLOSE.length))] : part);
  if (parts.every((part) => typeof part === 'string')) return text;
  return parts.length === 1 ? parts[0] : { 'Fn::Join': ['', parts] };
}
