import { errorOf, problemsIn, type Input } from './input';

/**
 * An error of this library names the subject, what is wrong with it, and the remedy: `Stack/Key, alias: ...; use ...`.
 * Errors of the CDK and of the language do not.
 */
const PROBLEM = /^(\[[^\]]+\] )?\w.*?: .{8,}; .{5,}$/;

/** Each input is accepted, or refused with the expected error, and no error is one of internals. */
export function testInputs(inputs: readonly Input[]): void {
  test.each(inputs.filter(({ refused }) => refused === undefined).map((input) => [input.name, input] as const))('accepts %s', (_, input) => {
    expect(errorOf(input)?.message).toBe(undefined);
  });

  test.each(inputs.filter(({ refused }) => refused !== undefined).map((input) => [input.name, input] as const))('refuses %s', (_, input) => {
    const error = errorOf(input);
    expect(error?.message).toContain(input.refused);
    expect(error?.name).not.toBe('TypeError');
    expect(problemsIn(error as Error).filter((problem) => !PROBLEM.test(problem))).toEqual([]);
  });

  test('every input has a name of its own', () => {
    const names = inputs.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
}
