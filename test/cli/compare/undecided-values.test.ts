import { comparedTemplates, keyFor, undecidedIn, withoutKey } from './templates';
import { aTemplate, DELEGATED_TO_IAM } from '../explain/a-template';

const CHANGED = 'the value changed, and a policy or grant refers to it';
const changed = (where: string) => [expect.stringContaining(`${where}: ${CHANGED}`)];
const ROLE = (name: string) => `arn:aws:iam::111122223333:role/${name}`;

describe('a principal or key that another template or resource determines', () => {
  const exporting = (Value: unknown, Name = 'Principal') =>
    ({ 'Roles.json': withoutKey({}, { Outputs: { Out: { Value, Export: { Name } } } }) });

  test('an export that a key policy imports is undecided if its value changed', () => {
    const key = { 'Keys.json': keyFor({ 'Fn::ImportValue': 'Principal' }) };
    expect(undecidedIn({ ...key, ...exporting(ROLE('one')) }, { ...key, ...exporting('*') })).toEqual(changed('Roles.json, export Principal'));
    expect(undecidedIn({ ...key, ...exporting('a', 'Table') }, { ...key, ...exporting('b', 'Table') })).toEqual([]);
    expect(undecidedIn({ ...key, ...exporting(ROLE('one')) }, { ...key, 'Renamed.json': exporting(ROLE('one'))['Roles.json'] })).toEqual([]);
  });

  test('an export that the app takes over is undecided', () => {
    const key = { 'Keys.json': keyFor({ 'Fn::ImportValue': 'Principal' }) };
    expect(undecidedIn(key, { ...key, ...exporting('*') })).toEqual(changed('Roles.json, export Principal'));
  });

  test('an export under a condition is undecided if the condition changed', () => {
    const key = { 'Keys.json': keyFor({ 'Fn::ImportValue': 'Principal' }) };
    const roles = (value: string) => ({
      'Roles.json': withoutKey({}, {
        Conditions: { C: { 'Fn::Equals': ['x', value] } },
        Outputs: { Out: { Value: { 'Fn::If': ['C', '*', ROLE('one')] }, Export: { Name: 'Principal' } } },
      }),
    });
    expect(undecidedIn({ ...key, ...roles('y') }, { ...key, ...roles('x') })).toEqual([expect.stringMatching(/^Roles.json, Conditions, C: /)]);
  });

  test.each([undefined, 'none'])('a parameter of a nested stack is undecided if its value changed (default %s)', (Default) => {
    const nested = { 'N.nested.json': keyFor({ Ref: 'Who' }, {}, { Parameters: { Who: { Type: 'String', Default }, Other: { Type: 'String' } } }) };
    const parent = (Parameters: object) => ({ 'Parent.json': withoutKey({ N: { Type: 'AWS::CloudFormation::Stack', Properties: { Parameters } } }) });
    expect(undecidedIn({ ...nested, ...parent({ Who: ROLE('one') }) }, { ...nested, ...parent({ Who: '*' }) }))
      .toEqual(changed('Parent.json, N, Parameters, Who'));
    expect(undecidedIn({ ...nested, ...parent({ Other: 'a' }) }, { ...nested, ...parent({ Other: 'b' }) })).toEqual([]);
  });

  test('an output of a nested stack is undecided if its value changed', () => {
    const parent = { 'Parent.json': keyFor({ 'Fn::GetAtt': ['N', 'Outputs.Who'] }, { N: { Type: 'AWS::CloudFormation::Stack' } }) };
    const nested = (Value: string, name = 'Who') => ({ 'N.nested.json': withoutKey({}, { Outputs: { [name]: { Value } } }) });
    expect(undecidedIn({ ...parent, ...nested(ROLE('one')) }, { ...parent, ...nested('*') })).toEqual(changed('N.nested.json, Outputs, Who'));
    expect(undecidedIn({ ...parent, ...nested('a', 'Other') }, { ...parent, ...nested('b', 'Other') })).toEqual([]);
  });

  test('an attribute of a custom resource is undecided if its properties changed', () => {
    const app = (name: string, attribute = 'Lookup.Arn') => ({
      'A.json': keyFor({ 'Fn::GetAtt': attribute.split('.') }, { Lookup: { Type: 'Custom::Lookup', Properties: { name } } }),
    });
    expect(undecidedIn(app('one'), app('two'))).toEqual(changed('A.json, Lookup'));
    expect(undecidedIn(app('one', 'Service.Arn'), app('two', 'Service.Arn'))).toEqual([]);
  });

  test('a parameter of SSM is undecided if its value changed, also if it is read by its name', () => {
    const key = { 'Keys.json': keyFor('{{resolve:ssm:/app/principal}}') };
    const parameter = (Value: string, Name = '/app/principal') =>
      ({ 'P.json': withoutKey({ Principal: { Type: 'AWS::SSM::Parameter', Properties: { Name, Value } } }) });
    expect(undecidedIn({ ...key, ...parameter(ROLE('one')) }, { ...key, ...parameter('*') })).toEqual(changed('P.json, Principal'));
    expect(undecidedIn({ ...key, ...parameter('a', '/app/table') }, { ...key, ...parameter('b', '/app/table') })).toEqual([]);
  });
});

describe('a value that CloudFormation removes', () => {
  const NO_VALUE = { Ref: 'AWS::NoValue' };
  const ifContext = (Condition: object) => aTemplate({}, {
    Statement: [
      DELEGATED_TO_IAM, { Effect: 'Allow', Principal: { AWS: ROLE('one') }, Action: 'kms:Decrypt', Resource: '*', Condition },
    ],
  });
  const TENANT = 'kms:EncryptionContext:tenant';

  test.each<[string, object]>([
    ['a condition key', { StringEquals: { [TENANT]: NO_VALUE } }],
    ['an operator', { StringEquals: NO_VALUE }],
    ['the conditions', NO_VALUE],
  ])('%s restricts nothing, so its removal is more', (_, condition) => {
    const restricted = ifContext({ StringEquals: { [TENANT]: 'a' } });
    expect(comparedTemplates(restricted, ifContext(condition))).toMatchObject({ broadened: true, narrowed: false });
    expect(comparedTemplates(ifContext(condition), restricted)).toMatchObject({ broadened: false, narrowed: true });
  });

  test.each<[string, unknown]>([
    ['always', NO_VALUE],
    ['under a condition', { 'Fn::If': ['C', { Statement: [] }, NO_VALUE] }],
  ])('a key policy (%s) leaves the default policy, which delegates to IAM', (_, policy) => {
    const own = aTemplate({}, { Statement: [{ Effect: 'Allow', Principal: { AWS: ROLE('one') }, Action: 'kms:Decrypt', Resource: '*' }] });
    const { keys: [key], broadened } = comparedTemplates(own, aTemplate({}, policy));
    expect(broadened).toBe(true);
    expect(key!.changes).toContainEqual(expect.objectContaining({ change: 'more', principal: 'this account (IAM)' }));
  });
});
