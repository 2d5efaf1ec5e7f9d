import { Token } from 'aws-cdk-lib';
import { ALIAS_PREFIX, MAX_ALIAS_LENGTH, RESERVED_ALIAS_PREFIX } from '../contract/limits';
import { describeProblem, type Problem } from '../contract/problem';
import { isArn } from '../validation/is-arn';

const ALLOWED_CHARACTERS = /^[a-zA-Z0-9/_-]+$/;

/** Id of a key. With the prefix it could be an alias, which nobody would choose. */
const KEY_ID = /^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

const A_NAME = 'a name, such as alias/orders';
const FOR_A_KEY = 'pass the name of an alias, or use CustomerManagedKey.fromKeyArn for a key that exists';

type AliasProblem = Omit<Problem, 'where'>;

/**
 * Full name of an alias: `orders` and `alias/orders` both mean `alias/orders`. A token is used unchanged, so it must
 * include the prefix.
 */
export function fullAliasName(alias: string): string {
  return Token.isUnresolved(alias) || alias.startsWith(ALIAS_PREFIX) ? alias : `${ALIAS_PREFIX}${alias}`;
}

/**
 * Reasons for which an alias cannot be created. KMS accepts an alias with empty parts, but no application would find
 * its key by the name without them.
 *
 * @param alias the alias as it was given, with or without the prefix
 * @param where the property or the argument
 */
export function newAliasProblems(alias: string, where = 'alias'): string[] {
  const parts = withoutPrefix(alias).split('/');
  const problems = aliasProblems(alias, where);
  if (Token.isUnresolved(alias) || problems.length > 0 || parts.length === 1 || !parts.includes('')) return problems;
  return [describeProblem({
    where,
    what: 'name has an empty part between, before or after slashes',
    given: JSON.stringify(alias),
    allowed: 'parts that are not empty, as in alias/orders/archive',
    remedy: 'remove the slash',
  })];
}

/** Reasons for which KMS would refuse an alias, found before deployment. */
export function aliasProblems(alias: string, where = 'alias'): string[] {
  const [problem] = Token.isUnresolved(alias) ? arnProblems(alias) : [...arnProblems(alias), ...mistakenName(alias), ...invalidName(alias)];
  return problem === undefined ? [] : [describeProblem({ where, ...problem })];
}

function arnProblems(alias: string): AliasProblem[] {
  const name = withoutPrefix(alias);
  if (!isArn(name)) return [];
  const [, ofArn] = Token.isUnresolved(name) ? [] : /:(alias\/.+)$/.exec(name) ?? [];
  return [{
    what: 'ARN is given instead of a name',
    given: Token.isUnresolved(name) ? 'the ARN of a resource' : JSON.stringify(alias),
    allowed: A_NAME,
    remedy: ofArn === undefined ? FOR_A_KEY : `use ${ofArn}`,
  }];
}

/** The id of a key, or an alias in another notation. */
function mistakenName(alias: string): AliasProblem[] {
  const given = JSON.stringify(alias);
  if (withoutPrefix(alias) === '') return [{ what: 'name is empty', given, allowed: A_NAME, remedy: 'choose a name' }];
  if (KEY_ID.test(alias)) return [{ what: 'id of a key is given instead of a name', given, allowed: A_NAME, remedy: FOR_A_KEY }];
  // KMS distinguishes upper and lower case: `Alias/orders` would be the name of an alias, with two prefixes.
  const [prefixes, rest] = /^((?:alias\/)+)(.*)$/is.exec(alias)?.slice(1) ?? [];
  if (prefixes === undefined || prefixes === ALIAS_PREFIX) return [];
  const what = prefixes.length > ALIAS_PREFIX.length ? 'name has the prefix twice' : 'prefix has capital letters';
  return [{ what, given, allowed: `${ALIAS_PREFIX} once, in small letters, or no prefix`, remedy: `use ${ALIAS_PREFIX}${rest}` }];
}

function invalidName(alias: string): AliasProblem[] {
  const given = JSON.stringify(alias);
  const full = fullAliasName(alias);
  return [
    ...(ALLOWED_CHARACTERS.test(withoutPrefix(alias)) ? [] : [{
      what: 'name is not valid in KMS', given, allowed: 'letters, digits, / _ and -, at least one', remedy: 'choose another name',
    }]),
    ...(!full.startsWith(RESERVED_ALIAS_PREFIX) ? [] : [{
      what: 'name is reserved for AWS managed keys',
      given,
      allowed: `a name that does not begin with ${RESERVED_ALIAS_PREFIX}`,
      remedy: 'choose another name',
    }]),
    ...(full.length <= MAX_ALIAS_LENGTH ? [] : [{
      what: 'name is too long',
      given: `${full.length} characters`,
      allowed: `at most ${MAX_ALIAS_LENGTH}, ${ALIAS_PREFIX} included`,
      remedy: 'choose a shorter name',
    }]),
  ];
}

function withoutPrefix(alias: string): string {
  return alias.startsWith(ALIAS_PREFIX) ? alias.slice(ALIAS_PREFIX.length) : alias;
}
