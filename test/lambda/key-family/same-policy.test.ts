import * as fc from 'fast-check';
import { saySame } from '../../../lambda/key-family/policy/same-policy';

const STATEMENT = {
  Sid: 'Users',
  Effect: 'Allow',
  Principal: { AWS: ['arn:one', 'arn:two'] },
  Action: ['kms:Encrypt', 'kms:Decrypt'],
  Resource: '*',
  Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
};
const FENCE = { Effect: 'Deny', Principal: '*', Action: 'kms:Encrypt', Resource: '*' };
const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const DECLARED = policy(STATEMENT, FENCE);

test.each<[string, string]>([
  ['white space', JSON.stringify(JSON.parse(DECLARED), null, 2)],
  ['the order of members', JSON.stringify({ Statement: [STATEMENT, FENCE], Version: '2012-10-17' })],
  ['the order of statements', policy(FENCE, STATEMENT)],
  ['the order of principals', policy({ ...STATEMENT, Principal: { AWS: ['arn:two', 'arn:one'] } }, FENCE)],
  ['a list of one', policy(STATEMENT, { ...FENCE, Action: ['kms:Encrypt'] })],
  ['how everybody is spelt', policy(STATEMENT, { ...FENCE, Principal: { AWS: '*' } })],
  ['text or boolean', policy({ ...STATEMENT, Condition: { Bool: { 'kms:GrantIsForAWSResource': true } } }, FENCE)],
])('%s makes no difference', (_, other) => {
  expect(saySame(DECLARED, other)).toBe(true);
});

test.each<[string, string]>([
  ['a principal that KMS shows by its id, since its role has been deleted', DECLARED.replace('arn:two', 'AROAEXAMPLEID')],
  ['an action more', policy(STATEMENT, { ...FENCE, Action: ['kms:Encrypt', 'kms:ReEncryptTo'] })],
  ['a statement less', policy(STATEMENT)],
  ['a condition more', policy(STATEMENT, { ...FENCE, Condition: { Bool: { a: 'true' } } })],
  ['Allow instead of Deny', policy(STATEMENT, { ...FENCE, Effect: 'Allow' })],
  ['something that cannot be read', '{'],
])('%s makes one', (_, other) => {
  expect(saySame(DECLARED, other)).toBe(false);
});

test('a policy says the same as itself, and another list of actions never does', () => {
  const actions = fc.uniqueArray(fc.constantFrom('kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptTo', 'kms:ReEncryptFrom', 'kms:DescribeKey'));
  fc.assert(fc.property(actions, actions, (one, other) => {
    const same = [...one].sort().join() === [...other].sort().join();
    expect(saySame(policy({ ...FENCE, Action: one }), policy({ ...FENCE, Action: other }))).toBe(same);
  }));
});
