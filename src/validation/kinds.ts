import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { classesOf, isObject, isPlainObject, kindOf, quoted, withArticle, withoutDigit } from './given-value';
import { nearestName } from './nearest-name';
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
  /** The remedy for one value, if it is known what was meant. */
  readonly remedyFor?: (value: unknown) => string | undefined;
  /** Such a value in code, as part of an example. */
  readonly example?: string;
  readonly accepts: (value: unknown) => boolean;
  /** What a refused value is. Optional: without it, or if it returns undefined, the name of its class is enough. */
  readonly given?: (value: unknown) => string | undefined;
  /** The problems inside of an accepted value: of the elements of a list, the members of an object. */
  readonly inside?: (where: string, value: unknown) => string[];
}

/** The problems of a value that is given, and of what it contains. */
export function kindProblems(where: string, value: unknown, kind: Kind): string[] {
  if (kind.accepts(value)) return kind.inside?.(where, value) ?? [];
  return [describeProblem({
    where,
    what: 'value is of the wrong kind',
    given: kind.given?.(value) ?? kindOf(value),
    allowed: kind.allowed,
    remedy: kind.remedyFor?.(value) ?? kind.remedy,
  })];
}

export const TEXT: Kind = { allowed: 'text', remedy: 'pass a string', accepts: (value) => typeof value === 'string' };

/** Text such as this one, which is written as code: `'alias/orders'`. */
export function textSuchAs(example: string): Kind {
  return { ...TEXT, remedy: `pass a string, such as ${example}`, example };
}

/** The same kind, with a value for examples. */
export function withExample(example: string, kind: Kind): Kind {
  return { ...kind, example };
}

export const ALIAS = textSuchAs('\'alias/orders\'');

export const NUMBER: Kind = {
  allowed: 'a number', remedy: 'pass a number', given: quoted, accepts: (value) => typeof value === 'number' && !Number.isNaN(value),
};

export const FLAG: Kind = {
  allowed: 'true or false', remedy: 'pass a boolean', example: 'true', given: quoted, accepts: (value) => typeof value === 'boolean',
};

export const DATE: Kind = {
  allowed: 'a Date',
  remedy: 'pass a date such as new Date(\'2027-03-01T00:00:00Z\')',
  given: quoted,
  accepts: (value) => value instanceof Date,
};

/** A principal, also one without a known role: the returned grant, or the check of principals, reports that. */
export const GRANTEE: Kind = {
  allowed: 'a principal (iam.IGrantable)',
  example: 'role',
  remedy: 'pass a role, a user or a function, or iam.Role.fromRoleName and the like',
  remedyFor: (value) => {
    const role = ['taskRole', 'role'].find((name) => isObject(value) && isObject(value[name]));
    return role === undefined ? undefined : `pass its ${role}`;
  },
  accepts: (value) => isObject(value) && hasPrincipal(value),
};

/** The getters of a class that the application declares can throw. */
function hasPrincipal(grantee: Record<string, unknown>): boolean {
  try {
    return isPrincipal(grantee.grantPrincipal);
  } catch {
    return false;
  }
}

/** Its fragment names it in a policy. The getter of an unknown principal throws. */
function isPrincipal(principal: unknown): boolean {
  if (!isObject(principal) || typeof principal.addToPrincipalPolicy !== 'function') return false;
  if (principal instanceof iam.UnknownPrincipal || classesOf(principal).includes('UnknownPrincipal')) return true;
  const { policyFragment } = principal;
  return isObject(policyFragment) && isObject(policyFragment.principalJson) && isObject(policyFragment.conditions);
}

export const DURATION = withExample(
  'Duration.days(30)',
  withText(instanceOf(Duration, 'use a Duration, such as Duration.days(30)', 'toSeconds', 'toDays', 'toHumanString')),
);
export const SIZE = withText(instanceOf(Size, 'use a Size, such as Size.mebibytes(1024)', 'toMebibytes'));
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

/** An object of a class with members like those of an enumeration, such as `KmsKeySpec.RSA_2048`. */
export function memberOf(name: string, type: Class, remedy: string, ...members: string[]): Kind {
  const constants = Object.entries(type).filter(([, value]) => isObject(value))
    .map(([member, value]) => ({ member, itsName: (value as { readonly name?: unknown }).name }));
  return {
    ...withText(instanceOf(type, remedy, ...members)),
    remedyFor: (given) => {
      const meant = constants.find(({ member, itsName }) => [`${name}.${member}`, member, itsName].some((each) => isSameText(each, given)));
      return meant === undefined ? undefined : `use ${name}.${meant.member}`;
    },
  };
}

/** A construct with these members, such as a table: `tableArn`. */
export function construct(allowed: string, remedy: string, ...members: string[]): Kind {
  return {
    allowed, remedy, accepts: (value) => isObject(value) && Construct.isConstruct(value) && members.every((name) => name in value),
  };
}

/** A value of an enumeration. Callers from plain JavaScript can also pass its text. */
export function oneOf(name: string, values: object): Kind {
  const members = Object.entries(values).map(([member, value]) => ({ code: `${name}.${member}`, member, value: value as unknown }));
  return {
    allowed: members.map(({ code }) => code).join(', '),
    remedy: `use a member of ${name}`,
    remedyFor: (given) => {
      const meant = members.find(({ code, member, value }) => [code, member, value].some((each) => isSameText(each, given)))?.member
        ?? (typeof given === 'string' ? nearestName(given, Object.keys(values))?.name : undefined);
      return meant === undefined ? undefined : `use ${name}.${meant}`;
    },
    example: members[0]?.code,
    accepts: (given) => members.some(({ value }) => value === given),
    given: quoted,
  };
}

const { DESTROY, RETAIN, RETAIN_ON_UPDATE_OR_DELETE } = RemovalPolicy;

/** The policies that AWS CloudFormation has for a key and an alias: there is no snapshot of them. */
export const REMOVAL_POLICY = oneOf('RemovalPolicy', { DESTROY, RETAIN, RETAIN_ON_UPDATE_OR_DELETE });

/** `START_OVER`, `startOver` and `start-over` are the same text. */
function isSameText(one: unknown, other: unknown): boolean {
  const [first, second] = [one, other].map((text) => (typeof text === 'string' ? text.toLowerCase().replace(/[^a-z0-9.]/g, '') : undefined));
  return first !== undefined && first === second;
}

/** The same kind, with an error that repeats a text which is given instead. */
function withText(kind: Kind): Kind {
  return { ...kind, given: (value) => quoted(value) ?? kind.given?.(value) };
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
    ...(element.example === undefined ? {} : { example: `[${element.example}]` }),
    accepts: (value) => Array.isArray(value),
    // Array.from: flatMap skips the holes of a sparse list.
    inside: (where, value) => Array.from(value as unknown[]).flatMap((each, index) => kindProblems(`${where}[${index}]`, each, element)),
  };
}

/** An object whose members have any names, such as an encryption context. */
export function mapOf(member: Kind): Kind {
  return {
    allowed: `an object; each member is ${member.allowed}`,
    remedy: `pass an object such as { purpose: ${member.example ?? '...'} }; ${member.remedy}`,
    accepts: isPlainObject,
    inside: (where, value) => Object.entries(value as object).flatMap(([name, each]) => kindProblems(`${where}.${name}`, each, member)),
  };
}
