import {
  DescribeExecutionCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand, StopExecutionCommand, ListStateMachinesCommand,
} from '@aws-sdk/client-sfn';
import { byName, functionArn, machine, MACHINE, THE_BEGINNING } from './machine-bench';
import { VirtualClock } from '../../../local/kms/model/time/clock';
import { parseDefinition } from '../../../local/step-functions/interpreter/parse-definition';
import { LocalStepFunctions } from '../../../local/step-functions/local-step-functions';
import { virtualSleep } from '../../../local/virtual-sleep';

let clock: VirtualClock;
let local: LocalStepFunctions;
let client: SFNClient;
/** Ends the functions that are running, with this result. */
let release: (result: unknown) => void;

const start = async (name?: string, input?: string) => client.send(new StartExecutionCommand({ stateMachineArn: MACHINE, name, input }));
const describeExecution = async (executionArn: string) => client.send(new DescribeExecutionCommand({ executionArn }));
const executionArn = (name: string) => `${MACHINE.replace('stateMachine', 'execution')}:${name}`;

beforeEach(async () => {
  clock = VirtualClock.frozenAt(THE_BEGINNING);
  local = await LocalStepFunctions.start({ clock: virtualSleep(clock) });
  const result = new Promise((resolve) => { release = resolve; });
  const definition = parseDefinition(machine({
    Wait: { Type: 'Wait', Seconds: 60, Next: 'Work' },
    Work: { Type: 'Task', Resource: functionArn('worker'), End: true },
  }));
  local.register(MACHINE, definition, byName({ worker: async () => result }));
  const credentials = { accessKeyId: 'caller', secretAccessKey: '-' };
  client = new SFNClient({ endpoint: local.endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await local.stop();
});

test('an execution is described from its start to its end', async () => {
  expect(await start('run-1', '{"a":1}')).toMatchObject({ executionArn: executionArn('run-1'), startDate: THE_BEGINNING });
  const running = await describeExecution(executionArn('run-1'));
  expect(running).toMatchObject({
    stateMachineArn: MACHINE, name: 'run-1', status: 'RUNNING', input: '{"a":1}', startDate: THE_BEGINNING,
  });
  expect(running.stopDate).toBeUndefined();
  expect(running.output).toBeUndefined();

  release({ done: true });
  await local.idle();
  expect(await describeExecution(executionArn('run-1'))).toMatchObject({
    status: 'SUCCEEDED', output: '{"done":true}', stopDate: new Date(THE_BEGINNING.getTime() + 60_000),
  });
  expect(local.executions.map(({ name, status, result }) => ({ name, status, output: result?.output })))
    .toEqual([{ name: 'run-1', status: 'SUCCEEDED', output: { done: true } }]);
});

test('a failed execution has an error and a cause', async () => {
  const failing = machine({ Only: { Type: 'Fail', Error: 'CensusNotZero', Cause: 'records are left' } });
  local.register(MACHINE, parseDefinition(failing), byName({}));
  await start('run-1');
  await local.idle();
  expect(await describeExecution(executionArn('run-1')))
    .toMatchObject({ status: 'FAILED', error: 'CensusNotZero', cause: 'records are left' });
});

test('a start without a name and an input creates a new execution with an empty object as input', async () => {
  const [first, second] = [await start(), await start()];
  expect(first.executionArn).not.toBe(second.executionArn);
  expect(local.executions.map(({ input }) => input)).toEqual(['{}', '{}']);
});

describe('a name', () => {
  test('starts one execution while that runs with the same input', async () => {
    expect((await start('run-1', '{"a":1}')).executionArn).toBe((await start('run-1', '{"a":1}')).executionArn);
    expect(local.executions).toHaveLength(1);
  });

  test('of a running execution with another input is rejected', async () => {
    await start('run-1', '{"a":1}');
    await expect(start('run-1', '{"a":2}')).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists', message: `Execution Already Exists: '${executionArn('run-1')}'`,
    });
  });

  test('of an ended execution is rejected with any input', async () => {
    await start('run-1');
    release({});
    await local.idle();
    await expect(start('run-1')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  test('of an execution that ended 90 days ago is a new execution', async () => {
    await start('run-1', '{"a":1}');
    release({});
    await local.idle();
    clock.advance(90 * 24 * 3_600_000 - 1);
    await expect(start('run-1')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    clock.advance(1);
    await expect(describeExecution(executionArn('run-1'))).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
    await start('run-1', '{"a":2}');
    expect((await describeExecution(executionArn('run-1'))).input).toBe('{"a":2}');
    expect(local.executions).toHaveLength(2);
  });
});

test('executions are listed newest first, by status, in pages', async () => {
  for (const name of ['run-1', 'run-2', 'run-3']) {
    await start(name);
    clock.advance(1000);
  }
  await client.send(new StopExecutionCommand({ executionArn: executionArn('run-2') }));
  const list = async (selection: object) => client.send(new ListExecutionsCommand({ stateMachineArn: MACHINE, ...selection }));
  const names = async (selection: object) => (await list(selection)).executions?.map(({ name }) => name);

  expect(await names({})).toEqual(['run-3', 'run-2', 'run-1']);
  expect(await names({ statusFilter: 'RUNNING' })).toEqual(['run-3', 'run-1']);
  expect(await names({ statusFilter: 'ABORTED' })).toEqual(['run-2']);
  const { executions, nextToken } = await list({ maxResults: 2 });
  expect(executions?.map(({ name }) => name)).toEqual(['run-3', 'run-2']);
  const last = await list({ maxResults: 2, nextToken });
  expect(last.executions?.map(({ name }) => name)).toEqual(['run-1']);
  expect(last.nextToken).toBeUndefined();
});

test('a stopped execution has the given error and cause; stopping it again has no effect', async () => {
  await start('run-1');
  const stop = async (error: string) =>
    client.send(new StopExecutionCommand({ executionArn: executionArn('run-1'), error, cause: 'by the operator' }));
  const { stopDate } = await stop('Stopped');
  clock.advance(60_000);
  expect((await stop('Again')).stopDate).toEqual(stopDate);
  expect(await describeExecution(executionArn('run-1'))).toMatchObject({
    status: 'ABORTED',
    error: 'Stopped',
    cause: 'by the operator',
    stopDate,
  });
  await local.idle();
});

test('an update of a state machine does not change executions in progress', async () => {
  await start('run-1');
  local.register(MACHINE, parseDefinition(machine({ Only: { Type: 'Pass', Result: 'new', End: true } })), byName({}));
  await start('run-2');
  release('old');
  await local.idle();
  expect(local.executions.map(({ result }) => result?.output)).toEqual(['old', 'new']);
});

test('idle waits for the executions that an execution starts', async () => {
  const starting = async () => {
    await start('second');
    release('released');
  };
  const first = `${MACHINE}Starter`;
  const definition = machine({ Only: { Type: 'Task', Resource: functionArn('starter'), End: true } });
  local.register(first, parseDefinition(definition), byName({ starter: starting }));
  await client.send(new StartExecutionCommand({ stateMachineArn: first }));
  await local.idle();
  expect(local.executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
});

test('idle throws the error of an observer', async () => {
  const stateEntered = () => { throw new Error('expected something else'); };
  local.register(MACHINE, parseDefinition(machine({ Only: { Type: 'Succeed' } })), byName({}), [{ stateEntered }]);
  await start();
  await expect(local.idle()).rejects.toThrow('expected something else');
});

test.each<[string, () => Promise<unknown>, string]>([
  ['a start of a missing state machine',
    async () => client.send(new StartExecutionCommand({ stateMachineArn: `${MACHINE}Other` })), 'StateMachineDoesNotExist'],
  ['a list of a missing state machine',
    async () => client.send(new ListExecutionsCommand({ stateMachineArn: `${MACHINE}Other` })), 'StateMachineDoesNotExist'],
  ['a missing execution', async () => describeExecution(executionArn('other')), 'ExecutionDoesNotExist'],
  ['a stop of a missing execution',
    async () => client.send(new StopExecutionCommand({ executionArn: executionArn('other') })), 'ExecutionDoesNotExist'],
  ['a name with a space', async () => start('run 1'), 'InvalidName'],
  ['an input that is not JSON', async () => start('run-1', 'nothing'), 'InvalidExecutionInput'],
  ['an input above the limit', async () => start('run-1', JSON.stringify('x'.repeat(256 * 1024))), 'ValidationException'],
  ['an invalid nextToken',
    async () => client.send(new ListExecutionsCommand({ stateMachineArn: MACHINE, nextToken: 'nothing' })), 'InvalidToken'],
  ['an operation that is not implemented', async () => client.send(new ListStateMachinesCommand({})), 'UnknownOperationException'],
])('%s fails with the error of AWS', async (_, call, name) => {
  await expect(call()).rejects.toMatchObject({ name });
});
