import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { grantNameProblems } from './grant-name';
import type { KmsGrantProps } from './kms-grant-props';
import { MAX_GRANT_CONTEXT_PAIRS, MAX_GRANT_CONTEXT_VALUE_LENGTH } from '../../contract/limits';
import { describeProblem } from '../../contract/problem';
import { exactPrincipalProblems } from '../../permissions/exact-principal';
import type { KeyKind } from '../kind/key-kind';
import { ManagedKey } from '../managed-key';

/** What AWS KMS would refuse about a grant, or what would let in more than was meant. */
export function grantProblems(scope: Construct, props: KmsGrantProps): string[] {
  const kind = props.key instanceof ManagedKey ? props.key._setting?.kind : undefined;
  return [
    ...keyProblems(scope, props),
    ...exactPrincipalProblems(scope, 'grantee', props.grantee),
    ...(props.retiringPrincipal === undefined ? [] : exactPrincipalProblems(scope, 'retiringPrincipal', props.retiringPrincipal)),
    ...operationProblems(props, kind),
    ...constraintProblems(props, kind),
    ...grantNameProblems(scope, props.name),
  ];
}

/** An alias may name another key tomorrow, and KMS takes none here. Nor does it know keys of other Regions. */
function keyProblems(scope: Construct, { key }: KmsGrantProps): string[] {
  const { region } = Stack.of(scope);
  const problems: string[] = [];
  if (/:alias\//.test(JSON.stringify(Stack.of(scope).resolve(key.keyArn)))) {
    problems.push(describeProblem({ where: 'key', what: 'is an alias, and a grant stands on a key', remedy: 'hand in the key itself' }));
  }
  if (Token.compareStrings(key.env.region, region) === TokenComparison.DIFFERENT) {
    problems.push(describeProblem({
      where: 'key', what: 'is in another Region than the stack', given: key.env.region, allowed: region, remedy: 'declare the grant in a stack of that Region',
    }));
  }
  return problems;
}

function operationProblems({ operations }: KmsGrantProps, kind: KeyKind | undefined): string[] {
  if (operations.length === 0) {
    return [describeProblem({
      where: 'operations', what: 'a grant that allows nothing is none', given: 'an empty list', remedy: 'name what the grantee does with the key',
    })];
  }
  const unfit = kind === undefined ? [] : operations.filter((operation) => !operation._fits(kind)).map((operation) => operation.name);
  return unfit.length === 0 || kind === undefined ? [] : [describeProblem({
    where: 'operations',
    what: `a key of spec ${kind.spec.name} for ${kind.usage.name} knows no such operation`,
    given: unfit.join(', '),
    remedy: 'leave it out, or use another key',
  })];
}

function constraintProblems({ encryptionContextEquals, encryptionContextSubset, operations }: KmsGrantProps, kind: KeyKind | undefined): string[] {
  const pairs = encryptionContextEquals ?? encryptionContextSubset;
  if (pairs === undefined) return [];
  const where = encryptionContextEquals === undefined ? 'encryptionContextSubset' : 'encryptionContextEquals';
  const problems: string[] = [];
  const tell = (what: string, remedy: string, given?: string, allowed?: string) =>
    problems.push(describeProblem({ where, what, given, allowed, remedy }));
  if (encryptionContextEquals !== undefined && encryptionContextSubset !== undefined) {
    tell('a grant has one constraint at most', 'choose one', 'encryptionContextSubset as well');
  }
  const names = Object.keys(pairs);
  if (names.length === 0) tell('an empty encryption context holds the grant to nothing that can be seen', 'name its pairs, or leave it out', 'no pairs');
  if (names.length > MAX_GRANT_CONTEXT_PAIRS) tell('has too many pairs', 'leave some out', `${names.length}`, `at most ${MAX_GRANT_CONTEXT_PAIRS}`);
  const alike = names.filter((name, index) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < index);
  if (alike.length > 0) tell('KMS takes names for one that differ by case alone', 'use other names', alike.join(', '));
  for (const [name, value] of Object.entries(pairs)) {
    if (Token.isUnresolved(value) || value.length <= MAX_GRANT_CONTEXT_VALUE_LENGTH) continue;
    tell(`the value of ${name} is too long`, 'use a shorter one', `${value.length} characters`, `at most ${MAX_GRANT_CONTEXT_VALUE_LENGTH}`);
  }
  const without = operations.filter((operation) => operation._besideContext === 'impossible').map((operation) => operation.name);
  if (without.length > 0) {
    tell('these operations know no encryption context', 'give them in a grant of their own, without it', without.join(', '));
  } else if (kind !== undefined && kind.spec.name !== 'SYMMETRIC_DEFAULT') {
    tell('only symmetric encryption keys know encryption contexts', 'leave it out', `a key of spec ${kind.spec.name}`);
  }
  return problems;
}
