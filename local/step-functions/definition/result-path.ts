import { type Fields, refuse } from './fields';
import { JsonPath } from './json-path';
import { StateError } from '../errors/state-error';

/** Joins a state's result with the input that the state began with. */
export type ResultJoin = (input: unknown, result: unknown) => unknown;

/** `ResultPath`: the result replaces the input when absent or `$`, is dropped when `null`, and is put in its place otherwise. */
export function parseResultPath(fields: Fields): ResultJoin {
  if (!fields.has('ResultPath')) return (_, result) => result;
  const given = fields.any('ResultPath');
  if (given === null) return (input) => input;
  const path = typeof given === 'string' ? JsonPath.parse(given) : undefined;
  const names = path?.steps.filter((step) => typeof step === 'string');
  if (path === undefined || path.ofContext || names === undefined || names.length < path.steps.length) {
    throw refuse(fields.where, 'ResultPath is not a path that is known here', { given: JSON.stringify(given), allowed: '$, $.a.b or null' });
  }
  return (input, result) => put(input, names, result, path.text);
}

/** A copy of `document` in which `result` stands at the path; what is missing on the way is made. */
function put(document: unknown, [name, ...rest]: readonly string[], result: unknown, path: string): unknown {
  if (name === undefined) return result;
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new StateError('States.ResultPathMatchFailure', `Unable to apply ResultPath '${path}': there is no object to put the result into`);
  }
  const inner = Object.hasOwn(document, name) ? (document as { readonly [name: string]: unknown })[name] : {};
  return { ...document, [name]: put(rest.length === 0 ? {} : inner, rest, result, path) };
}
