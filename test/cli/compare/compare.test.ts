import { App } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { compare, type AccessChange } from '../../../cli/compare/compare';
import { parseTemplate, type Template } from '../../../cli/explain/template';
import { OrdersByokStack } from '../../../examples/orders-byok/orders-byok-stack';
import { synthesize } from '../../../local/cloudformation/synthesize';
import { GrantOperation, KmsGrant, RotatingKey, type RotatingKeyProps } from '../../../src/index';
import { aCustomerManagedKey } from '../../support/a-customer-managed-key';
import { aRole, aStack } from '../../support/a-stack';
import { anIdentityPolicy, ANY_KEY, aTemplate, DELEGATED_TO_IAM, FILE, KEY_ARN, ROLE_ARN } from '../explain/a-template';

const template = (text: string) => parseTemplate(FILE, text);
const compared = (old: Template, now: Template) => compare([{ template: old }], [{ template: now }]);
const sentences = (changes: readonly AccessChange[]) => changes.map(({ change, statement, principal, operations, conditions }) =>
  `${change}: ${statement}: ${principal} ${operations.join(', ')}${conditions.length === 0 ? '' : ` if ${conditions.join(' and ')}`}`);

const decrypts = (condition?: object, others: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: ROLE_ARN },
  Action: 'kms:Decrypt',
  Resource: '*',
  ...(condition === undefined ? {} : { Condition: condition }),
  ...others,
});
const policy = (...statements: object[]) => template(aTemplate({}, { Statement: [DELEGATED_TO_IAM, ...statements] }));
const byIam = (statement: object, keyPolicy?: unknown) => template(aTemplate({ Policy: anIdentityPolicy(statement) }, keyPolicy));
const equals = (key: string, ...values: string[]) => ({ StringEquals: { [key]: values } });
const TENANT = 'kms:EncryptionContext:tenant';
const NOT_DELEGATED = { Statement: [decrypts(undefined, { Principal: { AWS: 'arn:aws:iam::111122223333:role/other' } })] };

describe('what a principal may do more and less', () => {
  test.each<[string, Template, Template, string[]]>([
    ['nothing changes', policy(decrypts()), policy(decrypts()), []],
    ['a statement appears', policy(), policy(decrypts()), ['more: Allow added: Service decrypts']],
    ['a statement disappears', policy(decrypts()), policy(), ['less: Allow removed: Service decrypts']],
    ['a statement is split in two', policy(decrypts(undefined, { Action: ['kms:Decrypt', 'kms:Encrypt'] })),
      policy(decrypts(), decrypts(undefined, { Action: 'KMS:encrypt' })), []],
    ['an action appears', policy(decrypts()), policy(decrypts(undefined, { Action: ['kms:Decrypt', 'kms:Sign'] })),
      ['more: Allow added: Service signs']],
    ['actions become a wildcard', policy(decrypts()), policy(decrypts(undefined, { Action: 'kms:De*' })), [
      'more: Allow added: Service kms:De* (currently: decrypts, derives shared secrets, decapsulates, deletes key material, manages aliases, reads metadata)',
    ]],
    ['everything becomes one action', policy(decrypts(undefined, { Action: 'kms:*' })), policy(decrypts()),
      ['less: Allow removed: Service everything']],
    ['every action except one becomes every action', policy(decrypts(undefined, { Action: undefined, NotAction: 'kms:Decrypt' })),
      policy(decrypts(undefined, { Action: 'kms:*' })), ['more: Allow added: Service everything']],
    ['every action except one becomes every action except all', policy(decrypts(undefined, { Action: undefined, NotAction: 'kms:*' })),
      policy(decrypts(undefined, { Action: undefined, NotAction: 'kms:Decrypt' })),
      ['more: Allow added: Service everything except: kms:Decrypt', 'less: Allow removed: Service everything except: kms:*']],
    ['a condition disappears', policy(decrypts(equals(TENANT, 'a'))), policy(decrypts()), ['more: Allow added: Service decrypts']],
    ['a condition appears', policy(decrypts()), policy(decrypts(equals(TENANT, 'a'))), ['less: Allow removed: Service decrypts']],
    ['a condition accepts another value', policy(decrypts(equals(TENANT, 'a'))), policy(decrypts(equals(TENANT, 'a', 'b'))),
      [`more: Allow added: Service decrypts if StringEquals ${TENANT} = a, b`]],
    ['a condition accepts one value less', policy(decrypts(equals(TENANT, 'a', 'b'))), policy(decrypts(equals(TENANT, 'a'))),
      [`less: Allow removed: Service decrypts if StringEquals ${TENANT} = a, b`]],
    ['a condition excludes one value less', policy(decrypts({ StringNotEquals: { [TENANT]: ['a', 'b'] } })),
      policy(decrypts({ StringNotEquals: { [TENANT]: ['a'] } })),
      [`more: Allow added: Service decrypts if StringNotEquals ${TENANT} = a`]],
    ['a condition changes', policy(decrypts(equals(TENANT, 'a'))), policy(decrypts(equals(TENANT, 'b'))), [
      `more: Allow added: Service decrypts if StringEquals ${TENANT} = b`, `less: Allow removed: Service decrypts if StringEquals ${TENANT} = a`,
    ]],
    ['the case of a condition key changes', policy(decrypts(equals('aws:PrincipalOrgID', 'o-1'))),
      policy(decrypts(equals('aws:principalorgid', 'o-1'))), []],
    ['a deny disappears', policy(decrypts(undefined, { Effect: 'Deny', Principal: '*' })), policy(),
      ['more: Deny removed: every principal decrypts']],
    ['a deny appears', policy(), policy(decrypts(undefined, { Effect: 'Deny', Principal: '*' })),
      ['less: Deny added: every principal decrypts']],
    ['a deny gets a condition', policy(decrypts(undefined, { Effect: 'Deny' })), policy(decrypts(equals(TENANT, 'a'), { Effect: 'Deny' })),
      ['more: Deny removed: Service decrypts']],
    ['a deny for every principal replaces one for a role', policy(decrypts(undefined, { Effect: 'Deny' })),
      policy(decrypts(undefined, { Effect: 'Deny', Principal: '*' })), ['less: Deny added: every principal decrypts']],
    ['a role is replaced by every principal', policy(decrypts()), policy(decrypts(undefined, { Principal: '*' })),
      ['more: Allow added: every principal decrypts']],
    ['a template condition disappears', policy({ 'Fn::If': ['IsTest', decrypts(), { Ref: 'AWS::NoValue' }] }), policy(decrypts()),
      ['more: Allow added: Service decrypts']],
    ['an identity policy appears', policy(), byIam({ Resource: KEY_ARN }), ['more: Allow added: Service decrypts']],
    ['a right moves from an identity policy to the key policy', byIam({ Resource: KEY_ARN }), policy(decrypts()), []],
    ['an identity policy applies to every key', byIam({ Resource: KEY_ARN }), byIam({ Resource: ANY_KEY }),
      ['more: Allow added: Service decrypts if for every key that matches arn:<partition>:kms:<region>:<account>:key/*']],
    ['an identity policy without effect appears', template(aTemplate({}, NOT_DELEGATED)), byIam({ Resource: KEY_ARN }, NOT_DELEGATED), []],
    ['the key policy begins to delegate, which an identity policy has waited for', byIam({ Resource: KEY_ARN }, NOT_DELEGATED),
      byIam({ Resource: KEY_ARN }, { Statement: [...NOT_DELEGATED.Statement, DELEGATED_TO_IAM] }),
      ['more: Allow added: this account (IAM) everything', 'more: Allow added: Service decrypts']],
  ])('%s', (_, old, now, expected) => {
    const { broadened, narrowed, keys: [key] } = compared(old, now);
    expect(sentences(key!.changes)).toEqual(expected);
    expect(key!.state).toBe(expected.length === 0 ? 'unchanged' : 'changed');
    expect([broadened, narrowed]).toEqual(['more', 'less'].map((change) => expected.some((each) => each.startsWith(change))));
  });
});

describe('a key', () => {
  const signing = (logicalId: string, alias: string, ...statements: object[]) => template(JSON.stringify({
    Resources: {
      [logicalId]: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement: [DELEGATED_TO_IAM, ...statements] } } },
      Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: alias, TargetKeyId: { Ref: logicalId } } },
    },
  }));

  test('that is new is more access', () => {
    const { broadened, keys } = compared(template('{"Resources":{}}'), policy(decrypts()));
    expect(broadened).toBe(true);
    expect(keys.map(({ logicalId, state, changes }) => [logicalId, state, sentences(changes)])).toEqual([
      ['Key', 'new', ['more: Allow added: this account (IAM) everything', 'more: Allow added: Service decrypts']],
    ]);
  });

  test('that is removed is neither: a retained key keeps its policy', () => {
    const { broadened, narrowed, keys } = compared(policy(decrypts()), template('{"Resources":{}}'));
    expect([broadened, narrowed]).toEqual([false, false]);
    expect(keys).toMatchObject([{ logicalId: 'Key', state: 'removed', changes: [] }]);
  });

  test('with another logical id is found by its alias', () => {
    const { keys } = compared(signing('Old', 'alias/a'), signing('New', 'alias/a', decrypts()));
    expect(keys.map(({ logicalId, state, changes }) => [logicalId, state, sentences(changes)])).toEqual([
      ['New', 'changed', ['more: Allow added: Service decrypts']],
    ]);
    expect(compared(signing('Old', 'alias/a'), signing('New', 'alias/b')).keys.map(({ state }) => state)).toEqual(['new', 'removed']);
  });

  test('is compared with the key of the same template of a directory', () => {
    const inFiles = (one: Template, other: Template) => [{ file: 'One.template.json', template: one }, { file: 'Other.template.json', template: other }];
    const { keys } = compare(inFiles(policy(), policy(decrypts())), inFiles(policy(decrypts()), policy(decrypts())));
    expect(keys.map(({ file, changes }) => [file, sentences(changes)])).toEqual([
      ['One.template.json', ['more: Allow added: Service decrypts']],
      ['Other.template.json', []],
    ]);
  });
});

describe('the access that a synthesized app gives', () => {
  const synthesized = (build: (stack: ReturnType<typeof aStack>) => void): Template => {
    const stack = aStack();
    build(stack);
    return template(JSON.stringify((stack.node.root as App).synth().getStackByName('Stack').template));
  };
  const rotating = (props: (stack: ReturnType<typeof aStack>) => Partial<RotatingKeyProps>) => synthesized((stack) => {
    new RotatingKey(stack, 'Key', { alias: 'orders', ...props(stack) });
  });
  const principal = (name: string) => new iam.ArnPrincipal(`arn:aws:iam::111122223333:role/${name}`);

  test('users of a RotatingKey, whose policy is in the text of a custom resource', () => {
    const { keys: [key], broadened } = compared(
      rotating(() => ({ users: [principal('one'), principal('two')] })),
      rotating(() => ({ users: [principal('one'), principal('three')], administrators: [principal('two')] })),
    );
    expect(broadened).toBe(true);
    const use = 'encrypts, generates data keys, decrypts, re-encrypts from, re-encrypts to';
    expect(sentences(key!.changes).map((each) => each.replace('arn:aws:iam::111122223333:role/', ''))).toEqual([
      expect.stringMatching(/^more: Allow added: two .*changes the key policy/),
      `more: Allow added: three ${use}, reads metadata (DescribeKey)`,
      `less: Allow removed: two ${use}`,
    ]);
  });

  test('nothing, if only tags and descriptions change', () => {
    const { keys: [key] } = compared(
      rotating(() => ({ users: [principal('one')], description: 'old' })), rotating(() => ({ users: [principal('one')], description: 'new' })),
    );
    expect(key).toMatchObject({ type: 'Custom::RotatingKey', state: 'unchanged', changes: [] });
  });

  test('a grant, with its encryption context', () => {
    const granted = (encryptionContextSubset?: Record<string, string>, ...operations: GrantOperation[]) => synthesized((stack) => {
      const key = aCustomerManagedKey(stack);
      const grantee = aRole(stack, 'Reports');
      if (operations.length > 0) new KmsGrant(stack, 'Grant', { key, grantee, operations, encryptionContextSubset });
    });
    const ofReports = (old: Template, now: Template) => sentences(compared(old, now).keys[0]!.changes)
      .filter((each) => each.includes(': Reports')).map((each) => each.replace(/Reports[0-9A-F]{8}/, 'Reports'));
    const { DECRYPT, DESCRIBE_KEY } = GrantOperation;
    const tenant = { tenant: 'a' };
    const [none, narrow, wide] = [granted(), granted(tenant, DECRYPT, DESCRIBE_KEY), granted(undefined, DECRYPT, DESCRIBE_KEY)];
    expect(ofReports(none, narrow)).toEqual([
      `more: Allow added: Reports decrypts if StringEquals ${TENANT} = a`, 'more: Allow added: Reports reads metadata (DescribeKey)',
    ]);
    expect(ofReports(narrow, wide)).toEqual(['more: Allow added: Reports decrypts']);
    expect(ofReports(wide, narrow)).toEqual(['less: Allow removed: Reports decrypts']);
  });
});

test('an example compared with itself is unchanged', () => {
  const { template: example } = synthesize((app) => new OrdersByokStack(app, 'Orders'));
  const { broadened, narrowed } = compared(example as never, example as never);
  expect([broadened, narrowed]).toEqual([false, false]);
});

describe('access that changes outside of the statements of a key', () => {
  const NO_VALUE = { Ref: 'AWS::NoValue' };
  const withTemplate = (others: object, statement: object = decrypts(), resources: object = {}) => {
    const { Resources } = policy(statement);
    return template(JSON.stringify({ ...others, Resources: { ...Resources, ...resources } }));
  };
  const byParameter = decrypts(undefined, { Principal: { AWS: { Ref: 'P' } } });
  const parameter = (Default?: string, Type = 'String') => ({ Parameters: { P: { Type, Default } } });
  const onCondition = { 'Fn::If': ['C', decrypts(), NO_VALUE] };
  const definition = (C: object, others: object = {}) => ({ Conditions: { C, ...others } });
  const byMapping = decrypts(undefined, { Principal: { AWS: { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'Role'] } } });
  const mapping = (Role: string) => ({ Mappings: { M: { 'eu-central-1': { Role } } } });
  const role = (Properties: object) => ({ Service: { Type: 'AWS::IAM::Role', Properties } });
  const trust = (...services: string[]) => ({
    AssumeRolePolicyDocument: { Statement: services.map((Service) => ({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' })) },
  });
  const alias = (TargetKeyId: string) => ({ Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/a', TargetKeyId } } });
  const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
  const ofRole = (before: object, after: object): [Template, Template] =>
    [withTemplate({}, decrypts(), role(before)), withTemplate({}, decrypts(), role(after))];

  test.each<[string, [Template, Template], RegExp | undefined]>([
    ['the default of a parameter', [withTemplate(parameter('arn:aws:iam::111122223333:role/a'), byParameter), withTemplate(parameter('*'), byParameter)], undefined],
    ['the default of a list', [
      withTemplate(parameter('arn:aws:iam::111122223333:role/a', 'CommaDelimitedList'), byParameter),
      withTemplate(parameter('arn:aws:iam::111122223333:role/a, *', 'CommaDelimitedList'), byParameter),
    ], undefined],
    ['a default within a text', [
      withTemplate(parameter('a'), decrypts(undefined, { Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::111122223333:role/${P}' } } })),
      withTemplate(parameter('b'), decrypts(undefined, { Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::111122223333:role/${P}' } } })),
    ], undefined],
    ['a mapping', [withTemplate(mapping('arn:aws:iam::111122223333:role/a'), byMapping), withTemplate(mapping('*'), byMapping)], undefined],
    ['the definition of a condition', [
      withTemplate(definition({ 'Fn::Equals': ['x', 'y'] }), onCondition), withTemplate(definition({ 'Fn::Equals': ['x', 'x'] }), onCondition),
    ], /^Conditions, C: the definition of the condition changed/],
    ['a condition that another one refers to', [
      withTemplate(definition({ Condition: 'D' }, { D: { 'Fn::Equals': ['x', 'y'] } }), onCondition),
      withTemplate(definition({ Condition: 'D' }, { D: { 'Fn::Equals': ['x', 'x'] } }), onCondition),
    ], /^Conditions, C: /],
    ['the default of a parameter in a condition', [
      withTemplate({ ...parameter('no'), ...definition({ 'Fn::Equals': [{ Ref: 'P' }, 'yes'] }) }, onCondition),
      withTemplate({ ...parameter('yes'), ...definition({ 'Fn::Equals': [{ Ref: 'P' }, 'yes'] }) }, onCondition),
    ], /^Conditions, C: /],
    ['the trust policy of a role', ofRole(trust('lambda.amazonaws.com'), trust('lambda.amazonaws.com', 'ec2.amazonaws.com')),
      /^Service: the trust policy of the role changed/],
    ['a managed policy', ofRole(trust(), { ...trust(), ManagedPolicyArns: [ADMINISTRATOR] }), /^Service: the managed policy .*AdministratorAccess was added/],
    ['a permissions boundary', ofRole({ ...trust(), PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }, trust()),
      /^Service: the permissions boundary .*ReadOnlyAccess was removed/],
    ['the target of an alias', [withTemplate({}, decrypts(), alias('Key')), withTemplate({}, decrypts(), alias('Other'))],
      /^alias\/a: the alias moved from Key to Other/],
  ])('%s is more', (_, [old, now], reason) => {
    const { broadened, undecided } = compared(old, now);
    expect(broadened).toBe(true);
    expect(undecided.map(({ where, reason: why }) => `${where}: ${why}`)).toEqual(reason === undefined ? [] : [expect.stringMatching(reason)]);
    expect(compared(now, now)).toMatchObject({ broadened: false, narrowed: false, undecided: [] });
  });

  test.each<[string, [Template, Template]]>([
    ['a principal of a trust policy', ofRole(trust('lambda.amazonaws.com', 'ec2.amazonaws.com'), trust('lambda.amazonaws.com'))],
    ['a managed policy', ofRole({ ManagedPolicyArns: [ADMINISTRATOR] }, {})],
    ['no permissions boundary', ofRole({}, { PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })],
  ])('%s that is removed is not more', (_, [old, now]) => {
    expect(compared(old, now)).toMatchObject({ broadened: false, undecided: [] });
  });
});
