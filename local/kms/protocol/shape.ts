import { serialization } from './errors';
import { Violations } from './violations';

/**
 * The shape of one member of a request. Reading turns the JSON into a typed value and collects violations
 * of AWS's limits.
 *
 * A wrong JSON type cannot be read and ends the request immediately; violations of limits are collected.
 */
export interface Shape<T> {
  /** The shape as data, for code that needs it without reading: for example which members are binary. */
  readonly form: Form;
  read(value: unknown, path: string, violations: Violations): T;
}

/** A shape as plain data. */
export type Form =
  | { readonly kind: 'text' } & TextLimits
  | { readonly kind: 'choice'; readonly allowed: readonly string[] }
  | { readonly kind: 'integer' } & NumberLimits
  | { readonly kind: 'flag' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'blob' } & NumberLimits
  | { readonly kind: 'stringMap' }
  | { readonly kind: 'list'; readonly member: Form; readonly max?: number }
  | StructureForm;

export interface StructureForm {
  readonly kind: 'structure';
  readonly members: Readonly<Record<string, { readonly form: Form; readonly required: boolean }>>;
}

interface TextLimits {
  readonly min?: number;
  readonly max?: number;
  /** Spelled as in AWS, because refusals quote it. It must match the whole text, with or without `^` and `$`. */
  readonly pattern?: RegExp;
}

interface NumberLimits {
  readonly min: number;
  readonly max: number;
}

/** The type of the value that a shape reads. */
export type ValueOf<S> = S extends Shape<infer T> ? T : never;

/** A member that is optional. */
export interface Optional<T> {
  readonly optional: Shape<T>;
}

type Members = Readonly<Record<string, Shape<unknown> | Optional<unknown>>>;
type Structure<M extends Members> =
  { readonly [K in keyof M as M[K] extends Shape<unknown> ? K : never]: ValueOf<M[K]> }
  & { readonly [K in keyof M as M[K] extends Shape<unknown> ? never : K]?: M[K] extends Optional<infer T> ? T : never };

export function optional<T>(shape: Shape<T>): Optional<T> {
  return { optional: shape };
}

export function text(limits: TextLimits): Shape<string> {
  const whole = limits.pattern === undefined ? undefined : new RegExp(`^(?:${limits.pattern.source})$`);
  return {
    form: { kind: 'text', ...limits },
    read(value, path, violations) {
      if (typeof value !== 'string') throw wrongType(path, 'a string', value);
      const subject = `Value '${value}'`;
      checkLength(value.length, limits, subject, path, violations);
      if (whole?.test(value) === false) violations.add(subject, path, `satisfy regular expression pattern: ${limits.pattern?.source}`);
      return value;
    },
  };
}

export function oneOf<T extends string>(...allowed: T[]): Shape<T> {
  const set: ReadonlySet<string> = new Set(allowed);
  return {
    form: { kind: 'choice', allowed },
    read(value, path, violations) {
      if (typeof value !== 'string') throw wrongType(path, 'a string', value);
      if (!set.has(value)) violations.add(`Value '${value}'`, path, `satisfy enum value set: [${allowed.join(', ')}]`);
      return value as T;
    },
  };
}

export function integer(limits: NumberLimits): Shape<number> {
  return {
    form: { kind: 'integer', ...limits },
    read(value, path, violations) {
      if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(path, 'an integer', value);
      if (value < limits.min) violations.add(`Value '${value}'`, path, `have value greater than or equal to ${limits.min}`);
      if (value > limits.max) violations.add(`Value '${value}'`, path, `have value less than or equal to ${limits.max}`);
      return value;
    },
  };
}

export const flag: Shape<boolean> = {
  form: { kind: 'flag' },
  read(value, path) {
    if (typeof value !== 'boolean') throw wrongType(path, 'a boolean', value);
    return value;
  },
};

/** Epoch seconds on the wire, milliseconds inside. */
export const timestamp: Shape<number> = {
  form: { kind: 'timestamp' },
  read(value, path) {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw wrongType(path, 'a timestamp', value);
    return Math.round(value * 1000);
  },
};

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Base64 on the wire, a buffer in the request. Its value never appears in an error. */
export function blob(limits: NumberLimits): Shape<Buffer> {
  return {
    form: { kind: 'blob', ...limits },
    read(value, path, violations) {
      if (typeof value !== 'string' || value.length % 4 !== 0 || !BASE64.test(value)) throw serialization(`${path} is not a base64 string`);
      const bytes = Buffer.from(value, 'base64');
      checkLength(bytes.length, limits, 'Value', path, violations);
      return bytes;
    },
  };
}

export const stringMap: Shape<Readonly<Record<string, string>>> = {
  form: { kind: 'stringMap' },
  read(value, path) {
    if (!isObject(value)) throw wrongType(path, 'a map', value);
    for (const entry of Object.values(value)) if (typeof entry !== 'string') throw wrongType(path, 'a map of strings', entry);
    return value as Record<string, string>;
  },
};

export function list<T>(member: Shape<T>, limits: { max?: number } = {}): Shape<T[]> {
  return {
    form: { kind: 'list', member: member.form, ...limits },
    read(value, path, violations) {
      if (!Array.isArray(value)) throw wrongType(path, 'a list', value);
      checkLength(value.length, limits, 'Value', path, violations);
      return value.map((each, index) => member.read(each, `${path}.${index + 1}.member`, violations));
    },
  };
}

/** Members in order; what AWS knows and this shape does not is passed over, as AWS does. */
export function structure<M extends Members>(members: M): Shape<Structure<M>> {
  const entries = Object.entries(members).map(([name, member]) => {
    const isOptional = 'optional' in member;
    return { name, pathName: name.charAt(0).toLowerCase() + name.slice(1), isOptional, shape: isOptional ? member.optional : member };
  });
  return {
    form: {
      kind: 'structure',
      members: Object.fromEntries(entries.map(({ name, shape, isOptional }) => [name, { form: shape.form, required: !isOptional }])),
    },
    read(value, path, violations) {
      if (!isObject(value)) throw wrongType(path === '' ? 'request' : path, 'a structure', value);
      const result: Record<string, unknown> = {};
      for (const { name, pathName, isOptional, shape } of entries) {
        const given = value[name];
        const memberPath = path === '' ? pathName : `${path}.${pathName}`;
        if (given !== undefined && given !== null) {
          result[name] = shape.read(given, memberPath, violations);
        } else if (!isOptional) {
          violations.add('Value null', memberPath, 'not be null');
        }
      }
      return result as Structure<M>;
    },
  };
}

/** Reads a whole request, or throws the error of AWS for it. */
export function readRequest<T>(shape: Shape<T>, body: unknown): T {
  const violations = new Violations();
  const request = shape.read(body, '', violations);
  const error = violations.toError();
  if (error !== undefined) throw error;
  return request;
}

function checkLength(length: number, limits: { min?: number; max?: number }, subject: string, path: string, violations: Violations): void {
  if (limits.min !== undefined && length < limits.min) violations.add(subject, path, `have length greater than or equal to ${limits.min}`);
  if (limits.max !== undefined && length > limits.max) violations.add(subject, path, `have length less than or equal to ${limits.max}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(path: string, expected: string, value: unknown): Error {
  const given = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  return serialization(`${path} must be ${expected}, not ${given}`);
}
