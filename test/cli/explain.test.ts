import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, Stack } from 'aws-cdk-lib';
import { explain, type ExplainedKey } from '../../cli/explain/explain';
import { explanationLines } from '../../cli/explain/explanation-lines';
import { parseTemplate } from '../../cli/explain/template';
import { LedgerStack } from '../../examples/ledger/ledger-stack';
import { OrdersByokStack } from '../../examples/orders-byok/orders-byok-stack';
import { synthesize } from '../../local/cloudformation/synthesize';

const ROOT = join(__dirname, '../..');
const FILE = 'Orders.template.json';
const ROLE_ARN = { 'Fn::GetAtt': ['Service', 'Arn'] };
const KEY_ARN = { 'Fn::GetAtt': ['Key', 'Arn'] };
const ANY_KEY = { 'Fn::Sub': 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*' };
const DELEGATED_TO_IAM = { Effect: 'Allow', Principal: { AWS: { Ref: 'AWS::AccountId' } }, Action: 'kms:*', Resource: '*' };

/** A template with one key, its alias, and the resources of the test. */
function aTemplate(resources: object = {}, keyPolicy: unknown = { Statement: [DELEGATED_TO_IAM] }): string {
  return JSON.stringify({
    Resources: {
      Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: keyPolicy } },
      Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/orders', TargetKeyId: { Ref: 'Key' } } },
      Service: { Type: 'AWS::IAM::Role' },
      ...resources,
    },
  });
}

function anIdentityPolicy(statement: object, properties: object = { Roles: [{ Ref: 'Service' }] }): object {
  return {
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'kms:Decrypt', ...statement }] }, ...properties },
  };
}

function keyIn(template: string): ExplainedKey {
  const { keys } = explain(FILE, parseTemplate(FILE, template));
  expect(keys).toHaveLength(1);
  return keys[0]!;
}

const keyOf = (build: (app: App) => Stack) => keyIn(JSON.stringify(synthesize(build).template));
const readable = (access: ExplainedKey['access']) =>
  access.map(({ principal, operations, conditions }) => [principal.replace(/[0-9A-F]{8}$/, ''), ...operations, ...conditions]);
/** The rows that identity policies add to a key whose policy delegates access to IAM. */
const rowsOfIdentityPolicies = (resources: object) =>
  keyIn(aTemplate(resources)).access.filter(({ source }) => source.startsWith('identity policy'));
const appliesToKey = (statement: object) => rowsOfIdentityPolicies({ Policy: anIdentityPolicy(statement) }).length > 0;
const underAliases = (operator: string, names: unknown[], key = 'kms:ResourceAliases') => ({
  Resource: ANY_KEY,
  Condition: { [operator]: { [key]: names } },
});

describe('the examples', () => {
  test('examples/ledger: a key with imported key material', () => {
    const { type, aliases, notes, access } = keyOf((app) => new LedgerStack(app, 'Ledger'));
    expect({ type, aliases, notes }).toEqual({ type: 'AWS::KMS::Key', aliases: ['alias/ledger'], notes: [] });
    expect(readable(access)).toEqual([
      ['this account (IAM)', 'IAM policies of this account decide'],
      [
        'Security',
        'revokes and retires grants (RevokeGrant)',
        'changes the key policy',
        'schedules deletion',
        'cancels deletion',
        'imports key material',
        'deletes key material',
        'rotates (RotateKeyOnDemand)',
        'manages aliases',
        'tags',
        'administers',
        'reads metadata',
      ],
      [
        'LedgerService',
        'encrypts',
        'generates data keys',
        'decrypts',
        're-encrypts from',
        're-encrypts to',
        'reads metadata (DescribeKey)',
      ],
      [
        'KmsKeyMaterialImporterRole',
        'imports key material (ImportKeyMaterial)',
        'rotates (RotateKeyOnDemand)',
        'reads metadata (DescribeKey, ListKeyRotations)',
      ],
      [
        'KmsKeyMaterialImporterRole',
        'imports key material (GetParametersForImport)',
        'StringEquals kms:WrappingAlgorithm = RSAES_OAEP_SHA_256',
        'StringEquals kms:WrappingKeySpec = RSA_4096',
      ],
    ]);
  });

  test('examples/orders-byok: the policy of a rotating key is read from the text of its family', () => {
    const { type, aliases, notes, access } = keyOf((app) => new OrdersByokStack(app, 'Orders'));
    expect({ type, aliases }).toEqual({ type: 'Custom::RotatingKey', aliases: ['alias/orders'] });
    expect(notes).toEqual([expect.stringContaining('Every generation has this policy, and Deny statements')]);
    expect(readable(access.filter(({ source }) => source === 'key policy'))).toEqual([
      ['this account (IAM)', 'IAM policies of this account decide'],
      [
        'Security',
        'revokes and retires grants (RevokeGrant)',
        'changes the key policy',
        'cancels deletion',
        'imports key material',
        'rotates',
        'tags',
        'administers',
        'reads metadata',
      ],
      ['Service', 'encrypts', 'generates data keys', 'decrypts', 're-encrypts from', 're-encrypts to', 'reads metadata (DescribeKey)'],
      [
        'KeyFunctionsControlRole',
        'changes the key policy',
        'schedules deletion',
        'cancels deletion',
        'manages aliases',
        'tags (TagResource)',
        'administers',
        'reads metadata (DescribeKey, GetKeyPolicy, ListResourceTags, ListGrants, GetKeyLastUsage)',
      ],
      ['KeyFunctionsControlRole', 'encrypts', 'StringEquals kms:EncryptionContext:cdk-kms-lifecycle:purpose = canary'],
      ['KeyFunctionsControlRole', 'imports key material (ImportKeyMaterial)', 'reads metadata (ListKeyRotations)'],
      [
        'KeyFunctionsControlRole',
        'imports key material (GetParametersForImport)',
        'StringEquals kms:WrappingAlgorithm = RSAES_OAEP_SHA_256',
        'StringEquals kms:WrappingKeySpec = RSA_4096',
      ],
      ['KeyFunctionsWorkerRole', 're-encrypts from', 're-encrypts to'],
      [
        'KeyFunctionsRetirementRole',
        'schedules deletion',
        'cancels deletion',
        'tags (TagResource)',
        'administers (EnableKey, DisableKey)',
        'reads metadata (DescribeKey, ListResourceTags, GetKeyLastUsage)',
      ],
      ['KeyFunctionsRetirementRole', 'encrypts', 'StringEquals kms:EncryptionContext:cdk-kms-lifecycle:purpose = watch-probe'],
    ]);
  });

  test('identity policies of the control role are listed too, without the statements that do not apply to the key', () => {
    const { access } = keyOf((app) => new OrdersByokStack(app, 'Orders'));
    const byIam = access.filter(({ source }) => source !== 'key policy');
    const anyKey = 'for every key that matches arn:<partition>:kms:<region>:<account>:key/*';
    expect(readable(byIam)).toEqual([
      ['KeyFunctionsControlRole', 'tags (TagResource)', anyKey, 'StringEquals aws:RequestTag/cdk-kms-lifecycle:family = alias/orders'],
      ['KeyFunctionsControlRole', 'reads metadata (ListResourceTags)', anyKey],
    ]);
    expect(byIam.map(({ source }) => source)).toEqual([
      expect.stringMatching(/^identity policy KeyFunctionsControlRole\w+$/),
      expect.stringMatching(/^identity policy KeyFunctionsControlRole\w+$/),
    ]);
  });
});

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

describe('the table', () => {
  const template = aTemplate(
    {
      Policy: anIdentityPolicy({
        Sid: 'Reads',
        Resource: KEY_ARN,
        Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
      }),
    },
    {
      Statement: [
        DELEGATED_TO_IAM,
        { Sid: 'UsersDecrypt', Effect: 'Allow', Principal: { AWS: ROLE_ARN }, Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: '*' },
      ],
    },
  );
  const linesAt = (width: number) => explanationLines(explain(FILE, parseTemplate(FILE, template)), width);

  test('has one line for each row that is short', () => {
    expect(linesAt(160)).toEqual([
      'Key  AWS::KMS::Key  alias/orders',
      '',
      'PRINCIPAL           EFFECT  ACTIONS                                 CONDITIONS                              SOURCE',
      '------------------  ------  --------------------------------------  --------------------------------------  -----------------------------',
      'this account (IAM)  Allow   IAM policies of this account decide     always                                  key policy',
      'Service             Allow   decrypts, reads metadata (DescribeKey)  always                                  key policy: UsersDecrypt',
      'Service             Allow   decrypts                                only via s3.eu-central-1.amazonaws.com  identity policy Policy: Reads',
    ]);
  });

  test('wraps long names within their column', () => {
    expect(linesAt(100).slice(-3)).toEqual([
      'Service             Allow   decrypts                           only via s3.eu-    identity policy',
      '                                                               central-1.         Policy: Reads',
      '                                                               amazonaws.com',
    ]);
  });

  test.each([0, 80, 100, 140])('is at most %d wide, or 80, and omits nothing', (width) => {
    const lines = linesAt(width);
    expect(lines.filter((line) => line.length > Math.max(width, 80))).toEqual([]);
    const text = lines.join('').replace(/\s/g, '');
    for (const word of ['Service', 'UsersDecrypt', 'Reads']) expect(text).toContain(word);
  });
});

describe('the command', () => {
  let folder: string;
  beforeAll(() => folder = mkdtempSync(join(tmpdir(), 'explain-')));
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  function aFile(name: string, text: string): string {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  }

  test('prints tables, or one JSON object with the same content', () => {
    const other = { Second: { Type: 'AWS::KMS::Key' } };
    const file = aFile(FILE, aTemplate(other));
    const tables = run('explain', file);
    expect(tables).toMatchObject({ status: 0, stderr: '' });
    expect(tables.stdout).toContain('Key  AWS::KMS::Key  alias/orders\n');
    expect(tables.stdout).toContain('Second  AWS::KMS::Key\n');

    const { status, stdout } = run('explain', file, '--json', '--key', 'Second');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(explain(file, parseTemplate(file, aTemplate(other)), 'Second'));
  });

  test('prints help with examples', () => {
    const { status, stdout } = run('explain', '--help');
    expect(status).toBe(0);
    for (const words of [
      '--key',
      '--json',
      'cdk synth',
      'npx cdk-kms-lifecycle explain cdk.out/Orders.template.json',
      'An explicit Deny overrides every Allow',
    ]) {
      expect(stdout).toContain(words);
    }
  });

  test('prints the error and its remedy, and exits with 1', () => {
    const missing = join(folder, 'missing.json');
    expect(run('explain', missing)).toEqual({
      status: 1,
      stdout: '',
      stderr: `${missing}: template cannot be read (ENOENT); name a *.template.json that cdk synth has written to cdk.out\n`,
    });
    expect(run('explain')).toEqual({
      status: 1,
      stdout: '',
      stderr: "cdk-kms-lifecycle: missing required argument 'template.json'; see --help\n",
    });
    expect(run()).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('explain [options] <template.json>') });
  });
});

describe('an error names', () => {
  const explained = (text: string, logicalId?: string) => () => explain(FILE, parseTemplate(FILE, text), logicalId);

  test.each<[string, string, RegExp]>([
    [
      'a file that is not JSON',
      'Resources: {}',
      /^Orders\.template\.json: file is not JSON \(.+\); synthesize the stack with cdk synth and name/,
    ],
    [
      'JSON that is not an object',
      '[]',
      /^Orders\.template\.json: file is not a CloudFormation template, got JSON that is not an object; allowed: an object with Resources, each of which has a Type; name/,
    ],
    ['an object without resources', '{"version":"36"}', /: file is not a CloudFormation template, got an object with version; /],
    ['resources without a type', '{"Resources":{"Key":{}}}', /: file is not a CloudFormation template, got an object with Resources; /],
    [
      'a template without a key',
      '{"Resources":{"Role":{"Type":"AWS::IAM::Role"}}}',
      /: template has no KMS key; allowed: resources of type AWS::KMS::Key, AWS::KMS::ReplicaKey or Custom::RotatingKey; name the template of the stack/,
    ],
    [
      'a family that is not JSON',
      '{"Resources":{"Key":{"Type":"Custom::RotatingKey","Properties":{"Family":{"Ref":"Parameter"}}}}}',
      /^Key: family of the rotating key cannot be read; allowed: a Family with a policyDocument/,
    ],
    ['a key policy without statements', aTemplate({}, {}), /^Key: policy cannot be read, got nothing; allowed: a policy document/],
    [
      'an identity policy without statements',
      aTemplate({ Policy: { Type: 'AWS::IAM::Policy', Properties: {} } }),
      /^Policy: policy cannot be read, got nothing; /,
    ],
  ])('%s', (_, text, message) => {
    expect(explained(text)).toThrow(message);
  });

  test('a logical id that is not in the template', () => {
    expect(explained(aTemplate(), 'Missing')).toThrow(
      'Orders.template.json: template has no key with this logical id, got Missing; allowed: Key; name one of them, or omit --key to list all',
    );
  });
});
