import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';

/** Whether an event is one that a rule asks for. */
export type EventPattern = (event: unknown) => boolean;

/** Whether a value is one of those wanted; `undefined` is a field that is not there. */
type Matcher = (value: unknown) => boolean;

/**
 * Reads an event pattern: lists of exact values, `exists`, `prefix` and `anything-but` with values.
 *
 * It refuses everything else: a condition that is passed over would let events through.
 */
export function parseEventPattern(pattern: unknown): EventPattern {
  if (!isObject(pattern)) throw refuse('is not an object', pattern);
  const fields = Object.entries(pattern).map(([name, wanted]) => {
    if (name.startsWith('$')) throw refuse('has a field that is not known here', name);
    return { name, matches: Array.isArray(wanted) ? parseLeaf(wanted) : parseEventPattern(wanted) };
  });
  return (event) => elements(event).some((node) => fields.every(({ name, matches }) => matches(memberOf(node, name))));
}

/** One of the wanted values is enough. Of a list in an event, one of its elements is enough. */
function parseLeaf(wanted: readonly unknown[]): Matcher {
  if (wanted.length === 0) throw refuse('has an empty list', wanted);
  const matchers = wanted.map(parseMatcher);
  return (value) => matchers.some((matches) => elements(value).some(matches));
}

function parseMatcher(wanted: unknown): Matcher {
  if (!isObject(wanted)) return (value) => value === wanted;
  const [entry, ...others] = Object.entries(wanted);
  if (entry === undefined || others.length > 0) throw refuse('has a condition that is not known here', wanted);
  const [condition, argument] = entry;
  switch (condition) {
    case 'exists':
      if (typeof argument !== 'boolean') throw refuse('has a condition that is not known here', wanted);
      return (value) => isLeaf(value) === argument;
    case 'prefix':
      if (typeof argument !== 'string') throw refuse('has a condition that is not known here', wanted);
      return (value) => typeof value === 'string' && value.startsWith(argument);
    case 'anything-but': {
      const unwanted = [argument].flat();
      if (unwanted.length === 0 || unwanted.some((each) => typeof each !== 'string' && typeof each !== 'number')) {
        throw refuse('has a condition that is not known here', wanted);
      }
      return (value) => isLeaf(value) && !unwanted.includes(value);
    }
    default:
      throw refuse('has a condition that is not known here', wanted);
  }
}

/** Only leaves exist: an object is no value that could be matched. */
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

function refuse(what: string, given: unknown): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: 'event pattern',
    what,
    given: JSON.stringify(given),
    allowed: 'values, exists, prefix, anything-but',
    remedy: 'change the rule, or teach local/events the exact meaning',
  });
}
