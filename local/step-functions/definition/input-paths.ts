import { type Fields, invalidDefinition } from './fields';
import { JsonPath } from './json-path';
import { runtimeError } from '../errors/state-error';

/** Returns the part of a document that a path refers to. */
export type Selection = (document: unknown) => unknown;

export function parseInputPath(where: string, field: string, text: unknown): JsonPath {
  const path = typeof text === 'string' ? JsonPath.parse(text) : undefined;
  if (path === undefined || path.ofContext) {
    throw invalidDefinition(where, `${field} is not a supported path`, { given: JSON.stringify(text), allowed: '$, $.a.b, $.a[0]' });
  }
  return path;
}

/**
 * Parses `InputPath` or `OutputPath`. A missing field selects the whole document, and `null` selects an empty object.
 */
export function parseSelection(fields: Fields, field: string): Selection {
  if (!fields.has(field)) return (document) => document;
  const given = fields.any(field);
  if (given === null) return () => ({});
  const path = parseInputPath(fields.where, field, given);
  return (document) => select(path, document, field);
}

/** Returns the value at a path. If there is none, the execution fails. */
export function select(path: JsonPath, document: unknown, field: string): unknown {
  const found = path.find(document);
  if (found === undefined) throw runtimeError(`Invalid path '${path.text}': ${field} refers to no value in the input of the state`);
  return found.value;
}
