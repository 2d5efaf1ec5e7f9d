import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { grantNameProblems } from './grant-name';
import type { KmsGrantProps } from './kms-grant-props';
import { MAX_GRANT_CONTEXT_PAIRS, MAX_GRANT_CONTEXT_VALUE_LENGTH } from '../../contract/limits';
import { describeProblem } from '../../contract/problem';
import { exactPrincipalProblems } from '../../permissions/exact-principal';
import type { KeyKind } from '../kind/key-kind';
import { ManagedKey } from '../managed-key';

/** Reasons for which AWS KMS would refuse a grant, or for which it would allow more principals than intended. */
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

/** CreateGrant accepts neither an alias, which can refer to another key later, nor a key of another Region. */
function keyProblems(scope: Construct, { key }: KmsGrantProps): string[] {
  const { region } = Stack.of(scope);
  const problems: string[] = [];
  if (/:alias\//.test(JSON.stringify(Stack.of(scope).resolve(key.keyArn)))) {
    problems.push(describeProblem({ where: 'key', what: 'is an alias, and a grant belongs to a key', remedy: 'pass the key itself' }));
  }
  if (Token.compareStrings(key.env.region, region) === TokenComparison.DIFFERENT) {
    problems.push(describeProblem({
      where: 'key',
      what: 'is in another Region than the stack',
      given: key.env.region,
      allowed: region,
      remedy: 'declare the grant in a stack of that Region',
    }));
  }
  return problems;
}

function operationProblems({ operations }: KmsGrantProps, kind: KeyKind | undefined): string[] {
  if (operations.length === 0) {
    return [describeProblem({
      where: 'operations',
      what: 'a grant needs at least one operation',
      given: 'an empty list',
      remedy: 'list the operations of the grantee',
    })];
  }
  const unfit = kind === undefined ? [] : operations.filter((operation) => !operation._fits(kind)).map((operation) => operation.name);
  return unfit.length === 0 || kind === undefined ? [] : [describeProblem({
    where: 'operations',
    what: `a key of spec ${kind.spec.name} for ${kind.usage} does not support the operation`,
    given: unfit.join(', '),
    remedy: 'omit it, or use another key',
  })];
}

function constraintProblems(
  { encryptionContextEquals, encryptionContextSubset, operations }: KmsGrantProps,
  kind: KeyKind | undefined,
): string[] {
  const pairs = encryptionContextEquals ?? encryptionContextSubset;
  if (pairs === undefined) return [];
  const where = encryptionContextEquals === undefined ? 'encryptionContextSubset' : 'encryptionContextEquals';
  const problems: string[] = [];
  const report = (what: string, remedy: string, given?: string, allowed?: string) =>
    problems.push(describeProblem({ where, what, given, allowed, remedy }));
  if (encryptionContextEquals !== undefined && encryptionContextSubset !== undefined) {
    report('a grant has at most one constraint', 'use one of the two', 'encryptionContextSubset as well');
  }
  const names = Object.keys(pairs);
  if (names.length === 0) report('an empty encryption context does not restrict the grant', 'add pairs, or omit it', 'no pairs');
  if (names.length > MAX_GRANT_CONTEXT_PAIRS) {
    report('has too many pairs', 'omit some', `${names.length}`, `at most ${MAX_GRANT_CONTEXT_PAIRS}`);
  }
  const alike = names.filter((name, index) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < index);
  if (alike.length > 0) report('KMS treats names that differ only by case as one name', 'use other names', alike.join(', '));
  for (const [name, value] of Object.entries(pairs)) {
    if (Token.isUnresolved(value) || value.length <= MAX_GRANT_CONTEXT_VALUE_LENGTH) continue;
    report(
      `the value of ${name} is too long`,
      'use a shorter one',
      `${value.length} characters`,
      `at most ${MAX_GRANT_CONTEXT_VALUE_LENGTH}`,
    );
  }
  const without = operations.filter((operation) => operation._contextConstraint === 'refused').map((operation) => operation.name);
  if (without.length > 0) {
    report('these operations have no encryption context', 'use a separate grant for them, without it', without.join(', '));
  } else if (kind !== undefined && kind.spec.name !== 'SYMMETRIC_DEFAULT') {
    report('only symmetric encryption keys support encryption contexts', 'omit it', `a key of spec ${kind.spec.name}`);
  }
  return problems;
}
