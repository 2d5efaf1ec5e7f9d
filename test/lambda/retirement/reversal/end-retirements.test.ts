import type { KeyState, Tags } from '../../../../lambda/ports/keys';
import { reasonToEnable } from '../../../../lambda/retirement/reversal/enable-used-keys';
import { isInRetirement, isOfThisStack } from '../../../../lambda/retirement/reversal/end-retirements';
import { GenerationTag } from '../../../../src/contract/family/generation-tags';
import { aRetiringFamily, DELETION } from '../../../support/world/a-retiring-generation';

const ONCE = '2026-01-10T12:00:00.000Z';
const OWN = { alias: 'alias/orders', owner: 'Shop/Key' };
const tagsOf = (changes: Tags = {}): Tags => ({
  [GenerationTag.FAMILY]: OWN.alias, [GenerationTag.OWNER]: OWN.owner, [GenerationTag.STATE]: 'claimed', ...changes,
});

describe('a stack that is deleted cares for a key', () => {
  test.each<[string, Tags, string | undefined, boolean]>([
    ['that it owns', tagsOf(), OWN.owner, true],
    ['not after another stack has taken the family over: its reconcile runs check every key', tagsOf(), 'Other/Key', false],
    ['that the previous owner scheduled for deletion before the takeover', tagsOf({ [GenerationTag.OWNER]: 'Previous/Key' }), OWN.owner, true],
    ['whose tags cannot be read', {}, undefined, true],
    ['not if another stack owns it and the family', tagsOf({ [GenerationTag.OWNER]: 'Other/Key' }), 'Other/Key', false],
    ['not if it is of another family', tagsOf({ [GenerationTag.FAMILY]: 'alias/other' }), OWN.owner, false],
  ])('%s', (_, tags, familyOwner, expected) => expect(isOfThisStack(OWN, tags, familyOwner)).toBe(expected));
});

test.each<[string, KeyState, Tags, boolean]>([
  ['a deletion that retirement scheduled', 'PendingDeletion', tagsOf({ [GenerationTag.RECOUNTED_AT]: ONCE }), true],
  ['a deletion whose tags cannot be read', 'PendingDeletion', {}, true],
  ['the deletion of a key that was never used', 'PendingDeletion', tagsOf(), false],
  ['a key that retirement has disabled', 'Disabled', tagsOf({ [GenerationTag.DISABLED_SINCE]: ONCE }), true],
  ['a key that an operator has disabled', 'Disabled', tagsOf(), false],
  ['an orphan', 'Disabled', tagsOf({ [GenerationTag.STATE]: 'unclaimed', [GenerationTag.DISABLED_SINCE]: ONCE }), false],
  ['an enabled key', 'Enabled', tagsOf({ [GenerationTag.DISABLED_SINCE]: ONCE }), false],
])('whether %s is in retirement', (_, state, tags, expected) => expect(isInRetirement(state, tags)).toBe(expected));

describe('a disabled key of a family that cannot be read', () => {
  const soaking = tagsOf({ [GenerationTag.DISABLED_SINCE]: ONCE, [GenerationTag.OWNER]: aRetiringFamily().owner });
  test.each<[string, Tags, string | undefined, Partial<typeof DELETION> | undefined, RegExp | undefined]>([
    ['is enabled if a principal called it', soaking, ONCE, DELETION, /called it at 2026-01-10/],
    ['stays disabled without a call', soaking, undefined, DELETION, undefined],
    ['stays disabled with onUse: hold', soaking, ONCE, { ...DELETION, onUse: 'hold' }, undefined],
    ['is enabled if no deletion is declared', soaking, undefined, undefined, /nothing retires it/],
    ['stays as an operator has left it', { ...soaking, [GenerationTag.DISABLED_SINCE]: '' }, ONCE, DELETION, undefined],
    ['stays disabled if it has another owner', { ...soaking, [GenerationTag.OWNER]: 'Other/Key' }, ONCE, DELETION, undefined],
  ])('%s', (_, tags, usedAt, deletion, expected) => {
    const reason = reasonToEnable(aRetiringFamily({ deletion: deletion as typeof DELETION }), { state: 'Disabled', tags, usedAt });
    if (expected === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(expected);
  });
});
