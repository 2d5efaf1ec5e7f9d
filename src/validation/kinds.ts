import { Duration, Size, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { describeProblem } from '../contract/problem';

/**
 * What a value may be. Types say the same; callers from plain JavaScript have none, and would otherwise get a TypeError
 * of this library's internals.
 */
export interface Kind {
  /** The allowed values, as an error names them: `a RotationSchedule`. */
  readonly allowed: string;
  /** How to get such a value. */
  readonly remedy: string;
  readonly accepts: (value: unknown) => boolean;
  /** What a refused value is. Optional: without it, or if it returns undefined, the name of its class is enough. */
  readonly given?: (value: unknown) => string | undefined;
  /** The problems inside of an accepted value: of the elements of a list, the members of an object. */
  readonly inside?: (where: string, value: unknown) => string[];
}

/** The problems of a value that is given, and of what it contains. */
export function kindProblems(where: string, value: unknown, { allowed, remedy, accepts, given, inside }: Kind): string[] {
  if (accepts(value)) return inside?.(where, value) ?? [];
  return [describeProblem({ where, what: 'value is of the wrong kind', given: given?.(value) ?? kindOf(value), allowed, remedy })];
}

export const TEXT: Kind = { allowed: 'text', remedy: 'pass a string', accepts: (value) => typeof value === 'string' };

export const NUMBER: Kind = {
  allowed: 'a number', remedy: 'pass a number', accepts: (value) => typeof value === 'number' && !Number.isNaN(value),
};

export const FLAG: Kind = { allowed: 'true or false', remedy: 'pass a boolean', accepts: (value) => typeof value === 'boolean' };

export const DATE: Kind = {
  allowed: 'a Date', remedy: 'pass a date such as new Date(\'2027-03-01T00:00:00Z\')', accepts: (value) => value instanceof Date,
};

/** A principal, also one without a known role: the returned grant, or the check of principals, reports that. */
export const GRANTEE: Kind = {
  allowed: 'a principal (iam.IGrantable)',
  remedy: 'pass a role, a user or a function, or iam.Role.fromRoleName and the like',
  accepts: (value) => isObject(value) && isPrincipal(value.grantPrincipal),
};

/** Its fragment names it in a policy. The getter of an unknown principal throws. */
function isPrincipal(principal: unknown): boolean {
  if (!isObject(principal) || typeof principal.addToPrincipalPolicy !== 'function') return false;
  if (principal instanceof iam.UnknownPrincipal || classesOf(principal).includes('UnknownPrincipal')) return true;
  const { policyFragment } = principal;
  return isObject(policyFragment) && isObject(policyFragment.principalJson) && isObject(policyFragment.conditions);
}

export const DURATION = instanceOf(Duration, 'use a Duration, such as Duration.days(30)', 'toSeconds', 'toDays', 'toHumanString');
export const SIZE = instanceOf(Size, 'use a Size, such as Size.mebibytes(1024)', 'toMebibytes');
export const STATEMENT = instanceOf(iam.PolicyStatement, 'pass new iam.PolicyStatement({ ... })', 'copy', 'toStatementJson');

/** A class, also one whose constructor is private. */
interface Class {
  readonly name: string;
  readonly prototype: object;
}

/**
 * An object of a class, or of a class derived from it. The name is compared as well, so that an object of another copy
 * of the package is accepted: it must have these members, because another class can have the same name.
 */
export function instanceOf(type: Class, remedy: string, ...members: string[]): Kind {
  const isInstance = (value: object) => Object.prototype.isPrototypeOf.call(type.prototype, value);
  const isNamesake = (value: unknown): value is object => isObject(value) && classesOf(value).includes(type.name);
  return {
    allowed: withArticle(type.name),
    remedy,
    accepts: (value) => isObject(value) && (isInstance(value) || (isNamesake(value) && members.every((name) => name in value))),
    given: (value) => (isNamesake(value) ? `an object of another class with the name ${withoutDigit(type.name)}` : undefined),
  };
}

/** A construct with these members, such as a table: `tableArn`. */
export function construct(allowed: string, remedy: string, ...members: string[]): Kind {
  return {
    allowed, remedy, accepts: (value) => isObject(value) && Construct.isConstruct(value) && members.every((name) => name in value),
  };
}

/** A value of an enumeration, as the enumeration or as its text. */
export function oneOf(name: string, values: object): Kind {
  const allowed: readonly unknown[] = Object.values(values);
  return { allowed: allowed.join(', '), remedy: `use a member of ${name}`, accepts: (value) => allowed.includes(value) };
}

/** A list with at least one element. */
export function someOf(element: Kind): Kind {
  const list = listOf(element);
  return { ...list, allowed: `at least one; each is ${element.allowed}`, accepts: (value) => Array.isArray(value) && value.length > 0 };
}

export function listOf(element: Kind): Kind {
  return {
    allowed: `a list; each element is ${element.allowed}`,
    remedy: `pass an array; ${element.remedy}`,
    accepts: (value) => Array.isArray(value),
    // Array.from: flatMap skips the holes of a sparse list.
    inside: (where, value) => Array.from(value as unknown[]).flatMap((each, index) => kindProblems(`${where}[${index}]`, each, element)),
  };
}

/** An object whose members have any names, such as an encryption context. */
export function mapOf(member: Kind): Kind {
  return {
    allowed: `an object; each member is ${member.allowed}`,
    remedy: `pass an object such as { name: value }; ${member.remedy}`,
    accepts: isPlainObject,
    inside: (where, value) => Object.entries(value as object).flatMap(([name, each]) => kindProblems(`${where}.${name}`, each, member)),
  };
}

/** The kind of a value, without the value: it may be confidential. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return Token.isUnresolved(value) ? 'a token' : `text of ${value.length} characters`;
  if (typeof value === 'function') return `the function ${value.name}, which was not called`;
  if (Array.isArray(value)) return `a list of ${value.length} elements`;
  if (!isObject(value)) return `a ${typeof value}`;
  const [className = 'Object'] = classesOf(value);
  return className === 'Object' ? `an object with ${Object.keys(value).join(', ') || 'no members'}` : withArticle(className);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** An object literal, in contrast to a list or an object of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value) && !Token.isUnresolved(value) && classesOf(value).every((name) => name === 'Object');
}

function withArticle(className: string): string {
  const name = withoutDigit(className);
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** The CDK is minified: its class `Role` may have the name `Role2`. */
function withoutDigit(className: string): string {
  return className.replace(/(?<!V)\d$/, '');
}

/** The names of the class of an object and of those from which it is derived. */
function classesOf(value: object): string[] {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!isObject(prototype)) return [];
  const type: unknown = prototype.constructor;
  const name = isObject(type) || typeof type === 'function' ? (type as { readonly name?: unknown }).name : undefined;
  return [typeof name === 'string' && name !== '' ? name : 'class without a name', ...classesOf(prototype)];
}
