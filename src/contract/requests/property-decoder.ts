import { ErrorName } from '../error-names';
import { Failure } from '../failure';

/**
 * Properties of a custom resource as CloudFormation delivers them: numbers and booleans are text, and undefined
 * properties are missing.
 */
export interface DeliveredProperties {
  readonly [property: string]: unknown;
}

/**
 * Decodes the properties of one custom resource.
 *
 * All errors have the same order and the same words. They describe a value and never quote it: stacks keep errors
 * permanently, and a policy may be confidential.
 */
export class PropertyDecoder {
  public constructor(
    private readonly resourceType: string, private readonly construct: string, private readonly properties: DeliveredProperties,
  ) {}

  public has(name: string): boolean {
    return this.properties[name] !== undefined;
  }

  public text(name: string, allowed = 'text that is not empty'): string {
    const value = this.properties[name];
    if (typeof value !== 'string' || value === '') throw this.undecodable(name, allowed);
    return value;
  }

  public oneOf<T extends string>(name: string, members: readonly T[]): T {
    const allowed = members.join(', ');
    const value = this.text(name, allowed);
    const found = members.find((member) => member === value);
    if (found === undefined) throw this.undecodable(name, allowed);
    return found;
  }

  public instant(name: string): string {
    const allowed = 'an instant such as 2027-03-01T00:00:00.000Z';
    const value = this.text(name, allowed);
    if (Number.isNaN(Date.parse(value))) throw this.undecodable(name, allowed);
    return value;
  }

  public positiveInteger(name: string): number {
    const allowed = 'a whole number from 1';
    const value = this.text(name, allowed);
    if (!/^[1-9][0-9]*$/.test(value) || !Number.isSafeInteger(Number(value))) throw this.undecodable(name, allowed);
    return Number(value);
  }

  public texts(name: string): readonly string[] {
    const value = this.properties[name];
    const isList = Array.isArray(value) && value.length > 0 && value.every((element) => typeof element === 'string' && element !== '');
    if (!isList) throw this.undecodable(name, 'a list of one or more texts, none of them empty');
    return value as readonly string[];
  }

  public textMap(name: string): { readonly [member: string]: string } {
    const value = this.properties[name];
    const isMap = isObject(value) && Object.keys(value).length > 0 && Object.values(value).every((member) => typeof member === 'string');
    if (!isMap) throw this.undecodable(name, 'an object of one or more members, all text');
    return value as { readonly [member: string]: string };
  }

  /**
   * A JSON object with a schema version. It is a single text, because CloudFormation would turn its numbers and
   * booleans into text.
   */
  public json<T extends { readonly schema: number }>(name: string, schema: T['schema']): T {
    const value = parse(this.text(name, 'a JSON object as text'));
    if (!isObject(value)) throw this.undecodable(name, 'a JSON object as text');
    const given = 'schema' in value && typeof value.schema === 'number' ? `schema ${value.schema}` : 'no schema version';
    if (given !== `schema ${schema}`) throw this.refusal(name, 'property has another schema version', given, `schema ${schema}`);
    return value as T;
  }

  /** The error for a property that has a valid value and contradicts another property. */
  public contradiction(name: string, other: string): Failure {
    return this.refusal(name, `property contradicts the property ${other}`, 'both properties', 'one of the two');
  }

  private undecodable(name: string, allowed: string): Failure {
    const value = this.properties[name];
    return this.refusal(name, value === undefined ? 'property is missing' : 'property cannot be decoded', described(value), allowed);
  }

  private refusal(name: string, what: string, given: string, allowed: string): Failure {
    return new Failure(ErrorName.INVALID_REQUEST, {
      where: `property ${name} of ${this.resourceType}`,
      what,
      given,
      allowed,
      remedy: `deploy the whole stack with one version of the library: the construct ${this.construct} writes this property`,
    });
  }
}

/** The kind and size of a value, without the value. */
function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return value === '' ? 'empty text' : `text of ${value.length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length} elements`;
  return isObject(value) ? `an object of ${Object.keys(value).length} members` : `a ${typeof value}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
