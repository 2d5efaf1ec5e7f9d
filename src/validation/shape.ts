import { Construct } from 'constructs';
import { isPlainObject, kindOf } from './given-value';
import { GRANTEE, kindProblems, someOf, TEXT, type Kind } from './kinds';
import { nearestName, type NearestName } from './nearest-name';
import { describeProblem } from '../contract/problem';

/** Kind of a member that may be absent. */
export type OptionalKind = Kind & { readonly optional: true };

/**
 * The members of a props object and their kinds. The compiler requires every member of the type, and that a member is
 * optional in both.
 */
export type Shape<Props extends object> = {
  readonly [Name in keyof Props]-?: undefined extends Props[Name] ? OptionalKind : Kind & { readonly optional?: false };
};

/** The same, if the type is not known to the compiler. */
type Members = { readonly [name: string]: Kind & { readonly optional?: boolean } };

export function optional(kind: Kind): OptionalKind {
  return { ...kind, optional: true };
}

/** The arguments of a grant method with actions of the caller's choice. */
export const GRANT_ARGUMENTS = { grantee: GRANTEE, actions: someOf(TEXT) };

/** An object with exactly these members. A member with another name is a mistake, such as a misspelled option. */
export function objectOf<Props extends object>(shape: Shape<Props>): Kind {
  return {
    allowed: `an object with ${Object.keys(shape).join(', ')}`,
    remedy: `pass an object, such as ${exampleOf(shape)}`,
    example: exampleOf(shape),
    accepts: isPlainObject,
    inside: (where, value) => memberProblems(where, value as Record<string, unknown>, shape),
  };
}

/**
 * Throws if a props object does not have this shape: what follows could not even be declared. All problems are in one
 * error.
 */
export function requireShape<Props extends object>(where: string, given: unknown, shape: Shape<Props>): void {
  const problems = isPlainObject(given) ? memberProblems(where, given, shape) : [describeProblem({
    where,
    what: 'properties are of the wrong kind',
    given: kindOf(given),
    allowed: `an object with ${Object.keys(shape).join(', ')}`,
    remedy: `pass an object, such as ${exampleOf(shape)}`,
  })];
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** The same for the arguments of a method, by their names. */
export function requireArguments(method: string, given: Record<string, unknown>, kinds: Members): void {
  const problems = memberProblems(method, given, kinds);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** Throws if a construct cannot be created in this scope. Returns the scope, for the call of `super`. */
export function requireScope(construct: string, scope: Construct, id: string): Construct {
  const problems = [
    ...(Construct.isConstruct(scope) ? [] : [describeProblem({
      where: construct,
      what: 'scope is not a construct',
      given: kindOf(scope),
      allowed: 'a stack, or a construct in a stack',
      remedy: `use new ${construct}(this, 'Id', { ... }) in the constructor of a stack`,
    })]),
    ...(typeof id === 'string' && id !== '' ? [] : [describeProblem({
      where: construct,
      what: 'id is not a text',
      given: id === '' ? 'an empty text' : kindOf(id),
      allowed: 'text that is unique in its scope',
      remedy: `use new ${construct}(this, 'Id', { ... }) in the constructor of a stack`,
    })]),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return scope;
}

function memberProblems(where: string, given: Record<string, unknown>, shape: Members): string[] {
  const known = Object.keys(shape);
  const unknown = Object.keys(given).filter((name) => given[name] !== undefined && !known.includes(name));
  const free = known.filter((name) => given[name] === undefined);
  const likely = [...free.filter((name) => shape[name]?.optional !== true), ...free];
  const meant = new Map(unknown.map((name) => [name, nearestName(name, likely)]));
  return [
    // The list of names is long, so only the first line has it.
    ...unknown.map((name, index) => unknownProblem(`${where}, ${name}`, meant.get(name), index === 0 ? known : undefined)),
    ...Object.entries(shape).flatMap(([name, kind]) => {
      const value = given[name];
      if (value !== undefined) return kindProblems(`${where}, ${name}`, value, kind);
      const isMeant = [...meant.values()].some((each) => each?.name === name);
      return kind.optional === true || isMeant ? [] : [describeProblem({
        where: `${where}, ${name}`, what: 'property is missing', allowed: kind.allowed, remedy: kind.remedy,
      })];
    }),
  ];
}

function unknownProblem(where: string, meant: NearestName | undefined, known: readonly string[] | undefined): string {
  const remedies = { spelling: `use ${meant?.name}`, part: `use ${meant?.name} if it is meant, or remove it` };
  return describeProblem({
    where,
    what: 'property does not exist',
    allowed: known?.join(', '),
    remedy: meant === undefined ? 'use one of the allowed names, or remove it' : remedies[meant.by],
  });
}

/** An object with the required members, or with one optional member if none is required. */
function exampleOf(shape: Members): string {
  const members = Object.entries(shape);
  const required = members.filter(([, kind]) => kind.optional !== true);
  const shown = required.length > 0 ? required : members.filter(([, { example }]) => example !== undefined).slice(0, 1);
  return `{ ${shown.map(([name, { example = '...' }]) => (name === example ? name : `${name}: ${example}`)).join(', ')} }`;
}
