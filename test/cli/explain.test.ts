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
const ACCOUNT_DECIDES = { Effect: 'Allow', Principal: { AWS: { Ref: 'AWS::AccountId' } }, Action: 'kms:*', Resource: '*' };

/** A template with one key, its alias, and what the test is about. */
function aTemplate(resources: object = {}, keyPolicy: unknown = { Statement: [ACCOUNT_DECIDES] }): string {
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
  return { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'kms:Decrypt', ...statement }] }, ...properties } };
}

function theKeyIn(template: string): ExplainedKey {
  const { keys } = explain(FILE, parseTemplate(FILE, template));
  expect(keys).toHaveLength(1);
  return keys[0]!;
}

const theKeyOf = (build: (app: App) => Stack) => theKeyIn(JSON.stringify(synthesize(build).template));
const readable = (access: ExplainedKey['access']) => access.map(({ principal, does, conditions }) => [principal.replace(/[0-9A-F]{8}$/, ''), ...does, ...conditions]);
/** What identity policies add to a key that leaves access to IAM. */
const throughIdentityPolicies = (resources: object) => theKeyIn(aTemplate(resources)).access.filter(({ through }) => through.startsWith('identity policy'));
const isAbout = (statement: object) => throughIdentityPolicies({ Policy: anIdentityPolicy(statement) }).length > 0;
const underAliases = (operator: string, names: unknown[], key = 'kms:ResourceAliases') => ({ Resource: ANY_KEY, Condition: { [operator]: { [key]: names } } });

describe('the examples', () => {
  test('examples/ledger: a key with material of its own', () => {
    const { type, aliases, notes, access } = theKeyOf((app) => new LedgerStack(app, 'Ledger'));
    expect({ type, aliases, notes }).toEqual({ type: 'AWS::KMS::Key', aliases: ['alias/ledger'], notes: [] });
    expect(readable(access)).toEqual([
      ['this account (IAM)', 'IAM policies of this account decide'],
      ['Security', 'ends grants (RevokeGrant)', 'changes the key policy', 'schedules deletion', 'cancels deletion', 'imports material',
        'deletes material', 'rotates (RotateKeyOnDemand)', 'manages aliases', 'tags', 'administers', 'looks at the key'],
      ['LedgerService', 'encrypts', 'generates data keys', 'decrypts', 're-encrypts from', 're-encrypts to', 'looks at the key (DescribeKey)'],
      ['KmsKeyMaterialImporterRole', 'imports material (ImportKeyMaterial)', 'rotates (RotateKeyOnDemand)',
        'looks at the key (DescribeKey, ListKeyRotations)'],
      ['KmsKeyMaterialImporterRole', 'imports material (GetParametersForImport)',
        'StringEquals kms:WrappingAlgorithm = RSAES_OAEP_SHA_256', 'StringEquals kms:WrappingKeySpec = RSA_4096'],
    ]);
  });

  test('examples/orders-byok: the policy of a rotating key, out of the text that it travels in', () => {
    const { type, aliases, notes, access } = theKeyOf((app) => new OrdersByokStack(app, 'Orders'));
    expect({ type, aliases }).toEqual({ type: 'Custom::RotatingKey', aliases: ['alias/orders'] });
    expect(notes).toEqual([expect.stringContaining('This is the declared policy.')]);
    expect(readable(access.filter(({ through }) => through === 'key policy'))).toEqual([
      ['this account (IAM)', 'IAM policies of this account decide'],
      ['Security', 'ends grants (RevokeGrant)', 'changes the key policy', 'cancels deletion', 'imports material', 'rotates', 'tags', 'administers', 'looks at the key'],
      ['Service', 'encrypts', 'generates data keys', 'decrypts', 're-encrypts from', 're-encrypts to', 'looks at the key (DescribeKey)'],
      ['KeyFunctionsControlRole', 'changes the key policy', 'schedules deletion', 'cancels deletion', 'manages aliases', 'tags (TagResource)', 'administers',
        'looks at the key (DescribeKey, GetKeyPolicy, ListResourceTags, ListGrants, GetKeyLastUsage)'],
      ['KeyFunctionsControlRole', 'encrypts', 'StringEquals kms:EncryptionContext:cdk-kms-lifecycle:purpose = canary'],
      ['KeyFunctionsControlRole', 'imports material (ImportKeyMaterial)', 'looks at the key (ListKeyRotations)'],
      ['KeyFunctionsControlRole', 'imports material (GetParametersForImport)',
        'StringEquals kms:WrappingAlgorithm = RSAES_OAEP_SHA_256', 'StringEquals kms:WrappingKeySpec = RSA_4096'],
      ['KeyFunctionsWorkerRole', 're-encrypts from', 're-encrypts to'],
      ['KeyFunctionsRetirementRole', 'schedules deletion', 'cancels deletion', 'tags (TagResource)', 'administers (EnableKey, DisableKey)',
        'looks at the key (DescribeKey, ListResourceTags, GetKeyLastUsage)'],
      ['KeyFunctionsRetirementRole', 'encrypts', 'StringEquals kms:EncryptionContext:cdk-kms-lifecycle:purpose = watch-probe'],
    ]);
  });

  test('what the control role may by IAM is told beside it, and what is about no key is not', () => {
    const { access } = theKeyOf((app) => new OrdersByokStack(app, 'Orders'));
    const byIam = access.filter(({ through }) => through !== 'key policy');
    const anyKey = 'for every key that matches arn:<partition>:kms:<region>:<account>:key/*';
    expect(readable(byIam)).toEqual([
      ['KeyFunctionsControlRole', 'tags (TagResource)', anyKey, 'StringEquals aws:RequestTag/cdk-kms-lifecycle:family = alias/orders'],
      ['KeyFunctionsControlRole', 'looks at the key (ListResourceTags)', anyKey],
    ]);
    expect(byIam.map(({ through }) => through)).toEqual([
      expect.stringMatching(/^identity policy KeyFunctionsControlRole\w+$/), expect.stringMatching(/^identity policy KeyFunctionsControlRole\w+$/),
    ]);
  });
});

describe('keys', () => {
  test('a key without a policy has the one that KMS gives it', () => {
    const template = JSON.stringify({ Resources: { Key: { Type: 'AWS::KMS::Key' } } });
    expect(theKeyIn(template).access).toMatchObject([{ principal: 'this account (IAM)', actions: ['kms:*'], through: 'default key policy' }]);
  });

  test('a replica has a policy of its own', () => {
    const KeyPolicy = { Statement: { Effect: 'Allow', Principal: { AWS: ROLE_ARN }, Action: 'kms:Decrypt', Resource: '*' } };
    const template = JSON.stringify({ Resources: { Replica: { Type: 'AWS::KMS::ReplicaKey', Properties: { KeyPolicy } } } });
    expect(theKeyIn(template)).toMatchObject({ type: 'AWS::KMS::ReplicaKey', access: [{ principal: 'Service', does: ['decrypts'] }] });
  });

  test('a policy that is JSON text is read as well', () => {
    expect(theKeyIn(aTemplate({}, JSON.stringify({ Statement: [ACCOUNT_DECIDES] }))).access).toHaveLength(1);
  });

  test('a rotating key that refers to nothing, and so travels as one text, is read as well', () => {
    const policyDocument = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'kms:*', Resource: '*' }] });
    const Family = JSON.stringify({ schema: 1, alias: 'alias/orders', policyDocument });
    const template = JSON.stringify({ Resources: { Key: { Type: 'Custom::RotatingKey', Properties: { Family } } } });
    expect(theKeyIn(template)).toMatchObject({ aliases: ['alias/orders'], access: [{ principal: 'account 111122223333 (IAM)' }] });
  });

  test('where the key policy leaves nothing to IAM, a note says what identity policies are worth', () => {
    const nobodyByIam = { Statement: [{ Effect: 'Allow', Principal: { AWS: ROLE_ARN }, Action: 'kms:Decrypt', Resource: '*' }] };
    const policy = { Policy: anIdentityPolicy({ Resource: KEY_ARN }) };
    expect(theKeyIn(aTemplate(policy, nobodyByIam)).notes).toEqual([expect.stringContaining('The key policy leaves nothing to IAM')]);
    expect(theKeyIn(aTemplate(policy)).notes).toEqual([]);
    expect(theKeyIn(aTemplate({}, nobodyByIam)).notes).toEqual([]);
  });
});

describe('identity policies', () => {
  test.each<[string, object]>([
    ['the ARN of the key', { Resource: KEY_ARN }],
    ['the key by reference', { Resource: [{ Ref: 'Key' }] }],
    ['an ARN that ends in the id of the key', { Resource: { 'Fn::Join': ['', ['arn:aws:kms:eu-central-1:111122223333:key/', { Ref: 'Key' }]] } }],
    ['the same, in one text', { Resource: { 'Fn::Sub': '${Key.Arn}' } }],
    ['every key', { Resource: ANY_KEY }],
    ['everything', { Resource: '*' }],
    ['everything of KMS', { Resource: 'arn:aws:kms:*' }],
    ['everything but something else', { NotResource: 'arn:aws:kms:eu-central-1:111122223333:key/other' }],
    ['everything that can be done', { Action: '*', Resource: '*' }],
    ['everything that can be done but something else', { Action: undefined, NotAction: 's3:*', Resource: '*' }],
    ['what is not known', { Action: 'kms:Teleport', Resource: KEY_ARN }],
    ['keys with its alias', underAliases('ForAnyValue:StringEquals', ['alias/other', 'alias/orders'])],
    ['keys with an alias like its own', underAliases('ForAnyValue:StringLike', ['alias/ord*'])],
    ['calls that name its alias', underAliases('StringEquals', ['alias/orders'], 'kms:RequestAlias')],
    ['keys with the alias that a resource gives it', underAliases('ForAnyValue:StringEquals', [{ Ref: 'Alias' }])],
    ['keys with an alias that only the deployment knows', underAliases('StringEquals', [{ 'Fn::Select': [0, { Ref: 'Aliases' }] }], 'kms:RequestAlias')],
    ['the key or another, as the deployment chooses', { Resource: { 'Fn::If': ['UseOther', { 'Fn::GetAtt': ['Other', 'Arn'] }, KEY_ARN] } }],
    ['what the deployment chooses to allow', { Action: { 'Fn::If': ['MayWrite', 'kms:Encrypt', 'kms:Decrypt'] }, Resource: KEY_ARN }],
    ['keys without another alias', underAliases('ForAnyValue:StringNotEquals', ['alias/other'])],
  ])('%s: is about the key', (_, statement) => {
    expect(isAbout(statement)).toBe(true);
  });

  test.each<[string, object]>([
    ['another key', { Resource: { 'Fn::GetAtt': ['Other', 'Arn'] } }],
    ['another key by its id', { Resource: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab' }],
    ['an alias, which as a resource is only itself', { Resource: 'arn:aws:kms:eu-central-1:111122223333:alias/*' }],
    ['everything but this key', { NotResource: KEY_ARN }],
    ['one of two other keys, as the deployment chooses', { Resource: { 'Fn::If': ['UseOther', { 'Fn::GetAtt': ['Other', 'Arn'] }, { Ref: 'Parameter' }] } }],
    ['everything of another service', { Resource: 'arn:aws:s3:::*' }],
    ['another service', { Action: 's3:GetObject', Resource: '*' }],
    ['no key in particular', { Action: ['kms:CreateKey', 'kms:ListAliases', 'kms:GenerateRandom'], Resource: '*' }],
    ['keys with another alias', underAliases('ForAnyValue:StringEquals', ['alias/other', 'alias/ord*'])],
    ['keys with aliases unlike its own', underAliases('ForAnyValue:StringLike', ['alias/other*'])],
    ['calls that name another alias', underAliases('StringEquals', ['alias/other'], 'kms:RequestAlias')],
  ])('%s: is not about the key', (_, statement) => {
    expect(isAbout(statement)).toBe(false);
  });

  test('a row says whom it allows what, which policy says so, and how widely', () => {
    expect(throughIdentityPolicies({ Policy: anIdentityPolicy({ Sid: 'Reads', Action: ['s3:GetObject', 'kms:Decrypt'], Resource: '*' }) })).toEqual([{
      principal: 'Service',
      effect: 'Allow',
      does: ['decrypts'],
      actions: ['kms:Decrypt'],
      conditions: ['for every key that matches *'],
      sid: 'Reads',
      through: 'identity policy Policy',
      decidedByIam: false,
    }]);
  });

  test('denials are told, too', () => {
    expect(throughIdentityPolicies({ Policy: anIdentityPolicy({ Effect: 'Deny', Resource: KEY_ARN }) })).toMatchObject([{ effect: 'Deny', conditions: [] }]);
  });

  test('a policy that the template may leave out says when it is there', () => {
    const conditional = { ...anIdentityPolicy({ Resource: KEY_ARN }), Condition: 'IsProduction' };
    expect(throughIdentityPolicies({ Policy: conditional })).toMatchObject([{ conditions: ['condition IsProduction of the template holds'] }]);
  });

  test('who waits for the material of a key means the key', () => {
    const material = { Type: 'Custom::KmsKeyMaterial', Properties: { KeyArn: KEY_ARN } };
    const byMaterial = anIdentityPolicy({ Resource: { 'Fn::GetAtt': ['Material', 'KeyArn'] } });
    expect(throughIdentityPolicies({ Material: material, Policy: byMaterial })).toMatchObject([{ principal: 'Service', conditions: [] }]);
    expect(throughIdentityPolicies({ Policy: byMaterial })).toEqual([]);
  });

  test('they are found wherever a template can have them, with whom they are attached to', () => {
    const { Properties: { PolicyDocument } } = anIdentityPolicy({ Resource: KEY_ARN }) as { Properties: { PolicyDocument: object } };
    const found = throughIdentityPolicies({
      Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument, Groups: ['people'] } },
      Unattached: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument } },
      ForRole: { Type: 'AWS::IAM::RolePolicy', Properties: { PolicyDocument, RoleName: { Ref: 'Service' } } },
      ForUser: { Type: 'AWS::IAM::UserPolicy', Properties: { PolicyDocument, UserName: 'anna' } },
      Auditor: { Type: 'AWS::IAM::User', Properties: { ManagedPolicyArns: [{ Ref: 'Managed' }], Policies: [{ PolicyName: 'Own', PolicyDocument }] } },
      AsText: { Type: 'AWS::IAM::GroupPolicy', Properties: { PolicyDocument: JSON.stringify({ Statement: { Effect: 'Allow', Action: 'kms:*', Resource: '*' } }), GroupName: 'admins' } },
    });
    expect(found.map(({ principal, through }) => `${principal} by ${through}`)).toEqual([
      'people by identity policy Managed',
      'Auditor by identity policy Managed',
      'nobody in this template by identity policy Unattached',
      'Service by identity policy ForRole',
      'anna by identity policy ForUser',
      'admins by identity policy AsText',
      'Auditor by identity policy Auditor',
    ]);
  });

  test('a generation of a rotating key is meant by its numbered alias, too', () => {
    const Family = JSON.stringify({ schema: 1, alias: 'alias/orders', policyDocument: JSON.stringify({ Statement: [ACCOUNT_DECIDES] }) });
    const isAboutGenerations = (pattern: string) => theKeyIn(JSON.stringify({
      Resources: {
        Key: { Type: 'Custom::RotatingKey', Properties: { Family } },
        Policy: anIdentityPolicy(underAliases('ForAnyValue:StringLike', [pattern])),
      },
    })).access.some(({ through }) => through === 'identity policy Policy');
    expect(['alias/orders', 'alias/orders/g?', 'alias/payments', 'alias/payments/g?'].filter(isAboutGenerations)).toEqual(['alias/orders', 'alias/orders/g?']);
  });
});

describe('the table', () => {
  const template = aTemplate(
    { Policy: anIdentityPolicy({ Sid: 'Reads', Resource: KEY_ARN, Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } } }) },
    { Statement: [ACCOUNT_DECIDES, { Sid: 'UsersDecrypt', Effect: 'Allow', Principal: { AWS: ROLE_ARN }, Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: '*' }] },
  );
  const linesAt = (width: number) => explanationLines(explain(FILE, parseTemplate(FILE, template)), width);

  test('is read in one glance', () => {
    expect(linesAt(160)).toEqual([
      'Key  AWS::KMS::Key  alias/orders',
      '',
      'WHO                 EFFECT  WHAT                                      IF                                      SAID BY',
      '------------------  ------  ----------------------------------------  --------------------------------------  -----------------------------',
      'this account (IAM)  Allow   IAM policies of this account decide       always                                  key policy',
      'Service             Allow   decrypts, looks at the key (DescribeKey)  always                                  key policy: UsersDecrypt',
      'Service             Allow   decrypts                                  only via s3.eu-central-1.amazonaws.com  identity policy Policy: Reads',
    ]);
  });

  test('breaks long names at their joints, in their own column', () => {
    expect(linesAt(100).slice(-3)).toEqual([
      'Service             Allow   decrypts                           only via s3.eu-    identity policy',
      '                                                               central-1.         Policy: Reads',
      '                                                               amazonaws.com',
    ]);
  });

  test.each([0, 80, 100, 140])('keeps to a width of %d, or of 80, and loses nothing to it', (width) => {
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
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], { cwd: ROOT, encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  function aFile(name: string, text: string): string {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  }

  test('prints tables, and one JSON object that says the same', () => {
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

  test('--help teaches with examples', () => {
    const { status, stdout } = run('explain', '--help');
    expect(status).toBe(0);
    for (const words of ['--key', '--json', 'cdk synth', 'npx cdk-kms-lifecycle explain cdk.out/Orders.template.json', 'Deny wins over Allow']) expect(stdout).toContain(words);
  });

  test('what is wrong is told with what to do, and ends with 1', () => {
    const missing = join(folder, 'missing.json');
    expect(run('explain', missing)).toEqual({
      status: 1, stdout: '', stderr: `${missing}: template cannot be read (ENOENT); name a *.template.json that cdk synth has written into cdk.out\n`,
    });
    expect(run('explain')).toEqual({ status: 1, stdout: '', stderr: 'cdk-kms-lifecycle: missing required argument \'template.json\'; see --help\n' });
    expect(run()).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('explain [options] <template.json>') });
  });
});

describe('wrong input is refused', () => {
  const explained = (text: string, logicalId?: string) => () => explain(FILE, parseTemplate(FILE, text), logicalId);

  test.each<[string, string, RegExp]>([
    ['no JSON', 'Resources: {}', /^Orders\.template\.json: file is not JSON \(.+\); synthesize the stack with cdk synth and name/],
    ['no object', '[]', /^Orders\.template\.json: file is no template of CloudFormation, got JSON that is no object; allowed: an object whose Resources each have a Type; name/],
    ['no template', '{"version":"36"}', /: file is no template of CloudFormation, got an object with version; /],
    ['resources without a type', '{"Resources":{"Key":{}}}', /: file is no template of CloudFormation, got an object with Resources; /],
    ['no key', '{"Resources":{"Role":{"Type":"AWS::IAM::Role"}}}',
      /: template has no KMS key; allowed: resources of type AWS::KMS::Key, AWS::KMS::ReplicaKey or Custom::RotatingKey; name the template of the stack/],
    ['a family that is no JSON', '{"Resources":{"Key":{"Type":"Custom::RotatingKey","Properties":{"Family":{"Ref":"Parameter"}}}}}',
      /^Key: family of the rotating key cannot be read; allowed: a Family with a policyDocument/],
    ['a key policy without statements', aTemplate({}, {}), /^Key: policy cannot be read, got nothing; allowed: a policy document/],
    ['an identity policy without statements', aTemplate({ Policy: { Type: 'AWS::IAM::Policy', Properties: {} } }), /^Policy: policy cannot be read, got nothing; /],
  ])('%s', (_, text, complaint) => {
    expect(explained(text)).toThrow(complaint);
  });

  test('a key that is not there', () => {
    expect(explained(aTemplate(), 'Nix')).toThrow(
      'Orders.template.json: template has no such key, got Nix; allowed: Key; name one of them, or leave --key out to see all');
  });
});
