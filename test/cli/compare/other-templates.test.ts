import { App as CdkApp, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { comparedApps, undecidedIn, withoutKey, type App } from './templates';
import { anIdentityPolicy, ANY_KEY, aTemplate, KEY_ARN } from '../explain/a-template';

const IMPORTED = { 'Fn::ImportValue': 'Keys:KeyArn' };
const LITERAL = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const KEYS = { 'Keys.json': aTemplate() };
const BUCKET = { Bucket: { Type: 'AWS::S3::Bucket' } };
const service = (...statements: object[]) => ({
  ...KEYS,
  'Service.json': withoutKey({
    Role: { Type: 'AWS::IAM::Role' },
    Lookup: { Type: 'Custom::Lookup' },
    ...BUCKET,
    ...Object.fromEntries(statements.map((statement, position) => [`Policy${position}`, anIdentityPolicy(statement, { Roles: [{ Ref: 'Role' }] })])),
  }),
});

describe('an identity policy of a template without the key', () => {
  test.each<[string, object, RegExp]>([
    ['an imported key', { Resource: IMPORTED }, /^Service.json, Policy0: the policy allows Role on imported Keys:KeyArn, .*: kms:Decrypt$/],
    ['a literal ARN', { Resource: LITERAL }, /allows Role on arn:aws:kms:eu-central-1:111122223333:key\/1234abcd/],
    ['every resource', { Resource: '*' }, /allows Role on \*/],
    ['every key', { Resource: ANY_KEY }, /key\/\*/],
    ['every resource except one', { NotResource: 'arn:aws:s3:::b' }, /allows Role on every resource except arn:aws:s3:::b/],
    ['a key of a custom resource', { Resource: { 'Fn::GetAtt': ['Lookup', 'Arn'] } }, /allows Role on Lookup/],
    ['a key of a parameter', { Resource: { Ref: 'KeyArn' } }, /allows Role on KeyArn/],
    ['a key that a condition selects', { Resource: { 'Fn::If': ['C', IMPORTED, LITERAL] } }, /allows Role on \{"Fn::If"/],
    ['every action', { Action: '*', Resource: '*' }, /: \*$/],
    ['every action except those of another service', { Action: undefined, NotAction: 's3:*', Resource: '*' }, /everything except: s3:\*/],
  ])('that allows %s is undecided if it is new', (_, statement, expected) => {
    expect(undecidedIn(service(), service(statement))).toContainEqual(expect.stringMatching(expected));
  });

  test.each<[string, object]>([
    ['a bucket of the template', { Action: ['s3:GetObject', 'kms:Decrypt'], Resource: { 'Fn::GetAtt': ['Bucket', 'Arn'] } }],
    ['the objects of a bucket', { Action: '*', Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/*']] } }],
    ['resources of another service', { Action: '*', Resource: 'arn:aws:s3:::b/*' }],
    ['an alias', { Resource: 'arn:aws:kms:eu-central-1:111122223333:alias/orders' }],
    ['an action of another service', { Action: 's3:GetObject', Resource: '*' }],
    ['an action without a key', { Action: ['kms:CreateKey', 'kms:ListAliases'], Resource: '*' }],
    ['nothing', { Effect: 'Deny', Resource: IMPORTED }],
  ])('that allows %s is no change', (_, statement) => {
    expect(undecidedIn(service(), service(statement))).toEqual([]);
  });

  test('that allows more than before is undecided, and one that allows less is not', () => {
    const [wide, narrow] = [{ Action: 'kms:*', Resource: '*' }, { Action: 'kms:Decrypt', Resource: IMPORTED, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }];
    expect(undecidedIn(service(wide), service(narrow))).toEqual([]);
    expect(undecidedIn(service(narrow), service(wide))).toEqual([expect.stringMatching(/allows Role on \*.*: kms:\*$/)]);
  });

  test('that no longer denies is undecided', () => {
    const deny = { Effect: 'Deny', Resource: IMPORTED };
    expect(undecidedIn(service(deny), service())).toEqual([expect.stringMatching(/no longer denies Role on imported Keys:KeyArn/)]);
    expect(undecidedIn({ ...service(deny) }, KEYS)).toEqual([]);
  });
});

describe('a policy in the template of one key', () => {
  const app = (statement: object, others: App = {}) => ({ ...others, 'A.json': aTemplate({ Policy: anIdentityPolicy(statement) }) });

  test('is compared for this key, and is undecided for the keys of other templates', () => {
    expect(undecidedIn(app({ Resource: KEY_ARN }), app({ Resource: ANY_KEY }))).toEqual([]);
    expect(comparedApps(app({ Resource: KEY_ARN }), app({ Resource: ANY_KEY })).broadened).toBe(true);
    expect(undecidedIn(app({ Resource: KEY_ARN }, KEYS), app({ Resource: ANY_KEY }, KEYS))).toEqual([expect.stringMatching(/^A.json, Policy: /)]);
  });

  test('is undecided if it names a key that is not in the template', () => {
    expect(undecidedIn(app({ Resource: KEY_ARN }), app({ Resource: IMPORTED }))).toEqual([expect.stringMatching(/^A.json, Policy: /)]);
  });
});

test('a grant on a key of another template is undecided if it is new or changed', () => {
  const grant = (KeyArn: unknown, ...Operations: string[]) => ({
    ...KEYS, 'Service.json': withoutKey({ Grant: { Type: 'Custom::KmsGrant', Properties: { KeyArn, GranteePrincipal: 'Role', Operations } } }),
  });
  const expected = [expect.stringMatching(/^Service.json, Grant: the grant is new or changed, and imported Keys:KeyArn may be/)];
  expect(undecidedIn(KEYS, grant(IMPORTED, 'Decrypt'))).toEqual(expected);
  expect(undecidedIn(grant(IMPORTED, 'Decrypt'), grant(IMPORTED, 'Decrypt', 'CreateGrant'))).toEqual(expected);
  expect(undecidedIn(KEYS, grant(LITERAL, 'Decrypt'))).toHaveLength(1);
});

test('a role of another stack to which a key grants decryption is undecided', () => {
  const synthesized = (isGranted: boolean): App => {
    const app = new CdkApp();
    const key = new kms.Key(new Stack(app, 'Keys'), 'Key');
    const role = new iam.Role(new Stack(app, 'Service'), 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    key.grantEncrypt(role);
    if (isGranted) key.grantDecrypt(role);
    return Object.fromEntries(app.synth().stacks.map(({ templateFile, template }) => [templateFile, JSON.stringify(template)]));
  };
  expect(undecidedIn(synthesized(false), synthesized(true))).toEqual([
    expect.stringMatching(/^Service.template.json, RoleDefaultPolicy\w+: the policy allows Role\w+ on imported Keys:.*: kms:Decrypt$/),
  ]);
});
