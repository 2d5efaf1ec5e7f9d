import { policyRevision } from '../../../lambda/key-family/policy/policy-revision';
import { aFamilyDescription } from '../../support/world/a-family-description';
import { aPolicy } from '../../support/world/rotating-key-world';

const DECLARED = aFamilyDescription({ policyDocument: aPolicy('first') });

test('a revision is short, and the same for the same policies', () => {
  expect(policyRevision(DECLARED)).toMatch(/^[0-9a-f]{16}$/);
  expect(policyRevision({ ...DECLARED, description: 'other', tags: { team: 'other' } } as typeof DECLARED)).toBe(policyRevision(DECLARED));
});

test.each([
  ['the declared policy', { policyDocument: aPolicy('second') }],
  // It stands in one phase only: a revision of what was declared would miss it.
  ['the role that may delete', { roles: { ...DECLARED.roles, retirement: 'arn:other' } }],
  ['the role that may pass the gate by hand', { roles: { ...DECLARED.roles, breakGlass: 'arn:break-glass' } }],
])('it changes with %s', (_, change) => {
  expect(policyRevision({ ...DECLARED, ...change })).not.toBe(policyRevision(DECLARED));
});
