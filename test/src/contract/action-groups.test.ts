import fc from 'fast-check';
import { ACTION_GROUPS, canApplyToKeys, readableOperations } from '../../../src/contract/policies/action-groups';
import { isAboutAction } from '../../../src/contract/policies/wildcard';

const ACTIONS = ACTION_GROUPS.flatMap(({ actions }) => actions.map((action) => `kms:${action}`));
const someActions = () => fc.shuffledSubarray(ACTIONS);

/** The actions that a description means: all of a group, or those in brackets. */
function actionsOf(description: string): string[] {
  const [, groupDescription, listed] = /^(.*?)(?: \(([^)]*)\))?$/.exec(description) ?? [];
  const group = ACTION_GROUPS.find((each) => each.description === groupDescription);
  if (group === undefined) return [description];
  return (listed?.split(', ') ?? group.actions).map((action) => `kms:${action}`);
}

test('the descriptions of groups are distinct, and have no brackets or commas', () => {
  const descriptions = ACTION_GROUPS.map((group) => group.description);
  expect(new Set(descriptions).size).toBe(descriptions.length);
  expect(descriptions.filter((each) => /[(),]/.test(each))).toEqual([]);
});

test('exactly the given actions can be read back from their description', () => {
  fc.assert(fc.property(someActions(), (actions) => {
    expect(readableOperations(actions).flatMap(actionsOf).sort()).toEqual([...actions].sort());
  }));
});

test('order, repetition and case of the actions make no difference', () => {
  fc.assert(fc.property(someActions(), (actions) => {
    const others = [...actions, ...actions].reverse().map((action) => action.toUpperCase());
    expect(readableOperations(others)).toEqual(readableOperations([...actions].sort()));
  }));
});

test('a wildcard lists a group if and only if it matches an action of it that applies to a key', () => {
  const fragments = fc.constantFrom('*', '?', 'De', 'crypt', 'Key', 'Grant', 'List', 'Re');
  fc.assert(fc.property(fc.array(fragments, { minLength: 1, maxLength: 5 }).map((parts) => `kms:${parts.join('')}`), (pattern) => {
    const matched = ACTION_GROUPS.filter(({ actions }) => actions.some((action) => isAboutAction({ Action: pattern }, `kms:${action}`)));
    const onKeys = matched.filter(({ withoutKey }) => withoutKey !== true).map(({ description }) => description);
    expect(canApplyToKeys(pattern)).toBe(matched.length === 0 || onKeys.length > 0);
    const [described] = readableOperations([pattern]);
    if (pattern === 'kms:*') expect(described).toBe('everything');
    else if (!ACTIONS.includes(pattern)) expect(described).toBe(onKeys.length === 0 ? pattern : `${pattern} (currently: ${onKeys.join(', ')})`);
  }));
});
