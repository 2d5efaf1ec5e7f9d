import fc from 'fast-check';
import { canBeAboutAKey, inPlainWords, KMS_EDGES } from '../../../src/contract/policies/kms-edges';
import { isAboutAction } from '../../../src/contract/policies/wildcard';

const ACTIONS = KMS_EDGES.flatMap(({ actions }) => actions.map((action) => `kms:${action}`));
const someActions = () => fc.shuffledSubarray(ACTIONS);

/** The actions that a description means: all of an edge, or those in brackets. */
function actionsOf(words: string): string[] {
  const [, edgeWords, listed] = /^(.*?)(?: \(([^)]*)\))?$/.exec(words) ?? [];
  const edge = KMS_EDGES.find((each) => each.words === edgeWords);
  if (edge === undefined) return [words];
  return (listed?.split(', ') ?? edge.actions).map((action) => `kms:${action}`);
}

test('the words of edges are distinct, and have no brackets or commas', () => {
  const words = KMS_EDGES.map((edge) => edge.words);
  expect(new Set(words).size).toBe(words.length);
  expect(words.filter((each) => /[(),]/.test(each))).toEqual([]);
});

test('exactly the given actions can be read back from their words', () => {
  fc.assert(fc.property(someActions(), (actions) => {
    expect(inPlainWords(actions).flatMap(actionsOf).sort()).toEqual([...actions].sort());
  }));
});

test('order, repetition and case of the actions make no difference', () => {
  fc.assert(fc.property(someActions(), (actions) => {
    const others = [...actions, ...actions].reverse().map((action) => action.toUpperCase());
    expect(inPlainWords(others)).toEqual(inPlainWords([...actions].sort()));
  }));
});

test('a wildcard lists an edge if and only if it matches an action of it that applies to a key', () => {
  const fragments = fc.constantFrom('*', '?', 'De', 'crypt', 'Key', 'Grant', 'List', 'Re');
  fc.assert(fc.property(fc.array(fragments, { minLength: 1, maxLength: 5 }).map((parts) => `kms:${parts.join('')}`), (pattern) => {
    const matched = KMS_EDGES.filter(({ actions }) => actions.some((action) => isAboutAction({ Action: pattern }, `kms:${action}`)));
    const onKeys = matched.filter(({ withoutKey }) => withoutKey !== true).map(({ words }) => words);
    expect(canBeAboutAKey(pattern)).toBe(matched.length === 0 || onKeys.length > 0);
    const [described] = inPlainWords([pattern]);
    if (pattern === 'kms:*') expect(described).toBe('everything');
    else if (!ACTIONS.includes(pattern)) expect(described).toBe(onKeys.length === 0 ? pattern : `${pattern} (today: ${onKeys.join(', ')})`);
  }));
});
