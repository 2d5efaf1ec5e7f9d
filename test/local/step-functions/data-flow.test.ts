import * as fc from 'fast-check';
import { aBench, failure, functionArn, machine, MACHINE, outputOf, run } from './machine-bench';
import { JsonPath } from '../../../local/step-functions/definition/json-path';

const pass = async (fields: object, input: unknown) => outputOf({ Type: 'Pass', ...fields }, input);
const task = (fields: object = {}) => ({ Type: 'Task', Resource: functionArn('worker'), ...fields });
const NAME = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,8}$/).filter((name) => name !== '__proto__');

describe('paths', () => {
  /** A document, with a path to a place in it and what stands there. */
  const place = fc.tuple(fc.array(fc.oneof(NAME, fc.nat({ max: 3 })), { maxLength: 5 }), fc.jsonValue()).map(([steps, value]) => ({
    text: steps.reduce<string>((path, step) => typeof step === 'number' ? `${path}[${step}]` : `${path}.${step}`, '$'),
    document: steps.reduceRight<unknown>((inner, step) => typeof step === 'number' ? [...Array<null>(step).fill(null), inner] : { [step]: inner }, value),
    value,
  }));

  test('lead to what stands there, wherever that is', () => {
    fc.assert(fc.property(place, ({ text, document, value }) => {
      expect(JsonPath.parse(text)?.find(document)).toEqual({ value });
    }));
  });

  test('lead nowhere in any document that is cut off before them', () => {
    fc.assert(fc.property(place, NAME, ({ text, document, value }, name) => {
      fc.pre(typeof value !== 'object' || value === null);
      expect(JsonPath.parse(`${text}.${name}`)?.find(document)).toBeUndefined();
    }));
  });

  test('never lead to what every object has', () => {
    for (const text of ['$.constructor', '$.toString', '$.__proto__', '$.length']) expect(JsonPath.parse(text)?.find({})).toBeUndefined();
    expect(JsonPath.parse('$.length')?.find([])).toBeUndefined();
    expect(JsonPath.parse('$.length')?.find('text')).toBeUndefined();
  });
});

describe('payload templates', () => {
  test('without paths are what they say, whatever the input is', async () => {
    const plain = fc.dictionary(NAME, fc.jsonValue().filter((value) => !JSON.stringify(value).includes('.$')), { maxKeys: 4 });
    await fc.assert(fc.asyncProperty(plain, fc.jsonValue(), async (template, input) => {
      expect(JSON.stringify(await pass({ Parameters: template }, input))).toBe(JSON.stringify(template));
    }), { numRuns: 50 });
  });

  test('put a part of the input where a path is given, at any depth', async () => {
    await fc.assert(fc.asyncProperty(fc.jsonValue(), async (value) => {
      const output = await pass({ Parameters: { 'top.$': '$.value', 'in': { 'it.$': '$.value' }, 'list': [{ 'each.$': '$.value' }, 7] } }, { value });
      expect(JSON.stringify(output)).toBe(JSON.stringify({ top: value, in: { it: value }, list: [{ each: value }, 7] }));
    }), { numRuns: 50 });
  });

  test('know the execution', async () => {
    const { interpreter } = aBench(machine({
      Wait: { Type: 'Wait', Seconds: 90, Next: 'Tell' },
      Tell: {
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

  test('that ask for what is not there end the execution, and nothing catches that', async () => {
    const onward = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }], Retry: [{ ErrorEquals: ['States.ALL'] }] };
    const result = await run(machine({ Ask: { ...task({ Parameters: { 'b.$': '$.a.b' } }), ...onward, End: true }, Caught: { Type: 'Succeed' } }), { a: {} });
    expect(result).toMatchObject({
      status: 'FAILED', error: 'States.Runtime', cause: 'The JSONPath \'$.a.b\' specified for the field \'b.$\' could not be found in the input \'{"a":{}}\'',
    });
  });

  test('choose what is kept of a result', async () => {
    const worker = async () => ({ Payload: { count: 3 }, noise: true });
    expect(await outputOf(task({ ResultSelector: { 'count.$': '$.Payload.count' }, ResultPath: '$.result' }), { a: 1 }, { worker }))
      .toEqual({ a: 1, result: { count: 3 } });
  });
});

describe('selections', () => {
  test.each<[string, object, unknown]>([
    ['everything passes without any', {}, { a: { b: 1 } }],
    ['a part of the input', { InputPath: '$.a' }, { b: 1 }],
    ['nothing of the input', { InputPath: null }, {}],
    ['a part of the output', { OutputPath: '$.a.b' }, 1],
    ['nothing of the output', { OutputPath: null }, {}],
    ['a result of its own', { Result: [1, 2] }, [1, 2]],
    ['a result that is null', { Result: null }, null],
    ['a result in its place', { Result: 7, ResultPath: '$.x.y' }, { a: { b: 1 }, x: { y: 7 } }],
    ['a result in place of another', { Result: 7, ResultPath: '$.a' }, { a: 7 }],
    ['a result beside another', { Result: 7, ResultPath: '$.a.c' }, { a: { b: 1, c: 7 } }],
    ['a result that is dropped', { Result: 7, ResultPath: null }, { a: { b: 1 } }],
    ['a result that replaces the whole input, not the selected part', { InputPath: '$.a', ResultPath: '$.found' }, { a: { b: 1 }, found: { b: 1 } }],
  ])('%s', async (_, fields, output) => {
    expect(await pass(fields, { a: { b: 1 } })).toEqual(output);
  });

  test('a result has no place in what is not an object', async () => {
    expect(await run(machine({ Only: { Type: 'Pass', Result: 1, ResultPath: '$.a.b', End: true } }), { a: 7 }))
      .toMatchObject({ status: 'FAILED', error: 'States.ResultPathMatchFailure' });
  });

  test('a selection of nothing ends the execution', async () => {
    expect(await run(machine({ Only: { Type: 'Pass', InputPath: '$.b', End: true } }), {})).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});

describe('what travels', () => {
  const LIMIT = 256 * 1024;

  test('is JSON: a function sees a copy, and a caller what JSON makes of an answer', async () => {
    const worker = async (payload: unknown) => {
      (payload as { list: unknown[] }).list.push('changed');
      return { at: new Date(0), nothing: undefined };
    };
    expect(await outputOf(task({ ResultPath: '$.result' }), { list: [] }, { worker })).toEqual({ list: [], result: { at: '1970-01-01T00:00:00.000Z' } });
    expect(await outputOf(task(), {}, { worker: async () => undefined })).toBeNull();
  });

  test.each<[string, number, object]>([
    ['a result at the limit arrives', LIMIT - 2, { status: 'SUCCEEDED' }],
    ['a result above the limit does not', LIMIT - 1, { status: 'FAILED', error: 'States.DataLimitExceeded' }],
  ])('%s', async (_, characters, expected) => {
    const onward = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] };
    const definition = machine({ Only: { ...task(), ...onward, End: true }, Caught: { Type: 'Succeed' } });
    expect(await run(definition, {}, { worker: async () => 'x'.repeat(characters) })).toMatchObject(expected);
  });

  test('is measured in bytes, also when states put it together', async () => {
    const half = 'ä'.repeat(LIMIT / 3.5);
    expect(await run(machine({ Only: { Type: 'Pass', Parameters: { 'a.$': '$', 'b.$': '$' }, End: true } }), half))
      .toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('and too much of it for a function can be caught by its own name', async () => {
    const half = 'x'.repeat(LIMIT * 0.6);
    const worker = async () => { throw failure('NotReached'); };
    const big = task({ Parameters: { 'a.$': '$.half', 'b.$': '$.half' }, Catch: [{ ErrorEquals: ['States.DataLimitExceeded'], ResultPath: null, Next: 'Caught' }] });
    expect(await run(machine({ Only: { ...big, End: true }, Caught: { Type: 'Pass', Result: 'caught', End: true } }), { half }, { worker }))
      .toMatchObject({ status: 'SUCCEEDED', output: 'caught' });
  });
});
