import fc from 'fast-check';
import { isAboutAction, matchesWildcard } from '../../../src/contract/policies/wildcard';

/** The definition of a wildcard pattern, character by character, without a regular expression. */
function oracle(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const [first, rest] = [pattern.charAt(0), pattern.slice(1)];
  if (first === '*') return oracle(rest, text) || (text !== '' && oracle(pattern, text.slice(1)));
  return text !== '' && (first === '?' || first === text.charAt(0)) && oracle(rest, text.slice(1));
}

/**
 * Few different characters, so that patterns often match. All that mean something in a regular expression
 * are among them.
 */
const characters = (...more: string[]) => fc.constantFrom('a', 'b', ':', '\n', ...'.+^${}()|[]\\/-', ...more);
const patterns = () => fc.string({ unit: characters('*', '*', '?', '?'), maxLength: 8 });
const texts = () => fc.string({ unit: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('a', 'b') }, characters()), maxLength: 8 });

/** A pattern, and a text that was built from it: most of such pairs match. */
const related = () => patterns().chain((pattern) => fc.tuple(
  fc.constant(pattern),
  fc.tuple(...Array.from(pattern, (character) => character === '*' ? texts() : character === '?' ? characters() : fc.constant(character)))
    .map((parts) => parts.join('')),
));

test('a pattern matches exactly the texts that the definition allows', () => {
  fc.assert(fc.property(patterns(), texts(), (pattern, text) => {
    expect(matchesWildcard(pattern, text)).toBe(oracle(pattern, text));
  }), { numRuns: 2000 });
});

test('a pattern matches every text that was built from it', () => {
  fc.assert(fc.property(related(), ([pattern, text]) => {
    expect([matchesWildcard(pattern, text), oracle(pattern, text)]).toEqual([true, true]);
  }), { numRuns: 1000 });
});

test.each<[string, string, boolean]>([
  ['kms:*', 'kms:Decrypt', true],
  ['kms:Decryp?', 'kms:Decrypt', true],
  ['kms:Decryp?', 'kms:Decryp', false],
  ['kms:Decrypt', 'kms:DecryptX', false],
  ['*', '', true],
  ['?', '', false],
  ['kms.*', 'kms:Decrypt', false],
  ['s3.*.amazonaws.com', 's3.eu-central-1.amazonaws.com', true],
])('%s and %s match: %s', (pattern, text, matches) => {
  expect(matchesWildcard(pattern, text)).toBe(matches);
});

describe('the actions of a statement', () => {
  const actions = () => fc.oneof(fc.constantFrom('kms:Decrypt', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:*', '*', 's3:GetObject'), patterns());
  const anyCase = (action: string) => fc.array(fc.boolean(), { minLength: action.length, maxLength: action.length })
    .map((upper) => Array.from(action, (letter, index) => upper[index] === true ? letter.toUpperCase() : letter.toLowerCase()).join(''));

  test('NotAction applies to exactly the actions to which Action does not apply', () => {
    fc.assert(
      fc.property(
        fc.array(actions(), { minLength: 1 }),
        fc.constantFrom('kms:Decrypt', 'kms:ReEncryptTo', 's3:GetObject'),
        (listed, action) => {
          expect(isAboutAction({ NotAction: listed }, action)).toBe(!isAboutAction({ Action: listed }, action));
        },
      ),
    );
  });

  test('one action as text is the same as a list of one action', () => {
    fc.assert(fc.property(actions(), fc.constantFrom('kms:Decrypt', 's3:GetObject'), (listed, action) => {
      expect(isAboutAction({ Action: listed }, action)).toBe(isAboutAction({ Action: [listed] }, action));
    }));
  });

  test('upper and lower case make no difference', () => {
    fc.assert(fc.property(anyCase('kms:Decrypt'), anyCase('kms:Decrypt'), (listed, action) => {
      expect(isAboutAction({ Action: listed }, action)).toBe(true);
    }));
  });

  test('a statement without Action and NotAction applies to no action', () => {
    expect(isAboutAction({}, 'kms:Decrypt')).toBe(false);
  });
});

test('a pattern with many wildcards is decided at once, also for a text that nearly matches', () => {
  const begin = process.hrtime.bigint();
  expect(matchesWildcard(`${'a*'.repeat(40)}b`, 'a'.repeat(4000))).toBe(false);
  expect(matchesWildcard(`*${'a*'.repeat(40)}`, 'a'.repeat(4000))).toBe(true);
  expect(Number(process.hrtime.bigint() - begin) / 1e9).toBeLessThan(2);
});
