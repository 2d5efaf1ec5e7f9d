import { type Fields, refuse } from './fields';
import { JsonPath } from './json-path';
import { runtimeError } from '../errors/state-error';

/** Takes the part of a document that a field names. */
export type Selection = (document: unknown) => unknown;

export function parseInputPath(where: string, field: string, text: unknown): JsonPath {
  const path = typeof text === 'string' ? JsonPath.parse(text) : undefined;
  if (path === undefined || path.ofContext) {
    throw refuse(where, `${field} is not a path that is known here`, { given: JSON.stringify(text), allowed: '$, $.a.b, $.a[0]' });
  }
  return path;
}

/** `InputPath`, `OutputPath`: everything when absent, an empty object when `null`. */
export function parseSelection(fields: Fields, field: string): Selection {
  if (!fields.has(field)) return (document) => document;
  const given = fields.any(field);
  if (given === null) return () => ({});
  const path = parseInputPath(fields.where, field, given);
  return (document) => select(path, document, field);
}

/** What stands at a path; a state whose input has nothing there fails for good. */
export function select(path: JsonPath, document: unknown, field: string): unknown {
  const found = path.find(document);
  if (found === undefined) throw runtimeError(`Invalid path '${path.text}': ${field} references nothing in the state's input`);
  return found.value;
}
