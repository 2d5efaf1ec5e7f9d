import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LAMBDA = join(__dirname, '../../lambda');

/** An advice to remove what holds data keys. */
const ADVICE = /\b(?:remove|delete|drop|undeclare) (?:the|this|that|these|those|its|a|an|any)? ?(?:\w+ )?(?:stores?|records?|items?|rows?)\b/i;
/** What is lost by it. */
const CONSEQUENCE = /\b(?:unreadable|lost)\b/;

/** The texts of a source file. A text that is continued on the next line is one text. */
function textsOf(source: string): string[] {
  const joined = source.replaceAll(/['`]\s*\+\s*['`]/g, '');
  return (joined.match(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g) ?? []);
}

const advising = (source: string) => textsOf(source).filter((text) => ADVICE.test(text) && !CONSEQUENCE.test(text));

test('no error advises to remove a store or a record without saying what is lost', () => {
  const files = readdirSync(LAMBDA, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((name) => advising(readFileSync(join(LAMBDA, name), 'utf8')).map((text) => `${name}: ${text}`));
  expect(found).toEqual([]);
});

test.each<[string, string, boolean]>([
  ['an advice', "remedy: 'correct dataKeyAttribute of this store, or remove the store',", true],
  ['an advice over two lines', "remedy: 'correct it, or remove '\n  + 'the store from the rotating key',", true],
  ['an advice about items', 'remedy: `delete these items`', true],
  ['an advice with its consequence', "remedy: 'remove the store; its records become unreadable'", false],
  ['a statement about a store', "what: 'a store that is no longer declared is not re-encrypted'", false],
])('the check recognizes %s', (_, source, isFound) => {
  expect(advising(source).length > 0).toBe(isFound);
});
