import { aRoleWith, keyFor, trustIn, undecidedIn, withoutKey } from './templates';
import { anIdentityPolicy, aTemplate, KEY_ARN, ROLE_ARN } from '../explain/a-template';

const ECS = 'ecs.amazonaws.com';
const LAMBDA = 'lambda.amazonaws.com';
const TRUST_CHANGED = expect.stringMatching(/^\w+\.json, Service: the trust policy of the role changed/);
const roleOf = (...services: string[]) => ({ Service: aRoleWith(trustIn(...services)) });
const everyone = (Effect: string) => ({ Effect, Principal: { AWS: '*' }, Action: 'sts:AssumeRole' });

describe('a trust policy that changed is undecided', () => {
  test('if the key names the role by reference', () => {
    expect(undecidedIn({ 'A.json': keyFor(ROLE_ARN, roleOf(ECS)) }, { 'A.json': keyFor(ROLE_ARN, roleOf(ECS, LAMBDA)) })).toEqual([TRUST_CHANGED]);
  });

  test('if the stack was renamed', () => {
    expect(undecidedIn({ 'Old.json': keyFor(ROLE_ARN, roleOf(ECS)) }, { 'New.json': keyFor(ROLE_ARN, roleOf(ECS, LAMBDA)) }))
      .toEqual([TRUST_CHANGED]);
  });

  test.each(['Roles.json', 'Renamed.json'])('if the role is in another template of the app (%s)', (file) => {
    const key = { 'Keys.json': keyFor({ 'Fn::ImportValue': 'Roles:ServiceArn' }) };
    expect(undecidedIn({ ...key, 'Roles.json': withoutKey(roleOf(ECS)) }, { ...key, [file]: withoutKey(roleOf(ECS, LAMBDA)) }))
      .toEqual([TRUST_CHANGED]);
  });

  test('if the key names the role by its literal ARN, also under another logical id', () => {
    const keyWith = (logicalId: string, ...services: string[]) => ({
      'A.json': keyFor('arn:aws:iam::111122223333:role/service', { [logicalId]: aRoleWith({ RoleName: 'service', ...trustIn(...services) }) }),
    });
    expect(undecidedIn(keyWith('Service', ECS), keyWith('Service', ECS, LAMBDA))).toEqual([TRUST_CHANGED]);
    expect(undecidedIn(keyWith('Former', ECS), keyWith('Service', ECS, LAMBDA))).toEqual([TRUST_CHANGED]);
    expect(undecidedIn(keyWith('Former', ECS), keyWith('Service', ECS))).toEqual([]);
  });

  test('if the role was not in the app, and the key has already named it', () => {
    const named = (name: string) => ({ 'A.json': keyFor(`arn:aws:iam::111122223333:role/${name}`) });
    const declared = (name: string) => ({
      'A.json': keyFor(`arn:aws:iam::111122223333:role/${name}`, {
        New: aRoleWith({ RoleName: 'service', ...trustIn(ECS) }),
      }),
    });
    expect(undecidedIn(named('service'), declared('service'))).toEqual([expect.stringMatching(/New: the role service is new in the templates/)]);
    expect(undecidedIn(named('service-2'), declared('service-2'))).toEqual([]);
  });

  test('if a condition of the template selects the document, or a statement that allows instead of one that denies', () => {
    const withTrust = (AssumeRolePolicyDocument: object) => ({ 'A.json': keyFor(ROLE_ARN, { Service: aRoleWith({ AssumeRolePolicyDocument }) }) });
    const chosen = (...services: string[]) => ({ 'Fn::If': ['C', trustIn(...services), trustIn(ECS)] });
    expect(undecidedIn(withTrust(chosen(ECS)), withTrust(chosen(LAMBDA)))).toEqual([TRUST_CHANGED]);
    const statement = { 'Fn::If': ['C', everyone('Deny'), everyone('Allow')] };
    expect(undecidedIn(withTrust({ Statement: [] }), withTrust({ Statement: [statement] }))).toEqual([TRUST_CHANGED]);
    expect(undecidedIn(withTrust({ Statement: [] }), withTrust({ Statement: [everyone('Deny')] }))).toEqual([]);
  });
});

describe('the members of a group', () => {
  const group = (Effect = 'Allow') => ({
    Readers: { Type: 'AWS::IAM::Group' },
    Policy: anIdentityPolicy({ Effect, Resource: KEY_ARN }, { Groups: [{ Ref: 'Readers' }] }),
  });
  const user = (...Groups: object[]) => ({ Eve: { Type: 'AWS::IAM::User', Properties: { Groups } } });
  const addition = { Add: { Type: 'AWS::IAM::UserToGroupAddition', Properties: { GroupName: { Ref: 'Readers' }, Users: [{ Ref: 'Eve' }] } } };
  const app = (...resources: object[]) => ({ 'A.json': aTemplate(Object.assign({}, ...resources) as object) });
  const member = user({ Ref: 'Readers' });

  test.each<[string, object[], RegExp]>([
    ['by its property', [member], /^A.json, Eve: Eve joined the group Readers/],
    ['by a resource', [user(), addition], /^A.json, Add: Eve joined the group Readers/],
  ])('a user that joins is undecided: %s', (_, added, expected) => {
    expect(undecidedIn(app(group(), user()), app(group(), ...added))).toEqual([expect.stringMatching(expected)]);
  });

  test('a user that joins a group of another template is undecided', () => {
    const key = { 'Keys.json': aTemplate() };
    expect(undecidedIn({ ...key, 'Users.json': withoutKey(user()) }, { ...key, 'Users.json': withoutKey(user({ 'Fn::ImportValue': 'Readers' } )) }))
      .toEqual([expect.stringMatching(/^Users.json, Eve: Eve joined the group imported Readers/)]);
  });

  test('the same membership by a property or by a resource is no change', () => {
    expect(undecidedIn(app(group(), member), app(group(), user(), addition))).toEqual([]);
  });

  test('a user that leaves is undecided only if a policy of the group may deny', () => {
    expect(undecidedIn(app(group('Deny'), member), app(group('Deny'), user()))).toEqual([expect.stringMatching(/Eve: Eve left the group Readers/)]);
    expect(undecidedIn(app(user({ Ref: 'Elsewhere' })), app(user()))).toEqual([expect.stringMatching(/Eve left the group Elsewhere/)]);
    expect(undecidedIn(app(group(), member), app(group(), user()))).toEqual([]);
    expect(undecidedIn(app(group('Deny'), member), app(group('Deny')))).toEqual([]);
  });
});

describe('a managed policy', () => {
  const parameter = { Parameters: { Extra: { Type: 'String' } } };
  const managed = { Own: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Statement: [] } } } };
  const app = (...ManagedPolicyArns: unknown[]) => ({ 'A.json': keyFor(ROLE_ARN, { Service: aRoleWith({ ManagedPolicyArns }), ...managed }, parameter) });

  test('that a parameter names is undecided', () => {
    expect(undecidedIn(app(), app({ Ref: 'Extra' }))).toEqual([expect.stringMatching(/^A.json, Service: the managed policy Extra was added/)]);
  });

  test('of the template is compared by its statements', () => {
    expect(undecidedIn(app(), app({ Ref: 'Own' }))).toEqual([]);
  });

  test('that is removed is undecided if it may deny', () => {
    expect(undecidedIn(app('arn:aws:iam::111122223333:policy/guard', 'arn:aws:iam::aws:policy/AWSDenyAll', 'arn:aws:iam::aws:policy/ReadOnlyAccess'), app()))
      .toEqual([expect.stringMatching(/policy\/guard was removed/), expect.stringMatching(/AWSDenyAll was removed/)]);
  });

  test('that is attached in a template without a key is undecided', () => {
    const key = { 'Keys.json': aTemplate() };
    const roles = (...ManagedPolicyArns: unknown[]) => ({ ...key, 'Roles.json': withoutKey({ Service: aRoleWith({ ManagedPolicyArns }) }) });
    expect(undecidedIn(roles(), roles('arn:aws:iam::aws:policy/AdministratorAccess')))
      .toEqual([expect.stringMatching(/^Roles.json, Service: the managed policy .*AdministratorAccess was added/)]);
  });
});
