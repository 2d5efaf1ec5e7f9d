import * as fc from 'fast-check';
import { isSamePolicy } from '../../../lambda/key-family/policy/same-policy';

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
  ['a list with one entry', policy(STATEMENT, { ...FENCE, Action: ['kms:Encrypt'] })],
  ['the notation for every principal', policy(STATEMENT, { ...FENCE, Principal: { AWS: '*' } })],
  ['text instead of a boolean', policy({ ...STATEMENT, Condition: { Bool: { 'kms:GrantIsForAWSResource': true } } }, FENCE)],
])('policies that differ only in %s are the same', (_, other) => {
  expect(isSamePolicy(DECLARED, other)).toBe(true);
});

test.each<[string, string]>([
  ['a principal that KMS shows by its id, because its role was deleted', DECLARED.replace('arn:two', 'AROAEXAMPLEID')],
  ['an additional action', policy(STATEMENT, { ...FENCE, Action: ['kms:Encrypt', 'kms:ReEncryptTo'] })],
  ['a missing statement', policy(STATEMENT)],
  ['an additional condition', policy(STATEMENT, { ...FENCE, Condition: { Bool: { a: 'true' } } })],
  ['their effect', policy(STATEMENT, { ...FENCE, Effect: 'Allow' })],
  ['whether they are valid JSON', '{'],
])('policies that differ in %s are not the same', (_, other) => {
  expect(isSamePolicy(DECLARED, other)).toBe(false);
});

test('policies are the same if and only if they list the same actions', () => {
  const actions = fc.uniqueArray(fc.constantFrom('kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptTo', 'kms:ReEncryptFrom', 'kms:DescribeKey'));
  fc.assert(fc.property(actions, actions, (one, other) => {
    const same = [...one].sort().join() === [...other].sort().join();
    expect(isSamePolicy(policy({ ...FENCE, Action: one }), policy({ ...FENCE, Action: other }))).toBe(same);
  }));
});
