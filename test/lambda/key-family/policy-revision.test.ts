import { policyRevision } from '../../../lambda/key-family/policy/policy-revision';
import { aFamilyDescription } from '../../support/world/a-family-description';
import { aPolicy } from '../../support/world/rotating-key-world';

const DECLARED = aFamilyDescription({ policyDocument: aPolicy('first') });

test('a revision has 16 digits and depends only on the policies', () => {
  expect(policyRevision(DECLARED)).toMatch(/^[0-9a-f]{16}$/);
  expect(policyRevision({ ...DECLARED, description: 'other', tags: { team: 'other' } } as typeof DECLARED)).toBe(policyRevision(DECLARED));
});

test.each([
  ['the declared policy', { policyDocument: aPolicy('second') }],
  // It is in the policy of one phase only, so a revision of the declared document would not change.
  ['the retirement role', { roles: { ...DECLARED.roles, retirement: 'arn:other' } }],
  ['the break-glass role', { roles: { ...DECLARED.roles, breakGlass: 'arn:break-glass' } }],
])('a revision changes with %s', (_, change) => {
  expect(policyRevision({ ...DECLARED, ...change })).not.toBe(policyRevision(DECLARED));
});
