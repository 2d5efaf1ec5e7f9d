import { Token } from 'aws-cdk-lib';
import { ALIAS_PREFIX, MAX_ALIAS_LENGTH, RESERVED_ALIAS_PREFIX } from '../contract/limits';
import { describeProblem } from '../contract/problem';

const ALLOWED_CHARACTERS = /^[a-zA-Z0-9/_-]+$/;

/** An alias such as `Alias/orders`, after the prefix was added. */
const TWO_PREFIXES = /^alias\/alias\//i;

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
 */
export function newAliasProblems(aliasName: string): string[] {
  const parts = aliasName.slice(ALIAS_PREFIX.length).split('/');
  const hasEmptyPart = parts.length > 1 && parts.includes('');
  if (Token.isUnresolved(aliasName) || !hasEmptyPart) return aliasProblems(aliasName);
  return [...aliasProblems(aliasName), describeProblem({
    where: 'alias',
    what: 'name has an empty part between, before or after slashes',
    given: JSON.stringify(aliasName),
    allowed: 'parts that are not empty, as in alias/orders/archive',
    remedy: 'remove the slash',
  })];
}

/** Reasons for which KMS would refuse an alias, found before deployment. */
export function aliasProblems(aliasName: string): string[] {
  if (Token.isUnresolved(aliasName)) return [];
  const problems: string[] = [];
  const report = (what: string, given: string, allowed: string, remedy: string) =>
    problems.push(describeProblem({ where: 'alias', what, given, allowed, remedy }));

  const name = aliasName.slice(ALIAS_PREFIX.length);
  if (!ALLOWED_CHARACTERS.test(name)) {
    report('name is not valid in KMS', JSON.stringify(aliasName), 'letters, digits, / _ and -, at least one', 'choose another name');
  }
  if (TWO_PREFIXES.test(aliasName)) {
    report('name has the prefix twice', JSON.stringify(aliasName), `${ALIAS_PREFIX} once, in small letters`, 'remove one of them');
  }
  if (aliasName.startsWith(RESERVED_ALIAS_PREFIX)) {
    const allowed = `a name that does not begin with ${RESERVED_ALIAS_PREFIX}`;
    report('name is reserved for AWS managed keys', JSON.stringify(aliasName), allowed, 'choose another name');
  }
  if (aliasName.length > MAX_ALIAS_LENGTH) {
    const allowed = `at most ${MAX_ALIAS_LENGTH}, ${ALIAS_PREFIX} included`;
    report('name is too long', `${aliasName.length} characters`, allowed, 'choose a shorter name');
  }
  return problems;
}
