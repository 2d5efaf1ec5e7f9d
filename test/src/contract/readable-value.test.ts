import fc from 'fast-check';
import { isNoValue, isRecord, isUnknown, listOf, readableValue } from '../../../src/contract/policies/readable-value';

const NO_VALUE = { Ref: 'AWS::NoValue' };

/** Text that Fn::Sub keeps as it is. */
const plainText = () => fc.string().filter((text) => !text.includes('${'));
const logicalId = () => fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,20}$/);

test.each<[string, unknown, string]>([
  ['a reference', { Ref: 'Orders' }, 'Orders'],
  ['an attribute', { 'Fn::GetAtt': 'Orders.StreamArn' }, 'Orders.StreamArn'],
  ['the ARN of a resource', { 'Fn::GetAtt': ['Orders', 'Arn'] }, 'Orders'],
  ['a nested attribute', { 'Fn::GetAtt': ['Orders', 'Outputs.Name'] }, 'Orders.Outputs.Name'],
  ['a pseudo parameter', { Ref: 'AWS::AccountId' }, '<account>'],
  ['an export of another stack', { 'Fn::ImportValue': 'Base:Role' }, 'imported Base:Role'],
  ['a joined text', { 'Fn::Join': ['/', ['a', { Ref: 'Orders' }, NO_VALUE, 'b']] }, 'a/<Orders>/b'],
  ['a text with variables', { 'Fn::Sub': ['${Name}-${Orders.Arn}-${!Literal}', { Name: 'x' }] }, 'x-<Orders>-${Literal}'],
  ['a list that is known only at deployment', { 'Fn::Join': [',', { Ref: 'Names' }] }, '{"Fn::Join":[",",{"Ref":"Names"}]}'],
  ['a malformed Fn::Sub', { 'Fn::Sub': [1] }, '{"Fn::Sub":[1]}'],
  ['a number', 5, '5'],
])('%s is described as readable text', (_, value, expected) => {
  expect(readableValue(value)).toBe(expected);
});

test('text is kept unchanged, alone, joined and substituted', () => {
  fc.assert(fc.property(fc.array(plainText(), { minLength: 1 }), plainText(), (parts, separator) => {
    expect(readableValue(parts[0])).toBe(parts[0]);
    expect(readableValue({ 'Fn::Join': [separator, parts] })).toBe(parts.join(separator));
    expect(readableValue({ 'Fn::Sub': parts[0] })).toBe(parts[0]);
  }));
});

test('Fn::Sub describes a reference as Fn::Join does', () => {
  fc.assert(fc.property(plainText().filter((text) => !/[$]$/.test(text)), logicalId(), plainText(), (before, id, after) => {
    expect(readableValue({ 'Fn::Sub': `${before}\${${id}}${after}` })).toBe(
      readableValue({ 'Fn::Join': ['', [before, { Ref: id }, after].filter((part) => part !== '')] }),
    );
  }));
});

test('a value that is neither text nor a CloudFormation function is kept as its JSON', () => {
  const isFunction = (value: unknown) => isRecord(value) && Object.keys(value).some((name) => name === 'Ref' || name.startsWith('Fn::'));
  fc.assert(fc.property(fc.jsonValue().filter((value) => typeof value !== 'string' && !isFunction(value)), (value) => {
    expect(readableValue(value)).toBe(JSON.stringify(value));
  }));
});

test('a function that was kept as JSON is unknown, a described value is not', () => {
  expect(isUnknown(readableValue({ 'Fn::Select': [0, { Ref: 'Roles' }] }))).toBe(true);
  fc.assert(fc.property(logicalId(), (id) => {
    expect([{ Ref: id }, { 'Fn::GetAtt': [id, 'Arn'] }, id].map((value) => isUnknown(readableValue(value)))).toEqual([false, false, false]);
  }));
});

test('a name function names every reference', () => {
  const name = (id: string, attribute?: string) => `[${id} ${attribute ?? 'itself'}]`;
  expect(readableValue({ 'Fn::Join': ['', ['a', { Ref: 'One' }, { 'Fn::GetAtt': ['Two', 'Arn'] }]] }, name)).toBe(
    'a<[One itself]><[Two Arn]>',
  );
});

test('listOf returns the elements of a list or a single value, without missing elements', () => {
  const element = () => fc.oneof(fc.string(), fc.integer(), logicalId().map((Ref) => ({ Ref })));
  fc.assert(fc.property(fc.array(fc.option(element(), { nil: undefined })), element(), (elements, single) => {
    expect(listOf([...elements, NO_VALUE])).toEqual(elements.filter((each) => each !== undefined));
    expect(listOf(single)).toEqual([single]);
  }));
  expect([listOf(undefined), listOf(NO_VALUE)]).toEqual([[], []]);
});

test.each<[unknown, boolean, boolean]>([
  [{}, true, false],
  [NO_VALUE, true, true],
  [{ Ref: 'Orders' }, true, false],
  [[], false, false],
  [null, false, false],
  ['AWS::NoValue', false, false],
  [undefined, false, false],
])('%j is a record: %s, is AWS::NoValue: %s', (value, record, noValue) => {
  expect([isRecord(value), isNoValue(value)]).toEqual([record, noValue]);
});
