import { type Fields, invalidDefinition } from './fields';
import { JsonPath } from './json-path';
import { StateError } from '../errors/state-error';

/** Combines the result of a state with its input. */
export type ResultJoin = (input: unknown, result: unknown) => unknown;

/**
 * Parses `ResultPath`. Without it or with `$`, the result replaces the input. With `null`, the result is discarded.
 * With another path, the result is stored at that path of the input.
 */
export function parseResultPath(fields: Fields): ResultJoin {
  if (!fields.has('ResultPath')) return (_, result) => result;
  const given = fields.any('ResultPath');
  if (given === null) return (input) => input;
  const path = typeof given === 'string' ? JsonPath.parse(given) : undefined;
  const names = path?.steps.filter((step) => typeof step === 'string');
  if (path === undefined || path.ofContext || names === undefined || names.length < path.steps.length) {
    throw invalidDefinition(
      fields.where, 'ResultPath is not a supported path', { given: JSON.stringify(given), allowed: '$, $.a.b or null' });
  }
  return (input, result) => put(input, names, result, path.text);
}

/** Returns a copy of `document` with `result` at the path. Missing objects on the path are created. */
function put(document: unknown, [name, ...rest]: readonly string[], result: unknown, path: string): unknown {
  if (name === undefined) return result;
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new StateError('States.ResultPathMatchFailure', `Unable to apply ResultPath '${path}': a value on the path is not an object`);
  }
  const inner = Object.hasOwn(document, name) ? (document as { readonly [name: string]: unknown })[name] : {};
  return { ...document, [name]: put(rest.length === 0 ? {} : inner, rest, result, path) };
}
