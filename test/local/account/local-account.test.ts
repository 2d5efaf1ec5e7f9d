import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LocalAccount } from '../../../local/account/local-account';
import { synthesize, type SynthesizedStack } from '../../../local/cloudformation/synthesize';
import { identity } from '../../../local/laptop';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Invocation {
  readonly at: string;
  readonly event: unknown;
}

let account: LocalAccount;
let invocations: Invocation[];
/** What the one function does besides being told. */
let act: (event: unknown) => Promise<unknown>;

beforeEach(async () => {
  invocations = [];
  act = async () => undefined;
  account = await LocalAccount.open({
    load: () => () => async (event) => {
      invocations.push({ at: account.clock.now().toISOString(), event });
      return act(event);
    },
  });
});

afterEach(() => account.close());

/** A function, and what invokes it. */
function aStack(name: string, also: (stack: Stack, handler: lambda.Function) => void): SynthesizedStack {
  return synthesize((app) => {
    const stack = new Stack(app, name);
    // The account knows no other code than that of the handlers that the package ships.
    const code = lambda.Code.fromAsset('assets/control');
    also(stack, new lambda.Function(stack, 'Function', { code, handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X }));
    return stack;
  });
}

const daily = (hour: number, input: object = {}, state = 'ENABLED') => (stack: Stack, handler: lambda.Function) => {
  new scheduler.CfnSchedule(stack, 'Daily', {
    scheduleExpression: `cron(0 ${hour} * * ? *)`,
    flexibleTimeWindow: { mode: 'OFF' },
    state,
    target: { arn: handler.functionArn, roleArn: 'arn:aws:iam::111122223333:role/scheduler', input: JSON.stringify(input) },
  });
};

const hoursOf = () => invocations.map(({ at }) => Number(at.slice(11, 13)));

describe('to live through some time', () => {
  test('lets each schedule fire once a day, in the order of the hours, and arrives where it was told to', async () => {
    await account.deploy(aStack('Late', daily(20, { who: 'late' })));
    await account.deploy(aStack('Early', daily(4, { who: 'early' })));
    const begin = account.clock.now().getTime();
    await account.liveThrough(10 * DAY);
    expect(invocations).toHaveLength(20);
    expect(invocations.map(({ event }) => (event as { who: string }).who === 'late' ? 20 : 4)).toEqual(hoursOf());
    expect([...invocations].sort((one, other) => one.at < other.at ? -1 : 1)).toEqual(invocations);
    const late = account.clock.now().getTime() - begin - 10 * DAY;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(HOUR);
  });

  test('in two parts is the same as in one: no tick is lost between them, and none comes twice', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    for (let part = 0; part < 12; part++) await account.liveThrough(6 * HOUR);
    expect(invocations).toHaveLength(3);
    expect(new Set(invocations.map(({ at }) => at.slice(0, 10))).size).toBe(3);
  });

  test('gives others their turn after each tick, when all that it started has ended', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    const seen: number[] = [];
    await account.liveThrough(3 * DAY, async () => { seen.push(invocations.length); });
    expect(seen).toEqual([1, 2, 3]);
  });

  test('skips what a jump of the clock has missed, as a scheduler does that was out of order', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    account.laptop.kms.clock.advance(10 * DAY);
    await account.liveThrough(DAY);
    expect(invocations).toHaveLength(1);
  });

  test('waits for what a tick has started, in however much virtual time', async () => {
    const waiting = (stack: Stack, handler: lambda.Function) => {
      daily(3)(stack, handler);
      new sfn.StateMachine(stack, 'Machine', {
        definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Wait(stack, 'Wait', { time: sfn.WaitTime.duration(Duration.hours(5)) })),
      });
    };
    const stack = await account.deploy(aStack('Shop', waiting));
    const machine = stack.resourcesOfType('AWS::StepFunctions::StateMachine')[0]?.resolved.ref as string;
    act = async () => new SFNClient({ endpoint: account.stepFunctions.endpoint, ...identity('function') }).send(new StartExecutionCommand({ stateMachineArn: machine }));
    await account.liveThrough(DAY);
    expect(account.stepFunctions.executions.map(({ status }) => status)).toEqual(['SUCCEEDED']);
  });

  test('tells of a tick that failed, and goes on after it', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    act = async () => { throw new Error('out of order'); };
    await expect(account.liveThrough(DAY)).rejects.toThrow('out of order');
    act = async () => undefined;
    await account.liveThrough(DAY);
    expect(invocations).toHaveLength(2);
  });

  test('until something is so stops when it is, and says what is not so when it never is', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    await account.liveUntil('three ticks', async () => invocations.length >= 3, 10);
    expect(invocations).toHaveLength(3);
    await expect(account.liveUntil('a hundred ticks', async () => invocations.length >= 100, 5)).rejects.toThrow('a hundred ticks: not so after 5 days');
  });
});

describe('a schedule', () => {
  test('that changes fires at its new hour only', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    await account.deploy(aStack('Shop', daily(7)));
    await account.liveThrough(2 * DAY);
    expect(hoursOf()).toEqual([7, 7]);
  });

  test('that is disabled, or taken away, fires no more', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    await account.deploy(aStack('Shop', daily(3, {}, 'DISABLED')));
    await account.liveThrough(2 * DAY);
    await account.deploy(aStack('Shop', daily(3)));
    await account.deploy(aStack('Shop', () => undefined));
    await account.liveThrough(2 * DAY);
    expect(invocations).toEqual([]);
  });

  test('fires at once when somebody says so', async () => {
    await account.deploy(aStack('Shop', daily(3, { by: 'hand' })));
    await account.fireSchedules();
    expect(invocations.map(({ event }) => event)).toEqual([{ by: 'hand' }]);
  });
});

test('a rule hears of a call to KMS that failed, and hands it on', async () => {
  await account.deploy(aStack('Shop', (stack, handler) => {
    const rule = new events.Rule(stack, 'Rule', {
      eventPattern: { source: ['aws.kms'], detail: { errorCode: ['NotFoundException'] } },
      targets: [new targets.LambdaFunction(handler, { event: events.RuleTargetInput.fromObject({ heard: events.EventField.fromPath('$.detail.eventName') }) })],
    });
    (rule.node.defaultChild as events.CfnRule).state = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
  }));
  await account.laptop.kmsClient('somebody', 1).send(new DescribeKeyCommand({ KeyId: 'alias/nothing' })).catch(() => undefined);
  await account.idle();
  expect(invocations.map(({ event }) => event)).toEqual([{ heard: 'DescribeKey' }]);
});

test('a key that is taken out of a template is retained or scheduled for deletion, as was declared', async () => {
  const keys = (stack: Stack) => {
    new kms.Key(stack, 'Kept', {});
    new kms.Key(stack, 'Gone', { removalPolicy: RemovalPolicy.DESTROY });
  };
  const stack = await account.deploy(aStack('Shop', keys));
  const [kept, gone] = ['Kept', 'Gone'].map((id) => stack.resourcesOfType('AWS::KMS::Key').find(({ logicalId }) => logicalId.startsWith(id))?.resolved.ref);
  await account.deploy(aStack('Shop', () => undefined));
  const stateOf = async (KeyId?: string) => (await account.laptop.kmsClient('somebody', 1).send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;
  expect([await stateOf(kept), await stateOf(gone)]).toEqual(['Enabled', 'PendingDeletion']);
});

test('a state machine that is taken away ends what it runs', async () => {
  const machine = (stack: Stack, handler: lambda.Function) => {
    const work = new sfn.CustomState(stack, 'Work', { stateJson: { Type: 'Task', Resource: handler.functionArn, End: true } });
    new sfn.StateMachine(stack, 'Machine', { definitionBody: sfn.DefinitionBody.fromChainable(work) });
  };
  const stack = await account.deploy(aStack('Shop', machine));
  const stateMachineArn = stack.resourcesOfType('AWS::StepFunctions::StateMachine')[0]?.resolved.ref;
  act = async () => new Promise(() => undefined);
  await new SFNClient({ endpoint: account.stepFunctions.endpoint, ...identity('somebody') }).send(new StartExecutionCommand({ stateMachineArn }));
  await account.deploy(aStack('Shop', () => undefined));
  await account.idle();
  expect(account.stepFunctions.executions.map(({ status }) => status)).toEqual(['ABORTED']);
});

test('a stack is known by its name from its first deployment on', async () => {
  const stack = await account.deploy(aStack('Shop', daily(3)));
  expect(account.stackNamed('Shop')).toBe(stack);
  expect(() => account.stackNamed('Nobody')).toThrow('no stack Nobody');
});
