import { Token } from 'aws-cdk-lib';

/** The longest text that an error repeats. */
const MAX_QUOTED_LENGTH = 40;

/** Text with its value, where no confidential value is expected. Undefined for any other value. */
export function quoted(value: unknown): string | undefined {
  if (typeof value !== 'string' || Token.isUnresolved(value) || value.length > MAX_QUOTED_LENGTH) return undefined;
  return `the text ${JSON.stringify(value)}`;
}

/** The kind of a value. Text and objects are described without their contents, which may be confidential. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return Token.isUnresolved(value) ? 'a token' : `text of ${counted(value.length, 'character')}`;
  if (typeof value === 'function') return `the function ${value.name}, which was not called`;
  if (Array.isArray(value)) return `a list of ${counted(value.length, 'element')}`;
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return String(value);
  if (!isObject(value)) return `a ${typeof value}`;
  const [className = 'Object'] = classesOf(value);
  return className === 'Object' ? `an object with ${Object.keys(value).join(', ') || 'no members'}` : withArticle(className);
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN, which is not a number';
  return Token.isUnresolved(value) ? 'a token' : `the number ${value}`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** An object literal, in contrast to a list or an object of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value) && !Token.isUnresolved(value) && classesOf(value).every((name) => name === 'Object');
}

export function withArticle(className: string): string {
  const name = withoutDigit(className);
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** The CDK is minified: its class `Role` may have the name `Role2`. */
export function withoutDigit(className: string): string {
  return className.replace(/(?<!V)\d$/, '');
}

/** The names of the class of an object and of those from which it is derived. */
export function classesOf(value: object): string[] {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!isObject(prototype)) return [];
  const type: unknown = prototype.constructor;
  const name = isObject(type) || typeof type === 'function' ? (type as { readonly name?: unknown }).name : undefined;
  return [typeof name === 'string' && name !== '' ? name : 'class without a name', ...classesOf(prototype)];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
