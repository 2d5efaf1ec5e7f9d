import { Token } from 'aws-cdk-lib';
import { ALIAS_PREFIX, MAX_ALIAS_LENGTH, RESERVED_ALIAS_PREFIX } from '../contract/limits';
import { describeProblem } from '../contract/problem';

const ALLOWED_CHARACTERS = /^[a-zA-Z0-9/_-]+$/;

/** `orders` and `alias/orders` both mean the alias `alias/orders`. A token is taken as it is: it has to bring its prefix along. */
export function fullAliasName(alias: string): string {
  return Token.isUnresolved(alias) || alias.startsWith(ALIAS_PREFIX) ? alias : `${ALIAS_PREFIX}${alias}`;
}

/** Everything that KMS would refuse about an alias, told before anything is deployed. */
export function aliasProblems(aliasName: string): string[] {
  if (Token.isUnresolved(aliasName)) return [];
  const problems: string[] = [];
  const complain = (what: string, given: string, allowed: string, remedy: string) =>
    problems.push(describeProblem({ where: 'alias', what, given, allowed, remedy }));

  const name = aliasName.slice(ALIAS_PREFIX.length);
  if (!ALLOWED_CHARACTERS.test(name)) {
    complain('name is not one that KMS takes', JSON.stringify(aliasName), 'letters, digits, / _ and -, at least one', 'choose another name');
  }
  if (aliasName.startsWith(RESERVED_ALIAS_PREFIX)) {
    complain('name is reserved for keys of AWS', JSON.stringify(aliasName), `any that does not begin with ${RESERVED_ALIAS_PREFIX}`, 'choose another name');
  }
  if (aliasName.length > MAX_ALIAS_LENGTH) {
    complain('name is too long', `${aliasName.length} characters`, `at most ${MAX_ALIAS_LENGTH}, ${ALIAS_PREFIX} included`, 'choose a shorter name');
  }
  return problems;
}
