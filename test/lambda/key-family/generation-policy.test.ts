import { generationPolicy } from '../../../lambda/key-family/generation-policy';

const DECLARED = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Sid: 'Users', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/orders' }, Action: 'kms:*', Resource: '*' }],
});

test.each(['next', 'current'] as const)('a generation that is %s stands under the declared policy to the letter', (phase) => {
  expect(generationPolicy(DECLARED, phase)).toBe(DECLARED);
});

test('a fenced generation keeps every declared statement and denies everybody exactly what makes something new', () => {
  const { Statement } = JSON.parse(generationPolicy(DECLARED, 'fenced'));
  expect(Statement).toEqual([
    JSON.parse(DECLARED).Statement[0],
    {
      Sid: 'NobodyMakesAnythingNewUnderAReplacedGeneration',
      Effect: 'Deny',
      Principal: '*',
      Action: [
        'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:GenerateDataKeyPair',
        'kms:GenerateDataKeyPairWithoutPlaintext', 'kms:ReEncryptTo', 'kms:CreateGrant',
      ],
      Resource: '*',
    },
  ]);
});

test('fencing says the same however often it is asked', () => {
  expect(generationPolicy(DECLARED, 'fenced')).toBe(generationPolicy(DECLARED, 'fenced'));
});
