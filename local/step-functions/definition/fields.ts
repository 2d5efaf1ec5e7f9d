import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

/**
 * Error for a definition that the interpreter does not support. It is thrown before anything runs: the interpreter
 * never guesses.
 */
export function invalidDefinition(where: string, what: string, problem: { given?: string; allowed?: string } = {}): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where, what, ...problem, remedy: 'change the definition, or implement it in local/step-functions with its exact meaning',
  });
}

/** The fields of one object in a definition. A field that no parser reads is not supported, and is an error. */
export class Fields {
  private readonly fields: { readonly [name: string]: unknown };
  private readonly unread: Set<string>;

  /** @param where the place in the definition, for error messages: `state Fence` */
  public constructor(public readonly where: string, value: unknown) {
    if (!isObject(value)) throw invalidDefinition(where, 'must be an object', { given: JSON.stringify(value) });
    this.fields = value;
    this.unread = new Set(Object.keys(value));
  }

  public has(name: string): boolean {
    return Object.hasOwn(this.fields, name);
  }

  /** Returns the value, or undefined if the field is missing. */
  public any(name: string): unknown {
    this.unread.delete(name);
    return this.has(name) ? this.fields[name] : undefined;
  }

  public text(name: string): string {
    return this.optionalText(name) ?? this.missing(name);
  }

  public optionalText(name: string): string | undefined {
    const value = this.any(name);
    if (value !== undefined && typeof value !== 'string') throw this.wrong(name, 'text');
    return value;
  }

  /** Returns a value that must be one of the allowed values. */
  public oneOf<T>(name: string, ...allowed: readonly T[]): T | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (!allowed.includes(value as T)) throw this.wrong(name, allowed.map((each) => JSON.stringify(each)).join(' or '));
    return value as T;
  }

  public wholeNumber(name: string, min: number): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (!Number.isSafeInteger(value) || (value as number) < min) throw this.wrong(name, `a whole number of at least ${min}`);
    return value as number;
  }

  public number(name: string, min: number): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || value < min) throw this.wrong(name, `a number of at least ${min}`);
    return value;
  }

  /** Returns a list, or an empty list if the field is missing. */
  public list(name: string): readonly unknown[] {
    const value = this.any(name) ?? [];
    if (!Array.isArray(value)) throw this.wrong(name, 'a list');
    return value;
  }

  /** Returns the fields of a nested object. */
  public object(name: string): Fields {
    if (!this.has(name)) this.missing(name);
    return new Fields(`${this.where}, ${name}`, this.any(name));
  }

  /** Throws if a field was not read. Every parser calls this last. */
  public requireAllRead(): void {
    const [unknown] = this.unread;
    if (unknown !== undefined) throw invalidDefinition(this.where, 'field is not supported', { given: unknown });
  }

  private missing(name: string): never {
    throw invalidDefinition(this.where, `${name} is missing`);
  }

  private wrong(name: string, allowed: string): Failure {
    return invalidDefinition(this.where, `${name} is invalid`, { given: JSON.stringify(this.fields[name]), allowed });
  }
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
