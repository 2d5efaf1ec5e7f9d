import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
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
/** What the function does after it has recorded its invocation. */
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

/** A stack with a function, and the resources that `add` defines for it. */
function aStack(name: string, add: (stack: Stack, handler: lambda.Function) => void): SynthesizedStack {
  return synthesize((app) => {
    const stack = new Stack(app, name);
    // The account supports only the code of handlers that the package ships.
    const code = lambda.Code.fromAsset('assets/control');
    add(stack, new lambda.Function(stack, 'Function', { code, handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X }));
    return stack;
  });
}

const daily = (hour: number, input: object = {}, state = 'ENABLED') => (stack: Stack, handler: lambda.Function) => {
  const role = new iam.Role(stack, 'Scheduler', { assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com') });
  handler.grantInvoke(role);
  new scheduler.CfnSchedule(stack, 'Daily', {
    scheduleExpression: `cron(0 ${hour} * * ? *)`,
    flexibleTimeWindow: { mode: 'OFF' },
    state,
    target: { arn: handler.functionArn, roleArn: role.roleArn, input: JSON.stringify(input) },
  });
};

const hoursOf = () => invocations.map(({ at }) => Number(at.slice(11, 13)));

describe('runFor', () => {
  test('invokes each schedule once a day, in the order of the hours, and ends after the given time', async () => {
    await account.deploy(aStack('Late', daily(20, { from: 'late' })));
    await account.deploy(aStack('Early', daily(4, { from: 'early' })));
    const begin = account.clock.now().getTime();
    await account.runFor(10 * DAY);
    expect(invocations).toHaveLength(20);
    expect(invocations.map(({ event }) => (event as { from: string }).from === 'late' ? 20 : 4)).toEqual(hoursOf());
    expect([...invocations].sort((one, other) => one.at < other.at ? -1 : 1)).toEqual(invocations);
    const late = account.clock.now().getTime() - begin - 10 * DAY;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(HOUR);
  });

  test('loses and repeats no invocation if it is called in several parts', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    for (let part = 0; part < 12; part++) await account.runFor(6 * HOUR);
    expect(invocations).toHaveLength(3);
    expect(new Set(invocations.map(({ at }) => at.slice(0, 10))).size).toBe(3);
  });

  test('calls back after each invocation, when everything that it started has ended', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    const seen: number[] = [];
    await account.runFor(3 * DAY, async () => { seen.push(invocations.length); });
    expect(seen).toEqual([1, 2, 3]);
  });

  test('skips the invocations that a jump of the clock has missed, like a scheduler after an outage', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    account.laptop.kms.clock.advance(10 * DAY);
    await account.runFor(DAY);
    expect(invocations).toHaveLength(1);
  });

  test('waits for an execution that an invocation has started, for any virtual time', async () => {
    const waiting = (stack: Stack, handler: lambda.Function) => {
      daily(3)(stack, handler);
      new sfn.StateMachine(stack, 'Machine', {
        definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Wait(stack, 'Wait', { time: sfn.WaitTime.duration(Duration.hours(5)) })),
      });
    };
    const stack = await account.deploy(aStack('Shop', waiting));
    const machine = stack.resourcesOfType('AWS::StepFunctions::StateMachine')[0]?.resolved.ref as string;
    const client = new SFNClient({ endpoint: account.stepFunctions.endpoint, ...identity('function') });
    act = async () => client.send(new StartExecutionCommand({ stateMachineArn: machine }));
    await account.runFor(DAY);
    expect(account.stepFunctions.executions.map(({ status }) => status)).toEqual(['SUCCEEDED']);
  });

  test('reports a failed invocation, and continues when it is called again', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    act = async () => { throw new Error('handler failed'); };
    await expect(account.runFor(DAY)).rejects.toThrow('handler failed');
    act = async () => undefined;
    await account.runFor(DAY);
    // Lambda repeats an asynchronous invocation twice.
    expect(invocations).toHaveLength(3 + 1);
  });

});

describe('runUntil', () => {
  test('stops when the condition is true, and fails with its description if it never is', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    await account.runUntil('three invocations', async () => invocations.length >= 3, 10);
    expect(invocations).toHaveLength(3);
    await expect(account.runUntil('100 invocations', async () => invocations.length >= 100, 5))
      .rejects.toThrow('100 invocations: not reached after 5 days');
  });
});

describe('a schedule', () => {
  test('invokes its target only at the new hour after an update', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    await account.deploy(aStack('Shop', daily(7)));
    await account.runFor(2 * DAY);
    expect(hoursOf()).toEqual([7, 7]);
  });

  test('does not invoke its target after it is disabled or removed', async () => {
    await account.deploy(aStack('Shop', daily(3)));
    await account.deploy(aStack('Shop', daily(3, {}, 'DISABLED')));
    await account.runFor(2 * DAY);
    await account.deploy(aStack('Shop', daily(3)));
    await account.deploy(aStack('Shop', () => undefined));
    await account.runFor(2 * DAY);
    expect(invocations).toEqual([]);
  });

  test('can be invoked immediately', async () => {
    await account.deploy(aStack('Shop', daily(3, { source: 'schedule' })));
    await account.fireSchedules();
    expect(invocations.map(({ event }) => event)).toEqual([{ source: 'schedule' }]);
  });
});

test('a rule receives the event of a failed KMS call and delivers it to its target', async () => {
  await account.deploy(aStack('Shop', (stack, handler) => {
    const rule = new events.Rule(stack, 'Rule', {
      eventPattern: { source: ['aws.kms'], detail: { errorCode: ['NotFoundException'] } },
      targets: [new targets.LambdaFunction(handler, {
        event: events.RuleTargetInput.fromObject({ operation: events.EventField.fromPath('$.detail.eventName') }),
      })],
    });
    (rule.node.defaultChild as events.CfnRule).state = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
  }));
  await account.laptop.kmsClient('application', 1).send(new DescribeKeyCommand({ KeyId: 'alias/missing' })).catch(() => undefined);
  await account.idle();
  expect(invocations.map(({ event }) => event)).toEqual([{ operation: 'DescribeKey' }]);
});

test('a key that is removed from a template is retained or scheduled for deletion, as declared', async () => {
  const addKeys = (stack: Stack) => {
    new kms.Key(stack, 'Retained', {});
    new kms.Key(stack, 'Destroyed', { removalPolicy: RemovalPolicy.DESTROY });
  };
  const stack = await account.deploy(aStack('Shop', addKeys));
  const keys = stack.resourcesOfType('AWS::KMS::Key');
  const [retained, destroyed] = ['Retained', 'Destroyed'].map((id) => keys.find(({ logicalId }) => logicalId.startsWith(id))?.resolved.ref);
  await account.deploy(aStack('Shop', () => undefined));
  const client = account.laptop.kmsClient('application', 1);
  const stateOf = async (KeyId?: string) => (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;
  expect([await stateOf(retained), await stateOf(destroyed)]).toEqual(['Enabled', 'PendingDeletion']);
});

test('a state machine that is removed aborts its executions', async () => {
  const machine = (stack: Stack, handler: lambda.Function) => {
    const work = new sfn.CustomState(stack, 'Work', { stateJson: { Type: 'Task', Resource: handler.functionArn, End: true } });
    const stateMachine = new sfn.StateMachine(stack, 'Machine', { definitionBody: sfn.DefinitionBody.fromChainable(work) });
    handler.grantInvoke(stateMachine);
  };
  const stack = await account.deploy(aStack('Shop', machine));
  const stateMachineArn = stack.resourcesOfType('AWS::StepFunctions::StateMachine')[0]?.resolved.ref;
  act = async () => new Promise(() => undefined);
  const client = new SFNClient({ endpoint: account.stepFunctions.endpoint, ...identity('application') });
  await client.send(new StartExecutionCommand({ stateMachineArn }));
  await account.deploy(aStack('Shop', () => undefined));
  await account.idle();
  expect(account.stepFunctions.executions.map(({ status }) => status)).toEqual(['ABORTED']);
});

test('a stack can be found by its name after its first deployment', async () => {
  const stack = await account.deploy(aStack('Shop', daily(3)));
  expect(account.stackNamed('Shop')).toBe(stack);
  expect(() => account.stackNamed('Missing')).toThrow('stack Missing does not exist');
});

test('a role that is created again has another name and another id, and its policies apply to it alone', async () => {
  const roleOf = async (build: typeof daily) => {
    const stack = await account.deploy(aStack('Shop', build(3)));
    return stack.resourcesOfType('AWS::IAM::Role').find(({ logicalId }) => logicalId.startsWith('Scheduler'))?.resolved;
  };
  const first = await roleOf(daily);
  expect(first?.ref).toMatch(/^Shop-Scheduler[0-9A-F]{8}-[0-9A-Z]{12}$/);
  expect(first?.attributes.RoleId).toMatch(/^AROA[0-9A-Z]{17}$/);
  await account.stackNamed('Shop').delete();
  const { iam: identities } = account.laptop;
  expect(identities.exists(first?.attributes.Arn as string)).toBe(false);
  const second = await roleOf(daily);
  expect([second?.ref === first?.ref, second?.attributes.RoleId === first?.attributes.RoleId]).toEqual([false, false]);
  expect(identities.policiesOf(second?.attributes.Arn as string)).toHaveLength(1);
});

test('a rule invokes a function only if the resource policy of the function allows it', async () => {
  await account.deploy(aStack('Shop', (stack, handler) => {
    new events.CfnRule(stack, 'Rule', {
      eventPattern: { source: ['aws.kms'] },
      state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
      targets: [{ id: 'one', arn: handler.functionArn, inputTransformer: { inputPathsMap: { detail: '$.detail' }, inputTemplate: '{"detail":<detail>}' } }],
    });
  }));
  await account.laptop.kmsClient('application', 1).send(new DescribeKeyCommand({ KeyId: 'alias/missing' })).catch(() => undefined);
  await expect(account.idle()).rejects.toThrow('the resource policy of');
  expect(invocations).toEqual([]);
});
