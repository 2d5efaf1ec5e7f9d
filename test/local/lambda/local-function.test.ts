import { FunctionError, fromHandler } from '../../../local/lambda/local-function';
import { ExecutionStopped } from '../../../local/step-functions/errors/stopping';

const MEBIBYTE = 1024 * 1024;

test('the event and the result are JSON', async () => {
  const given: unknown[] = [];
  const invoke = fromHandler((event: { list: string[] }) => {
    given.push(event);
    event.list.push('changed');
    return { at: new Date(0), nothing: undefined, list: event.list };
  });
  const event = { list: ['a'], at: new Date(1000), nothing: undefined };
  expect(await invoke(event)).toEqual({ at: '1970-01-01T00:00:00.000Z', list: ['a', 'changed'] });
  expect(JSON.stringify(given)).toBe('[{"list":["a","changed"],"at":"1970-01-01T00:00:01.000Z"}]');
  expect(event.list).toEqual(['a']);
});

test('an undefined event or result is null', async () => {
  const invoke = fromHandler((event) => { expect(event).toBeNull(); });
  expect(await invoke(undefined)).toBeNull();
});

test('a caller receives only the name and the message of an error', async () => {
  const invoke = fromHandler(async () => {
    throw Object.assign(new TypeError('nothing is lost'), { name: 'GrantsHeld', secret: 'data' });
  });
  const error: unknown = await invoke({}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FunctionError);
  expect({ ...(error as Error), message: (error as Error).message }).toEqual({ name: 'GrantsHeld', message: 'nothing is lost' });
});

test.each<[string, unknown, object]>([
  ['a text', 'no error', { name: 'string', message: 'no error' }],
  ['undefined', undefined, { name: 'undefined', message: 'undefined' }],
])('%s that is thrown has a name', async (_, thrown, expected) => {
  await expect(fromHandler(() => { throw thrown; })({})).rejects.toMatchObject(expected);
});

test('ExecutionStopped is thrown unchanged', async () => {
  const stopped = new ExecutionStopped();
  await expect(fromHandler(() => { throw stopped; })({})).rejects.toBe(stopped);
});

test('an event and a result have at most six mebibytes', async () => {
  const identity = fromHandler((event) => event);
  await expect(identity('x'.repeat(6 * MEBIBYTE - 2))).resolves.toHaveLength(6 * MEBIBYTE - 2);
  await expect(identity('x'.repeat(6 * MEBIBYTE - 1))).rejects.toMatchObject({ name: 'RequestEntityTooLargeException' });
  await expect(fromHandler(() => 'x'.repeat(6 * MEBIBYTE + 100))({})).rejects.toMatchObject({ name: 'Function.ResponseSizeTooLarge' });
});

test('a handler receives the remaining time, and the context of its caller', async () => {
  const invoke = fromHandler((_, { awsRequestId, getRemainingTimeInMillis }) => ({ awsRequestId, left: getRemainingTimeInMillis() }));
  const { awsRequestId, left } = await invoke({}) as { awsRequestId: string; left: number };
  expect(awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(left).toBeGreaterThan(800_000);
  expect(await invoke({}, { awsRequestId: 'mine', getRemainingTimeInMillis: () => 7 })).toEqual({ awsRequestId: 'mine', left: 7 });
});
