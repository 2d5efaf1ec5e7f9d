import { anIdentityPolicy, aTemplate, DELEGATED_TO_IAM, KEY_ARN, keyIn, ROLE_ARN } from './a-template';

describe('a key', () => {
  test('without a policy has the default key policy of KMS', () => {
    const template = JSON.stringify({ Resources: { Key: { Type: 'AWS::KMS::Key' } } });
    expect(keyIn(template).access).toMatchObject([{ principal: 'this account (IAM)', actions: ['kms:*'], source: 'default key policy' }]);
  });

  test('that is a replica has its own policy', () => {
    const KeyPolicy = { Statement: { Effect: 'Allow', Principal: { AWS: ROLE_ARN }, Action: 'kms:Decrypt', Resource: '*' } };
    const template = JSON.stringify({ Resources: { Replica: { Type: 'AWS::KMS::ReplicaKey', Properties: { KeyPolicy } } } });
    expect(keyIn(template)).toMatchObject({ type: 'AWS::KMS::ReplicaKey', access: [{ principal: 'Service', operations: ['decrypts'] }] });
  });

  test('with a policy that is JSON text is explained', () => {
    expect(keyIn(aTemplate({}, JSON.stringify({ Statement: [DELEGATED_TO_IAM] }))).access).toHaveLength(1);
  });

  test('with one statement that is no list, and one under a condition of the template, shows both', () => {
    expect(keyIn(aTemplate({}, { Statement: DELEGATED_TO_IAM })).access).toHaveLength(1);
    const reader = { Effect: 'Allow', Principal: { AWS: { 'Fn::ImportValue': 'ReaderArn' } }, Action: ['kms:Decrypt'], Resource: '*' };
    const conditional = { 'Fn::If': ['HasReader', reader, { Ref: 'AWS::NoValue' }] };
    const { access } = keyIn(aTemplate({}, { Statement: [DELEGATED_TO_IAM, conditional] }));
    expect(access).toHaveLength(2);
    expect(access[1]).toMatchObject({ operations: ['decrypts'] });
    expect(JSON.stringify(access[1])).toContain('HasReader');
  });

  test('that is a rotating key without references, whose family is plain text, is explained', () => {
    const policyDocument = JSON.stringify({
      Statement: [{ Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'kms:*', Resource: '*' }],
    });
    const Family = JSON.stringify({ schema: 1, alias: 'alias/orders', policyDocument });
    const template = JSON.stringify({ Resources: { Key: { Type: 'Custom::RotatingKey', Properties: { Family } } } });
    expect(keyIn(template)).toMatchObject({ aliases: ['alias/orders'], access: [{ principal: 'account 111122223333 (IAM)' }] });
  });

  test('that does not delegate access to IAM has a note on the effect of identity policies', () => {
    const notDelegated = { Statement: [{ Effect: 'Allow', Principal: { AWS: ROLE_ARN }, Action: 'kms:Decrypt', Resource: '*' }] };
    const policy = { Policy: anIdentityPolicy({ Resource: KEY_ARN }) };
    expect(keyIn(aTemplate(policy, notDelegated)).notes).toEqual([
      expect.stringContaining('The key policy does not delegate access to IAM'),
    ]);
    expect(keyIn(aTemplate(policy)).notes).toEqual([]);
    expect(keyIn(aTemplate({}, notDelegated)).notes).toEqual([]);
  });
});
