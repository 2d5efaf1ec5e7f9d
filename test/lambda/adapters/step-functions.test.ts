import { SFNClient } from '@aws-sdk/client-sfn';
import { StepFunctionsMachines } from '../../../lambda/adapters/step-functions';
import { VirtualClock } from '../../../local/kms/model/time/clock';
import { parseDefinition } from '../../../local/step-functions/interpreter/parse-definition';
import { LocalStepFunctions } from '../../../local/step-functions/local-step-functions';
import { virtualSleep } from '../../../local/virtual-sleep';

const MACHINE = 'arn:aws:states:eu-central-1:111122223333:stateMachine:Rotation';
const WORKER = 'arn:aws:lambda:eu-central-1:111122223333:function:worker';

let local: LocalStepFunctions;
let client: SFNClient;
let machines: StepFunctionsMachines;
/** Ends every execution. */
let release: () => void;

beforeEach(async () => {
  local = await LocalStepFunctions.start({ clock: virtualSleep(VirtualClock.frozenAt(new Date('2026-11-01T00:00:00.000Z'))) });
  const released = new Promise<void>((resolve) => { release = resolve; });
  local.register(
    MACHINE,
    parseDefinition({ StartAt: 'Work', States: { Work: { Type: 'Task', Resource: WORKER, End: true } } }),
    () => async () => released,
  );
  client = new SFNClient({
    endpoint: local.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'control', secretAccessKey: '-' },
    maxAttempts: 1,
  });
  machines = new StepFunctionsMachines(client);
});
afterEach(async () => {
  release();
  client.destroy();
  await local.stop();
});

test('an execution starts with its name and its input', async () => {
  expect(await machines.start(MACHINE, 'rotate-to-g2-20261123', { toGeneration: 2 })).toBe('started');
  expect(local.executions.map(({ name, input }) => [name, input])).toEqual([['rotate-to-g2-20261123', '{"toGeneration":2}']]);
});

test('the same name starts once, also when its execution has ended', async () => {
  await machines.start(MACHINE, 'once', {});
  await machines.start(MACHINE, 'once', {});
  expect(await machines.start(MACHINE, 'once', { other: true })).toBe('started-before');
  release();
  await local.idle();
  expect(await machines.start(MACHINE, 'once', {})).toBe('started-before');
  expect(local.executions).toHaveLength(1);
});

test('all running executions are listed, from all pages', async () => {
  client.middlewareStack.add((next, { commandName }) => async (args) => {
    if (commandName === 'ListExecutionsCommand') (args.input as { maxResults?: number }).maxResults = 2;
    return next(args);
  }, { step: 'initialize' });
  for (let number = 1; number <= 5; number++) await machines.start(MACHINE, `run-${number}`, {});
  const running = await machines.runningExecutions(MACHINE);
  expect(running.map((arn) => arn.split(':').at(-1)).sort()).toEqual(['run-1', 'run-2', 'run-3', 'run-4', 'run-5']);
  release();
  await local.idle();
  expect(await machines.runningExecutions(MACHINE)).toEqual([]);
});

test('the error names a missing state machine and the remedy', async () => {
  await expect(machines.start(`${MACHINE}2`, 'run', {})).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: expect.stringMatching(/^execution run of arn:.*Rotation2: AWS Step Functions refused.*deploy the stack/),
  });
});
