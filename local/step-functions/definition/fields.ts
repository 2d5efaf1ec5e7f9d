import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

/** A definition that the interpreter does not run: it says so before anything happens, and never guesses. */
export function refuse(where: string, what: string, problem: { given?: string; allowed?: string } = {}): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where, what, ...problem, remedy: 'change the definition, or teach local/step-functions the exact meaning',
  });
}

/**
 * The fields of one object in a definition. Each is read at most once; what nobody has read is not known here, and refused.
 */
export class Fields {
  private readonly fields: { readonly [name: string]: unknown };
  private readonly unread: Set<string>;

  /** @param where the place in the definition, for people: `state Fence` */
  public constructor(public readonly where: string, value: unknown) {
    if (!isObject(value)) throw refuse(where, 'is not an object', { given: JSON.stringify(value) });
    this.fields = value;
    this.unread = new Set(Object.keys(value));
  }

  public has(name: string): boolean {
    return Object.hasOwn(this.fields, name);
  }

  /** Undefined when it is absent. */
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

  /** A field that may have one of these values, and no other. */
  public oneOf<T>(name: string, ...allowed: readonly T[]): T | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (!allowed.includes(value as T)) throw this.wrong(name, allowed.map((each) => JSON.stringify(each)).join(' or '));
    return value as T;
  }

  public wholeNumber(name: string, smallest: number): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (!Number.isSafeInteger(value) || (value as number) < smallest) throw this.wrong(name, `a whole number of at least ${smallest}`);
    return value as number;
  }

  public number(name: string, smallest: number): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || value < smallest) throw this.wrong(name, `a number of at least ${smallest}`);
    return value;
  }

  /** Empty when it is absent. */
  public list(name: string): readonly unknown[] {
    const value = this.any(name) ?? [];
    if (!Array.isArray(value)) throw this.wrong(name, 'a list');
    return value;
  }

  /** An object within this one. */
  public object(name: string): Fields {
    if (!this.has(name)) this.missing(name);
    return new Fields(`${this.where}, ${name}`, this.any(name));
  }

  /** The last thing that a reader calls. */
  public end(): void {
    const [unknown] = this.unread;
    if (unknown !== undefined) throw refuse(this.where, 'has a field that is not known here', { given: unknown });
  }

  private missing(name: string): never {
    throw refuse(this.where, `lacks ${name}`);
  }

  private wrong(name: string, allowed: string): Failure {
    return refuse(this.where, `${name} is not understood`, { given: JSON.stringify(this.fields[name]), allowed });
  }
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
