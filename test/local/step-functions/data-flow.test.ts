import * as fc from 'fast-check';
import { aBench, failure, functionArn, machine, MACHINE, outputOf, run } from './machine-bench';
import { JsonPath } from '../../../local/step-functions/definition/json-path';

const pass = async (fields: object, input: unknown) => outputOf({ Type: 'Pass', ...fields }, input);
const task = (fields: object = {}) => ({ Type: 'Task', Resource: functionArn('worker'), ...fields });
const NAME = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,8}$/).filter((name) => name !== '__proto__');

describe('paths', () => {
  /** A document, a path in it, and the value at the path. */
  const place = fc.tuple(fc.array(fc.oneof(NAME, fc.nat({ max: 3 })), { maxLength: 5 }), fc.jsonValue()).map(([steps, value]) => ({
    text: steps.reduce<string>((path, step) => typeof step === 'number' ? `${path}[${step}]` : `${path}.${step}`, '$'),
    document: steps.reduceRight<unknown>(
      (inner, step) => typeof step === 'number' ? [...Array<null>(step).fill(null), inner] : { [step]: inner }, value),
    value,
  }));

  test('find the value at any place', () => {
    fc.assert(fc.property(place, ({ text, document, value }) => {
      expect(JsonPath.parse(text)?.find(document)).toEqual({ value });
    }));
  });

  test('find nothing below a value that is not an object', () => {
    fc.assert(fc.property(place, NAME, ({ text, document, value }, name) => {
      fc.pre(typeof value !== 'object' || value === null);
      expect(JsonPath.parse(`${text}.${name}`)?.find(document)).toBeUndefined();
    }));
  });

  test('find no inherited property', () => {
    for (const text of ['$.constructor', '$.toString', '$.__proto__', '$.length']) {
      expect(JsonPath.parse(text)?.find({})).toBeUndefined();
    }
    expect(JsonPath.parse('$.length')?.find([])).toBeUndefined();
    expect(JsonPath.parse('$.length')?.find('text')).toBeUndefined();
  });
});

describe('payload templates', () => {
  test('without paths return themselves for every input', async () => {
    const plain = fc.dictionary(NAME, fc.jsonValue().filter((value) => !JSON.stringify(value).includes('.$')), { maxKeys: 4 });
    await fc.assert(fc.asyncProperty(plain, fc.jsonValue(), async (template, input) => {
      expect(JSON.stringify(await pass({ Parameters: template }, input))).toBe(JSON.stringify(template));
    }), { numRuns: 50 });
  });

  test('replace a path by a part of the input, at any depth', async () => {
    await fc.assert(fc.asyncProperty(fc.jsonValue(), async (value) => {
      const output = await pass(
        { Parameters: { 'top.$': '$.value', 'in': { 'it.$': '$.value' }, 'list': [{ 'each.$': '$.value' }, 7] } },
        { value },
      );
      expect(JSON.stringify(output)).toBe(JSON.stringify({ top: value, in: { it: value }, list: [{ each: value }, 7] }));
    }), { numRuns: 50 });
  });

  test('can contain fields of the context object', async () => {
    const { interpreter } = aBench(machine({
      Wait: { Type: 'Wait', Seconds: 90, Next: 'Report' },
      Report: {
        Type: 'Pass',
        End: true,
        Parameters: {
          'id.$': '$$.Execution.Id',
          'name.$': '$$.Execution.Name',
          'input.$': '$$.Execution.Input',
          'first.$': '$$.Execution.Input.list[0]',
          'started.$': '$$.Execution.StartTime',
          'machine.$': '$$.StateMachine.Id',
          'entered.$': '$$.State.EnteredTime',
        },
      },
    }));
    expect((await interpreter.execute('run-7', { list: ['a'] })).output).toEqual({
      id: 'arn:aws:states:eu-central-1:111122223333:execution:Rotation:run-7',
      name: 'run-7',
      input: { list: ['a'] },
      first: 'a',
      started: '2026-01-01T00:00:00.000Z',
      machine: MACHINE,
      entered: '2026-01-01T00:01:30.000Z',
    });
  });

  test('with a path to a missing value fail the execution, and no Catch applies', async () => {
    const onError = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }], Retry: [{ ErrorEquals: ['States.ALL'] }] };
    const definition = machine({
      Work: { ...task({ Parameters: { 'b.$': '$.a.b' } }), ...onError, End: true },
      Caught: { Type: 'Succeed' },
    });
    expect(await run(definition, { a: {} })).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The JSONPath \'$.a.b\' specified for the field \'b.$\' could not be found in the input \'{"a":{}}\'',
    });
  });

  test('select parts of a result', async () => {
    const worker = async () => ({ Payload: { count: 3 }, noise: true });
    expect(await outputOf(task({ ResultSelector: { 'count.$': '$.Payload.count' }, ResultPath: '$.result' }), { a: 1 }, { worker }))
      .toEqual({ a: 1, result: { count: 3 } });
  });
});

describe('selections', () => {
  test.each<[string, object, unknown]>([
    ['without fields, the output is the input', {}, { a: { b: 1 } }],
    ['InputPath selects a part of the input', { InputPath: '$.a' }, { b: 1 }],
    ['InputPath null selects an empty object', { InputPath: null }, {}],
    ['OutputPath selects a part of the output', { OutputPath: '$.a.b' }, 1],
    ['OutputPath null selects an empty object', { OutputPath: null }, {}],
    ['Result replaces the input', { Result: [1, 2] }, [1, 2]],
    ['Result can be null', { Result: null }, null],
    ['ResultPath creates missing objects', { Result: 7, ResultPath: '$.x.y' }, { a: { b: 1 }, x: { y: 7 } }],
    ['ResultPath replaces a value', { Result: 7, ResultPath: '$.a' }, { a: 7 }],
    ['ResultPath keeps other members', { Result: 7, ResultPath: '$.a.c' }, { a: { b: 1, c: 7 } }],
    ['ResultPath null discards the result', { Result: 7, ResultPath: null }, { a: { b: 1 } }],
    ['ResultPath applies to the whole input, not to the selected part',
      { InputPath: '$.a', ResultPath: '$.found' }, { a: { b: 1 }, found: { b: 1 } }],
  ])('%s', async (_, fields, output) => {
    expect(await pass(fields, { a: { b: 1 } })).toEqual(output);
  });

  test('a ResultPath below a value that is not an object fails', async () => {
    expect(await run(machine({ Only: { Type: 'Pass', Result: 1, ResultPath: '$.a.b', End: true } }), { a: 7 }))
      .toMatchObject({ status: 'FAILED', error: 'States.ResultPathMatchFailure' });
  });

  test('an InputPath to a missing value fails the execution', async () => {
    expect(await run(machine({ Only: { Type: 'Pass', InputPath: '$.b', End: true } }), {}))
      .toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});

describe('the data between states', () => {
  const LIMIT = 256 * 1024;

  test('is JSON: a function receives a copy, and its result is converted', async () => {
    const worker = async (payload: unknown) => {
      (payload as { list: unknown[] }).list.push('changed');
      return { at: new Date(0), nothing: undefined };
    };
    expect(await outputOf(task({ ResultPath: '$.result' }), { list: [] }, { worker }))
      .toEqual({ list: [], result: { at: '1970-01-01T00:00:00.000Z' } });
    expect(await outputOf(task(), {}, { worker: async () => undefined })).toBeNull();
  });

  test.each<[string, number, object]>([
    ['a result of the maximum size succeeds', LIMIT - 2, { status: 'SUCCEEDED' }],
    ['a larger result fails', LIMIT - 1, { status: 'FAILED', error: 'States.DataLimitExceeded' }],
  ])('%s', async (_, characters, expected) => {
    const onError = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] };
    const definition = machine({ Only: { ...task(), ...onError, End: true }, Caught: { Type: 'Succeed' } });
    expect(await run(definition, {}, { worker: async () => 'x'.repeat(characters) })).toMatchObject(expected);
  });

  test('is measured in bytes, also if a state creates it', async () => {
    const half = 'ä'.repeat(LIMIT / 3.5);
    expect(await run(machine({ Only: { Type: 'Pass', Parameters: { 'a.$': '$', 'b.$': '$' }, End: true } }), half))
      .toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('that is too large for a function is an error that can be caught by its name', async () => {
    const half = 'x'.repeat(LIMIT * 0.6);
    const worker = async () => { throw failure('NotReached'); };
    const tooLarge = task({
      Parameters: { 'a.$': '$.half', 'b.$': '$.half' },
      Catch: [{ ErrorEquals: ['States.DataLimitExceeded'], ResultPath: null, Next: 'Caught' }],
    });
    expect(
      await run(machine({ Only: { ...tooLarge, End: true }, Caught: { Type: 'Pass', Result: 'caught', End: true } }), { half }, { worker }),
    ).toMatchObject({ status: 'SUCCEEDED', output: 'caught' });
  });
});
