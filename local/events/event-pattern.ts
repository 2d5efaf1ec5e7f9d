import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';

/** Whether an event matches the pattern of a rule. */
export type EventPattern = (event: unknown) => boolean;

/** Whether a value matches a condition. `undefined` is the value of a missing field. */
type Matcher = (value: unknown) => boolean;

/**
 * Parses an event pattern: lists of exact values, `exists`, `prefix`, and `anything-but` with values.
 *
 * It throws for everything else: a condition that is ignored would match too many events.
 */
export function parseEventPattern(pattern: unknown): EventPattern {
  if (!isObject(pattern)) throw invalidPattern('must be an object', pattern);
  const fields = Object.entries(pattern).map(([name, expected]) => {
    if (name.startsWith('$')) throw invalidPattern('field is not supported', name);
    return { name, matches: Array.isArray(expected) ? parseLeaf(expected) : parseEventPattern(expected) };
  });
  return (event) => elements(event).some((node) => fields.every(({ name, matches }) => matches(memberOf(node, name))));
}

/** A value matches if it, or one of its elements if it is a list, matches one of the expected values. */
function parseLeaf(expected: readonly unknown[]): Matcher {
  if (expected.length === 0) throw invalidPattern('list must not be empty', expected);
  const matchers = expected.map(parseMatcher);
  return (value) => matchers.some((matches) => elements(value).some(matches));
}

function parseMatcher(expected: unknown): Matcher {
  if (!isObject(expected)) return (value) => value === expected;
  const [entry, ...others] = Object.entries(expected);
  if (entry === undefined || others.length > 0) throw invalidPattern('condition is not supported', expected);
  const [condition, argument] = entry;
  switch (condition) {
    case 'exists':
      if (typeof argument !== 'boolean') throw invalidPattern('condition is not supported', expected);
      return (value) => isLeaf(value) === argument;
    case 'prefix':
      if (typeof argument !== 'string') throw invalidPattern('condition is not supported', expected);
      return (value) => typeof value === 'string' && value.startsWith(argument);
    case 'anything-but': {
      const excluded = [argument].flat();
      if (excluded.length === 0 || excluded.some((each) => typeof each !== 'string' && typeof each !== 'number')) {
        throw invalidPattern('condition is not supported', expected);
      }
      return (value) => isLeaf(value) && !excluded.includes(value);
    }
    default:
      throw invalidPattern('condition is not supported', expected);
  }
}

/** Only leaves exist: `exists` does not match an object. */
function isLeaf(value: unknown): boolean {
  return value !== undefined && !isObject(value);
}

function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.length > 0 ? value.flat(Infinity) : Array.isArray(value) ? [undefined] : [value];
}

function memberOf(node: unknown, name: string): unknown {
  return isObject(node) && Object.hasOwn(node, name) ? node[name] : undefined;
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalidPattern(what: string, given: unknown): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: 'event pattern',
    what,
    given: JSON.stringify(given),
    allowed: 'values, exists, prefix, anything-but',
    remedy: 'change the rule, or implement the condition in local/events with its exact meaning',
  });
}
