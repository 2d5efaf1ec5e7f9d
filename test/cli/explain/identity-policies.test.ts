import { anIdentityPolicy, ANY_KEY, aTemplate, DELEGATED_TO_IAM, KEY_ARN, keyIn } from './a-template';

/** The rows that identity policies add to a key whose policy delegates access to IAM. */
const rowsOfIdentityPolicies = (resources: object) =>
  keyIn(aTemplate(resources)).access.filter(({ source }) => source.startsWith('identity policy'));
const appliesToKey = (statement: object) => rowsOfIdentityPolicies({ Policy: anIdentityPolicy(statement) }).length > 0;
const underAliases = (operator: string, names: unknown[], key = 'kms:ResourceAliases') => ({
  Resource: ANY_KEY,
  Condition: { [operator]: { [key]: names } },
});

describe('identity policies', () => {
  test.each<[string, object]>([
    ['the ARN of the key', { Resource: KEY_ARN }],
    ['the key by reference', { Resource: [{ Ref: 'Key' }] }],
    [
      'an ARN that ends in the id of the key',
      { Resource: { 'Fn::Join': ['', ['arn:aws:kms:eu-central-1:111122223333:key/', { Ref: 'Key' }]] } },
    ],
    ['the same ARN as Fn::Sub', { Resource: { 'Fn::Sub': '${Key.Arn}' } }],
    ['every key by a wildcard', { Resource: ANY_KEY }],
    ['every resource', { Resource: '*' }],
    ['every KMS resource', { Resource: 'arn:aws:kms:*' }],
    ['every resource except another key', { NotResource: 'arn:aws:kms:eu-central-1:111122223333:key/other' }],
    ['every action', { Action: '*', Resource: '*' }],
    ['every action except those of another service', { Action: undefined, NotAction: 's3:*', Resource: '*' }],
    ['an unknown KMS action', { Action: 'kms:Teleport', Resource: KEY_ARN }],
    ['keys with its alias', underAliases('ForAnyValue:StringEquals', ['alias/other', 'alias/orders'])],
    ['keys with an alias that matches a pattern', underAliases('ForAnyValue:StringLike', ['alias/ord*'])],
    ['calls that name its alias', underAliases('StringEquals', ['alias/orders'], 'kms:RequestAlias')],
    ['keys with the alias of an AWS::KMS::Alias resource', underAliases('ForAnyValue:StringEquals', [{ Ref: 'Alias' }])],
    [
      'calls with an alias that is known only at deployment',
      underAliases('StringEquals', [{ 'Fn::Select': [0, { Ref: 'Aliases' }] }], 'kms:RequestAlias'),
    ],
    [
      'the key or another one, by a condition of the template',
      { Resource: { 'Fn::If': ['UseOther', { 'Fn::GetAtt': ['Other', 'Arn'] }, KEY_ARN] } },
    ],
    [
      'actions that a condition of the template selects',
      { Action: { 'Fn::If': ['MayWrite', 'kms:Encrypt', 'kms:Decrypt'] }, Resource: KEY_ARN },
    ],
    ['keys without a certain alias', underAliases('ForAnyValue:StringNotEquals', ['alias/other'])],
  ])('a statement about %s applies to the key', (_, statement) => {
    expect(appliesToKey(statement)).toBe(true);
  });

  test.each<[string, object]>([
    ['another key', { Resource: { 'Fn::GetAtt': ['Other', 'Arn'] } }],
    ['another key by its id', { Resource: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab' }],
    ['an alias as the resource', { Resource: 'arn:aws:kms:eu-central-1:111122223333:alias/*' }],
    ['every resource except this key', { NotResource: KEY_ARN }],
    [
      'one of two other keys, by a condition of the template',
      { Resource: { 'Fn::If': ['UseOther', { 'Fn::GetAtt': ['Other', 'Arn'] }, { Ref: 'Parameter' }] } },
    ],
    ['every resource of another service', { Resource: 'arn:aws:s3:::*' }],
    ['an action of another service', { Action: 's3:GetObject', Resource: '*' }],
    ['actions without a key', { Action: ['kms:CreateKey', 'kms:ListAliases', 'kms:GenerateRandom'], Resource: '*' }],
    ['keys with another alias', underAliases('ForAnyValue:StringEquals', ['alias/other', 'alias/ord*'])],
    ['keys with aliases that match another pattern', underAliases('ForAnyValue:StringLike', ['alias/other*'])],
    ['calls that name another alias', underAliases('StringEquals', ['alias/other'], 'kms:RequestAlias')],
  ])('a statement about %s does not apply to the key', (_, statement) => {
    expect(appliesToKey(statement)).toBe(false);
  });

  test('a row names principal, actions, scope and source', () => {
    expect(
      rowsOfIdentityPolicies({ Policy: anIdentityPolicy({ Sid: 'Reads', Action: ['s3:GetObject', 'kms:Decrypt'], Resource: '*' }) }),
    ).toEqual([
      {
        principal: 'Service',
        effect: 'Allow',
        operations: ['decrypts'],
        actions: ['kms:Decrypt'],
        conditions: ['for every key that matches *'],
        sid: 'Reads',
        source: 'identity policy Policy',
        decidedByIam: false,
      },
    ]);
  });

  test('a Deny statement is a row, too', () => {
    expect(rowsOfIdentityPolicies({ Policy: anIdentityPolicy({ Effect: 'Deny', Resource: KEY_ARN }) })).toMatchObject([
      { effect: 'Deny', conditions: [] },
    ]);
  });

  test('a policy with a condition of the template names the condition', () => {
    const conditional = { ...anIdentityPolicy({ Resource: KEY_ARN }), Condition: 'IsProduction' };
    expect(rowsOfIdentityPolicies({ Policy: conditional })).toMatchObject([
      { conditions: ['condition IsProduction of the template holds'] },
    ]);
  });

  test('the KeyArn attribute of a key material resource identifies the key', () => {
    const material = { Type: 'Custom::KmsKeyMaterial', Properties: { KeyArn: KEY_ARN } };
    const byMaterial = anIdentityPolicy({ Resource: { 'Fn::GetAtt': ['Material', 'KeyArn'] } });
    expect(rowsOfIdentityPolicies({ Material: material, Policy: byMaterial })).toMatchObject([{ principal: 'Service', conditions: [] }]);
    expect(rowsOfIdentityPolicies({ Policy: byMaterial })).toEqual([]);
  });

  test('every kind of identity policy is found, with the principals that it is attached to', () => {
    const { Properties: { PolicyDocument } } = anIdentityPolicy({ Resource: KEY_ARN }) as { Properties: { PolicyDocument: object } };
    const found = rowsOfIdentityPolicies({
      Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument, Groups: ['auditors'] } },
      Unattached: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument } },
      ForRole: { Type: 'AWS::IAM::RolePolicy', Properties: { PolicyDocument, RoleName: { Ref: 'Service' } } },
      ForUser: { Type: 'AWS::IAM::UserPolicy', Properties: { PolicyDocument, UserName: 'anna' } },
      Auditor: {
        Type: 'AWS::IAM::User',
        Properties: { ManagedPolicyArns: [{ Ref: 'Managed' }], Policies: [{ PolicyName: 'Own', PolicyDocument }] },
      },
      AsText: {
        Type: 'AWS::IAM::GroupPolicy',
        Properties: {
          PolicyDocument: JSON.stringify({ Statement: { Effect: 'Allow', Action: 'kms:*', Resource: '*' } }),
          GroupName: 'admins',
        },
      },
    });
    expect(found.map(({ principal, source }) => `${principal} by ${source}`)).toEqual([
      'auditors by identity policy Managed',
      'Auditor by identity policy Managed',
      'no principal in this template by identity policy Unattached',
      'Service by identity policy ForRole',
      'anna by identity policy ForUser',
      'admins by identity policy AsText',
      'Auditor by identity policy Auditor',
    ]);
  });

  test('the alias of a generation identifies a rotating key, too', () => {
    const Family = JSON.stringify({ schema: 1, alias: 'alias/orders', policyDocument: JSON.stringify({ Statement: [DELEGATED_TO_IAM] }) });
    const appliesToRotatingKey = (pattern: string) => keyIn(JSON.stringify({
      Resources: {
        Key: { Type: 'Custom::RotatingKey', Properties: { Family } },
        Policy: anIdentityPolicy(underAliases('ForAnyValue:StringLike', [pattern])),
      },
    })).access.some(({ source }) => source === 'identity policy Policy');
    expect(['alias/orders', 'alias/orders/g?', 'alias/payments', 'alias/payments/g?'].filter(appliesToRotatingKey)).toEqual([
      'alias/orders',
      'alias/orders/g?',
    ]);
  });
});
