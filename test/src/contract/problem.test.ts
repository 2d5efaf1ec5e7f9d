import fc from 'fast-check';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { describeProblem, type Problem } from '../../../src/contract/problem';

/** Words without the separators of a message, so that the message can be split again. */
const words = () => fc.stringMatching(/^[a-z0-9]+( [a-z0-9]+){0,4}$/);

const problem = (): fc.Arbitrary<Problem> => fc.record(
  { where: words(), what: words(), given: words(), allowed: words(), remedy: words() }, { requiredKeys: ['where', 'what', 'remedy'] },
);

/** Splits a message into the members of its problem. */
function parse(message: string): Problem {
  const { where, what, given, allowed, remedy } =
    /^(?<where>[^:]+): (?<what>[^,;]+)(, got (?<given>[^;]+))?(; allowed: (?<allowed>[^;]+))?; (?<remedy>[^;]+)$/.exec(message)
      ?.groups as Record<keyof Problem, string>;
  return { where, what, ...(given === undefined ? {} : { given }), ...(allowed === undefined ? {} : { allowed }), remedy };
}

test('a message contains subject, fault, given, allowed and remedy, in this order', () => {
  expect(
    describeProblem({
      where: 'Orders/Key',
      what: 'period is out of range',
      given: '30 days',
      allowed: '90 to 2560 days',
      remedy: 'change it',
    }),
  ).toBe('Orders/Key: period is out of range, got 30 days; allowed: 90 to 2560 days; change it');
  expect(describeProblem({ where: 'Orders/Key', what: 'key is disabled', remedy: 'enable it' })).toBe(
    'Orders/Key: key is disabled; enable it',
  );
});

test('a problem can be read back from its message', () => {
  fc.assert(fc.property(problem(), (given) => {
    expect(parse(describeProblem(given))).toEqual(given);
  }));
});

describe('a failure', () => {
  const failure = () => fc.tuple(fc.constantFrom(...Object.values(ErrorName)), problem());

  test('has its error name, its problem and the message of its problem', () => {
    fc.assert(fc.property(failure(), ([name, given]) => {
      const error = new Failure(name, given);
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ name, problem: given, message: describeProblem(given) });
      expect('cause' in error).toBe(false);
    }));
  });

  test('is recognized by its own error name only', () => {
    fc.assert(fc.property(failure(), ([name, given]) => {
      const recognized = Object.values(ErrorName).filter((each) => Failure.named(new Failure(name, given), each));
      expect(recognized).toEqual([name]);
    }));
    const stranger = Object.assign(new Error('access denied'), { name: ErrorName.ACCESS_DENIED });
    expect(Failure.named(stranger, ErrorName.ACCESS_DENIED)).toBe(false);
  });

  test('keeps its cause', () => {
    const cause = new TypeError('cause');
    expect(new Failure(ErrorName.THROTTLED, { where: 'a', what: 'b', remedy: 'c' }, cause).cause).toBe(cause);
  });
});

test('error names are distinct words in PascalCase, which state machines match on', () => {
  const names = Object.values(ErrorName);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^([A-Z][a-z]+)+$/.test(name))).toEqual([]);
});
