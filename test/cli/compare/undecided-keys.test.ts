import { keyFor, aRoleWith, undecidedIn, withoutKey, type App } from './templates';
import { aTemplate, DELEGATED_TO_IAM, ROLE_ARN } from '../explain/a-template';

const rotating = (family: object): App => ({
  'A.json': withoutKey({
    Key: {
      Type: 'Custom::RotatingKey',
      Properties: { Family: JSON.stringify({ alias: 'alias/a', policyDocument: JSON.stringify({ Statement: [DELEGATED_TO_IAM] }), ...family }) },
    },
  }),
});

test('another break-glass role of a rotating key is undecided: the Deny statements of its generations exempt it', () => {
  const roles = { control: 'c', worker: 'w', retirement: 'r' };
  expect(undecidedIn(rotating({ roles }), rotating({ roles: { ...roles, breakGlass: 'arn:aws:iam::111122223333:role/ops' } })))
    .toEqual([expect.stringMatching(/^A.json, Key: the roles that the Deny statements of each generation exempt changed/)]);
  expect(undecidedIn(rotating({ roles, description: 'a' }), rotating({ roles, description: 'b' }))).toEqual([]);
});

test('another alias of a rotating key is undecided: it is another family', () => {
  expect(undecidedIn(rotating({}), rotating({ alias: 'alias/b' }))).toEqual([expect.stringMatching(/^A.json, Key: the alias changed/)]);
});

test('another primary key of a replica is undecided', () => {
  const replica = (PrimaryKeyArn: string) => ({ 'A.json': withoutKey({ Key: { Type: 'AWS::KMS::ReplicaKey', Properties: { PrimaryKeyArn } } }) });
  expect(undecidedIn(replica('arn:one'), replica('arn:two'))).toEqual([expect.stringMatching(/^A.json, Key: the primary key of the replica changed/)]);
});

test('a key that moves to a template that has existed is undecided: the same logical ids can be other roles', () => {
  const other = { 'B.json': withoutKey({ Service: { Type: 'AWS::IAM::Role' } }) };
  expect(undecidedIn({ 'A.json': keyFor(ROLE_ARN), ...other }, { 'B.json': keyFor(ROLE_ARN) }))
    .toEqual([expect.stringMatching(/^B.json, Key: the key moved here from A.json/)]);
  expect(undecidedIn({ 'A.json': keyFor(ROLE_ARN) }, { 'B.json': keyFor(ROLE_ARN) })).toEqual([]);
});

describe('a new alias', () => {
  const alias = (TargetKeyId: unknown) => ({ New: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/new', TargetKeyId } } });

  test('of an existing key is undecided, also in another template', () => {
    expect(undecidedIn({ 'A.json': aTemplate() }, { 'A.json': aTemplate(alias({ Ref: 'Key' })) }))
      .toEqual([expect.stringMatching(/^A.json, alias\/new: the alias is new for Key/)]);
    const imported = withoutKey(alias({ 'Fn::ImportValue': 'Key' }));
    expect(undecidedIn({ 'A.json': aTemplate() }, { 'A.json': aTemplate(), 'B.json': imported }))
      .toEqual([expect.stringMatching(/^B.json, alias\/new: the alias is new for imported Key/)]);
  });

  test('of a new key is part of the new key', () => {
    expect(undecidedIn({ 'A.json': aTemplate() }, { 'A.json': aTemplate({ Second: { Type: 'AWS::KMS::Key' }, ...alias({ Ref: 'Second' }) }) }))
      .toEqual([]);
  });
});

describe('tags that a condition of a policy names', () => {
  const statement = (key: string) => ({
    Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:Decrypt', Resource: '*', Condition: { StringEquals: { [key]: 'orders' } },
  });
  const app = (key: string, ofKey: string, ofRole: string): App => {
    const { Resources, ...others } = JSON.parse(aTemplate({ Service: aRoleWith({ Tags: [{ Key: 'team', Value: ofRole }] }) }, {
      Statement: [DELEGATED_TO_IAM, statement(key)],
    })) as { Resources: { Key: { Properties: object } } };
    Resources.Key.Properties = { ...Resources.Key.Properties, Tags: [{ Key: 'team', Value: ofKey }] };
    return { 'A.json': JSON.stringify({ ...others, Resources }) };
  };
  const [RESOURCE, PRINCIPAL, OTHER] = ['aws:ResourceTag/team', 'aws:PrincipalTag/team', 'aws:PrincipalOrgID'];

  test.each<[string, string, string[]]>([
    ['of the key', RESOURCE, ['Key']],
    ['of the principal', PRINCIPAL, ['Service']],
    ['of neither', OTHER, []],
  ])('are undecided if they changed: %s', (_, key, expected) => {
    expect(undecidedIn(app(key, 'a', 'a'), app(key, 'orders', 'orders')))
      .toEqual(expected.map((where) => expect.stringMatching(`^A.json, ${where}: the tags changed`)));
  });

  test('of a rotating key are in its family', () => {
    const policyDocument = JSON.stringify({ Statement: [DELEGATED_TO_IAM, statement(RESOURCE)] });
    expect(undecidedIn(rotating({ policyDocument, tags: {} }), rotating({ policyDocument, tags: { team: 'orders' } })))
      .toEqual([expect.stringMatching(/^A.json, Key: the tags changed/)]);
  });
});
