import { mkdirSync } from 'node:fs';
import { aFolder, aTemplate, DELEGATED_TO_IAM, ROLE_ARN, run } from '../explain/a-template';

const folder = aFolder();
const withUsers = (...actions: string[]) => aTemplate({}, {
  Statement: [
    DELEGATED_TO_IAM,
    ...actions.map((Action) => ({ Sid: 'UsersOfOrders', Effect: 'Allow', Principal: { AWS: ROLE_ARN }, Action, Resource: '*' })),
  ],
});
let old: string;
let now: string;
beforeAll(() => {
  old = folder.file('old.json', withUsers('kms:Encrypt'));
  now = folder.file('new.json', withUsers('kms:Decrypt'));
});

test('a comparison is a table', () => {
  expect(run('explain', '--compare', old, now)).toEqual({
    status: 0,
    stderr: '',
    stdout: [
      'Key  AWS::KMS::Key  alias/orders',
      '',
      'ACCESS  PRINCIPAL  ACTIONS   CONDITIONS  STATEMENT',
      '------  ---------  --------  ----------  ----------------------------------------',
      'more    Service    decrypts  always      Allow added, key policy: UsersOfOrders',
      'less    Service    encrypts  always      Allow removed, key policy: UsersOfOrders',
      '',
    ].join('\n'),
  });
});

test('--fail-on broadening exits with 2 if a principal may do more, and prints the same', () => {
  const { status, stdout } = run('explain', '--compare', old, now, '--fail-on', 'broadening', '--json');
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    broadened: true,
    narrowed: true,
    keys: [{
      logicalId: 'Key',
      aliases: ['alias/orders'],
      state: 'changed',
      changes: [
        { change: 'more', statement: 'Allow added', principal: 'Service', actions: ['kms:Decrypt'], conditions: [], sid: 'UsersOfOrders' },
        { change: 'less', statement: 'Allow removed', principal: 'Service', actions: ['kms:Encrypt'] },
      ],
    }],
  });
});

test('--fail-on broadening exits with 0 if no principal may do more', () => {
  const fewer = folder.file('fewer.json', withUsers());
  expect(run('explain', '--compare', old, fewer, '--fail-on', 'broadening')).toMatchObject({ status: 0 });
  expect(run('explain', '--compare', old, old, '--fail-on', 'broadening')).toEqual({
    status: 0, stdout: 'No principal may do more or less than before.\n', stderr: '',
  });
});

test('directories of cdk synth are compared template by template', () => {
  for (const [directory, text] of [['old', withUsers()], ['new', withUsers('kms:Decrypt')]] as const) {
    mkdirSync(`${folder.path}/${directory}/assembly-Stage`, { recursive: true });
    folder.file(`${directory}/assembly-Stage/Orders.template.json`, text);
    folder.file(`${directory}/manifest.json`, 'no template');
  }
  const { status, stdout } = run('explain', '--compare', `${folder.path}/old`, `${folder.path}/new`);
  expect(status).toBe(0);
  expect(stdout).toContain('assembly-Stage/Orders.template.json  Key  AWS::KMS::Key  alias/orders\n');
  expect(stdout).toContain('more    Service');
});

test('--fail-on broadening exits with 2 if a change cannot be decided, also in a template without a key', () => {
  for (const [directory, Service] of [['before', 'ecs.amazonaws.com'], ['after', '*']] as const) {
    mkdirSync(`${folder.path}/${directory}`);
    folder.file(`${directory}/Keys.template.json`, aTemplate());
    const AssumeRolePolicyDocument = { Statement: { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' } };
    const Resources = { Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument } } };
    folder.file(`${directory}/Roles.template.json`, JSON.stringify({ Resources }));
  }
  expect(run('explain', '--compare', `${folder.path}/before`, `${folder.path}/after`, '--fail-on', 'broadening')).toEqual({
    status: 2,
    stderr: '',
    stdout: [
      'Not decided, and counted as more access:',
      '- Roles.template.json, Role: the trust policy of the role changed, so other principals may use a key through it',
      '',
    ].join('\n'),
  });
});

test.each<[string, () => string[], RegExp]>([
  ['a template that cannot be read', () => ['--compare', `${folder.path}/missing`, now], /missing: file does not exist; synthesize the app/],
  ['a file and a directory', () => ['--compare', folder.path, now], /^--compare: a file and a directory cannot be compared, got .+; name the same of both\n$/],
  ['templates without keys', () => {
    const none = folder.file('none.json', '{"Resources":{}}');
    return ['--compare', none, none];
  }, /: neither has a KMS key; allowed: resources of type AWS::KMS::Key, .+; name the templates of the stack that declares the key/],
  ['a condition for pipelines without --compare', () => [now, '--fail-on', 'broadening'], /^--fail-on: there is nothing to compare with; name/],
  ['another condition for pipelines', () => ['--compare', old, now, '--fail-on', 'everything'], /Allowed choices are broadening/],
  ['one key of a comparison', () => ['--compare', old, now, '--key', 'Key'], /'--key <logicalId>' cannot be used with option '--compare <old>'/],
])('%s is an error, with exit status 1', (_, args, message) => {
  const { status, stdout, stderr } = run('explain', ...args());
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(message);
});
