import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';

/**
 * Returns a value as its type, or throws a `Failure`. `where` names the value: `store orders, member tableName`.
 *
 * `null` counts as absent. Errors describe a value and do not quote it, because it may contain data of an application.
 */
export type Decode<T> = (value: unknown, where: string) => T;

/** The decoder of each member of an object. A member without a decoder does not compile. */
export type MemberDecoders<Shape> = { readonly [member in keyof Shape]-?: Decode<Shape[member]> };

export const nonEmptyString: Decode<string> = (value, where) =>
  (typeof value === 'string' && value !== '' ? value : refuse(value, where, 'a string that is not empty'));

/** A string that may be empty. */
export const text: Decode<string> = (value, where) => (typeof value === 'string' ? value : refuse(value, where, 'a string'));

export const truth: Decode<boolean> = (value, where) => (typeof value === 'boolean' ? value : refuse(value, where, 'true or false'));

/** A time, ISO 8601. */
export const instant: Decode<string> = (value, where) =>
  (typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : refuse(value, where, 'a time such as 2027-03-01T00:00:00.000Z'));

export const wholeNumber: Decode<number> = (value, where) =>
  (Number.isSafeInteger(value) && (value as number) >= 0 ? value as number : refuse(value, where, 'a whole number, 0 or greater'));

/** An object that this library wrote: its members are not checked. */
export const plainObject = <T extends object>(value: unknown, where: string): T =>
  (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as T : refuse(value, where, 'an object'));

/** A value that the step itself decodes. It may be absent. */
export const anything: Decode<unknown> = (value) => value;

export function literal<T extends number>(allowed: T): Decode<T> {
  return (value, where) => (value === allowed ? allowed : refuse(value, where, String(allowed), 'value is unknown'));
}

/** A name that `names` has. The error quotes the given name, shortened, so that the operator can find the sender. */
export function nameIn<Name extends string>(names: { readonly [name in Name]: unknown }): Decode<Name> {
  return (value, where) => {
    if (typeof value === 'string' && Object.hasOwn(names, value)) return value as Name;
    const given = typeof value === 'string' && value !== '' ? value.slice(0, 40) : describe(value);
    return refuse(value, where, Object.keys(names).join(', '), 'value is unknown', given);
  };
}

export function optional<T>(decode: Decode<T>): Decode<T | undefined> {
  return (value, where) => (value === undefined || value === null ? undefined : decode(value, where));
}

export function arrayOf<T>(decode: Decode<T>): Decode<readonly T[]> {
  return (value, where) => (Array.isArray(value)
    ? value.map((item, index) => decode(item, `${where}[${index}]`))
    : refuse(value, where, 'an array'));
}

/** An object with any names, whose values have one type. */
export function mapOf<T>(decode: Decode<T>): Decode<{ readonly [name: string]: T }> {
  return (value, where) => Object.fromEntries(
    Object.entries(plainObject(value, where)).map(([name, each]) => [name, decode(each, `${where}.${name}`)]),
  );
}

export function structure<Shape extends object>(members: MemberDecoders<Shape>): Decode<Shape> {
  return (value, where) => decodeMembers(plainObject(value, where), members, (member) => `${where}.${member}`);
}

/** Decodes the members of an object. Unknown members are kept, because a newer version may have added them. */
export function decodeMembers<Shape extends object>(
  value: { readonly [member: string]: unknown }, members: MemberDecoders<Shape>, whereIs: (member: string) => string,
): Shape {
  const decoded = Object.entries<Decode<unknown>>(members).map(([member, decode]) => [member, decode(value[member], whereIs(member))]);
  return { ...value, ...Object.fromEntries(decoded) };
}

function refuse(value: unknown, where: string, allowed: string, what = 'value is not valid', given = describe(value)): never {
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where,
    what: value === undefined || value === null ? 'value is missing' : what,
    given,
    allowed,
    remedy: 'deploy the whole stack with one version of this library, then start the run again; do not invoke its functions directly',
  });
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === '') return 'an empty string';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'string' ? 'a string' : 'an object';
}
