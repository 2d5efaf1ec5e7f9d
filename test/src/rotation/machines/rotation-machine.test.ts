import { Template } from 'aws-cdk-lib/assertions';
import * as logs from 'aws-cdk-lib/aws-logs';
import { allStates, complaintsAbout, fieldsInUse, leadsTo } from './machine-laws';
import { arrowsOf, pictureIn } from './machine-picture';
import { aFamilyWithTokens, aFunction, arnOf, definitionOf, resourcesOf, type State } from './synthesized-machine';
import { ErrorName } from '../../../../src/contract/error-names';
import { RotationMachine } from '../../../../src/rotation/machines/rotation-machine';
import { aStack } from '../../../support/a-stack';

function aRotationMachine({ logged = false } = {}) {
  const stack = aStack();
  const [control, worker] = [aFunction(stack, 'Control'), aFunction(stack, 'Worker')];
  const { stateMachine } = new RotationMachine(stack, 'Rotation', {
    family: aFamilyWithTokens(stack), control, worker, maxConcurrency: 20, ...(logged && { logs: new logs.LogGroup(stack, 'Log') }),
  });
  return { stack, stateMachine, arns: { control: arnOf(stack, control), worker: arnOf(stack, worker) } };
}

const { stack, stateMachine, arns } = aRotationMachine();
const definition = definitionOf(stateMachine);
const states = new Map(allStates(definition));
const tasks = [...states].filter(([, { Type }]) => Type === 'Task');

test('the definition is the one in the doc comment', () => {
  expect(arrowsOf(definition)).toEqual(pictureIn('rotation-machine.ts'));
});

test.each(['ReEncrypt', 'Census'])('%s processes each shard as drawn in its doc comment', (map) => {
  const { ItemProcessor, Label } = states.get(map) as Required<State>;
  const drawn = pictureIn('shard-map.ts').map((arrow) => arrow.replace(/\bShard/g, `${map}Shard`)).sort();
  expect(arrowsOf(ItemProcessor)).toEqual(drawn);
  expect(Label).toBe(map);
});

test('Step Functions accepts the definition', () => {
  expect(complaintsAbout(definition)).toBe('');
  expect(complaintsAbout({ ...definition, StartAt: 'Nowhere' })).toContain('Nowhere');
});

describe('the data of the execution', () => {
  test('the first state contains the family as declared, with ARNs and quotes', () => {
    const { family } = states.get('DescribeFamily')?.Result as { family: { [member: string]: unknown } };
    const [userRole] = Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Role')).filter((id) => id.startsWith('User'));
    expect(family).toMatchObject({
      alias: 'alias/orders',
      description: 'Says "orders", and $.run besides',
      propagationDelaySeconds: 300,
      paused: false,
    });
    expect(JSON.parse(String(family.policyDocument))).toEqual({
      Version: '2012-10-17',
      Statement: [expect.objectContaining({ Principal: { AWS: expect.stringContaining(String(userRole)) as string } })],
    });
  });

  test('is family and run, independent of the input', () => {
    expect(states.get('DescribeFamily')).not.toHaveProperty('ResultPath');
    const kept = Object.values(definition.States)
      .filter(({ Type }) => Type === 'Task' || Type === 'Map')
      .map(({ ResultPath }) => ResultPath);
    expect(new Set(kept)).toEqual(new Set(['$.run', null]));
  });

  test('includes the input for the plan only', () => {
    const reading = [...states].filter(([, state]) => JSON.stringify(state).includes('$$.Execution.Input')).map(([name]) => name);
    expect(reading).toEqual(['Plan']);
  });

  test('the execution for a shard receives all members of the request to the worker, and returns nothing', () => {
    for (const map of ['ReEncrypt', 'Census']) {
      const { ItemSelector, ResultPath } = states.get(map) as Required<State>;
      const { Parameters } = states.get(`${map}Shard`) as Required<State>;
      const given = Object.keys(ItemSelector).map((field) => `$.${field.replace('.$', '')}`);
      const requested = Object.values(Parameters).filter((value): value is string => String(value).startsWith('$.'));
      expect(requested.map((path) => path.replace('.sequence', '')).sort()).toEqual(given.sort());
      expect(ItemSelector.progress).toEqual({ finished: false, sequence: 0 });
      expect(states.get(`${map}ShardDone`)).toEqual({ Type: 'Pass', Result: {}, End: true });
      expect(ResultPath).toBeNull();
    }
  });

  test('the history of an execution for a shard has room for every invocation, with retries', () => {
    const rounds = Number(states.get('CensusShardProgress')?.Choices?.[1]?.NumericGreaterThanEquals);
    const eventsOfARound = 5 + 2;
    expect(rounds * eventsOfARound).toBeLessThan(25_000 * 0.6);
  });
});

describe('each task', () => {
  test('invokes a function of the family, and no other', () => {
    const invoked = tasks.map(([name, { Resource }]) => [name, Resource]);
    const workers = ['PreflightWorker', 'ReEncryptShard', 'CensusShard'];
    expect(invoked).toEqual(tasks.map(([name]) => [name, workers.includes(name) ? arns.worker : arns.control]));
  });

  test('has a timeout, and a limited number of retries with increasing intervals', () => {
    for (const [, { TimeoutSeconds, Retry = [] }] of tasks) {
      expect(TimeoutSeconds).toBeGreaterThan(15 * 60);
      for (const retry of Retry) {
        expect(retry).toMatchObject({ BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: expect.any(Number) as number });
      }
    }
    expect(
      tasks.flatMap(([, { Retry = [] }]) => Retry.map(({ MaxAttempts }) => Number(MaxAttempts))).every((attempts) => attempts <= 15),
    ).toBe(true);
  });

  test('waits for the propagation of a key, a permission or an alias only where it is new', () => {
    const waiting = tasks.filter(([, { Retry }]) => JSON.stringify(Retry).includes(ErrorName.ACCESS_DENIED)).map(([name]) => name);
    expect(waiting.sort()).toEqual([
      'CreateGeneration', 'LiftFence', 'MoveAlias', 'MoveAliasBack', 'PreflightControl', 'PreflightWorker', 'RestoreGeneration',
    ]);
  });

  test('is always retried after throttling, and never after an error for which a retry cannot help', () => {
    const retried = (state: State): unknown[] => (state.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals as unknown[]);
    const mendable: string[] = [ErrorName.THROTTLED, ErrorName.KEY_NOT_READY, ErrorName.ACCESS_DENIED];
    for (const [, task] of tasks) {
      expect(retried(task)).toContain(ErrorName.THROTTLED);
      for (const name of Object.values(ErrorName)) {
        if (!mendable.includes(name)) expect(retried(task)).not.toContain(name);
      }
      expect(retried(task)).not.toContain('States.ALL');
      expect(task).not.toHaveProperty('Catch');
    }
  });
});

describe('no way leads past', () => {
  test.each([
    ['the proof that the control role can work', 'PreflightControl', 'MoveAlias'],
    ['the proof that the worker can work', 'PreflightWorker', 'MoveAlias'],
    ['the proof that the control role can work', 'PreflightControl', 'ReEncrypt'],
    ['the proof that the worker can work', 'PreflightWorker', 'ReEncrypt'],
    ['settling before the alias moves', 'WaitBeforeMove', 'MoveAlias'],
    ['settling before the fence', 'WaitAfterMove', 'Fence'],
    ['the look at consumers', 'CheckConsumers', 'Fence'],
    ['the fence', 'Fence', 'ReEncrypt'],
    ['the probe of the fence', 'ProbeFence', 'BeginCensus'],
    ['the answer of the probe', 'FenceHolds', 'BeginCensus'],
    ['settling after the fence', 'WaitAfterFence', 'ReEncrypt'],
    ['the proof of the watch', 'ProveWatch', 'MoveAlias'],
    ['the check after the fence', 'CheckFence', 'ReEncrypt'],
    ['lifting the fence', 'LiftFence', 'WaitAfterLift'],
    ['a census', 'Census', 'ConcludeRotation'],
    ['the verdict of the census', 'AnyRecordsLeft', 'Rotated'],
  ])('%s (%s) to %s', (_, guard, target) => {
    expect(leadsTo(definition, definition.StartAt, target)).toBe(true);
    expect(leadsTo(definition, definition.StartAt, target, [guard])).toBe(false);
  });

  test('a restored generation waits for propagation before its pre-flight check', () => {
    expect(leadsTo(definition, 'RestoreGeneration', 'PreflightControl', ['WaitAfterRestore'])).toBe(false);
  });

  test('records that a census finds are re-encrypted and counted again', () => {
    expect(leadsTo(definition, 'AnyRecordsLeft', 'ReEncrypt')).toBe(true);
    expect(leadsTo(definition, 'ReEncrypt', 'ConcludeRotation', ['Census'])).toBe(false);
  });

  test('the alias moves back to a fenced generation only after its fence is lifted and that has propagated', () => {
    expect(leadsTo(definition, 'CheckFence', 'MoveAliasBack', ['WaitAfterLift', 'BeginPass'])).toBe(false);
    expect(leadsTo(definition, 'CheckFence', 'WaitAfterLift', ['LiftFence', 'BeginPass'])).toBe(false);
  });

  test('after the alias has moved back, the execution fails and changes nothing more', () => {
    expect(definition.States.MoveAliasBack?.Next).toBe('ConsumersFailed');
    expect(definition.States.ConsumersFailed).toMatchObject({ Type: 'Fail', Error: ErrorName.CONSUMERS_FAILED });
  });
});

test('the definition uses exactly the fields that the interpreter knows', () => {
  expect(fieldsInUse(definition)).toEqual({
    definition: ['Comment', 'StartAt', 'States'],
    ItemProcessor: ['ProcessorConfig', 'StartAt', 'States'],
    Pass: ['End', 'Next', 'Result', 'Type'],
    Task: ['Next', 'Parameters', 'Resource', 'ResultPath', 'Retry', 'TimeoutSeconds', 'Type'],
    Retry: ['BackoffRate', 'ErrorEquals', 'IntervalSeconds', 'JitterStrategy', 'MaxAttempts', 'MaxDelaySeconds'],
    Choice: ['Choices', 'Default', 'Type'],
    Choices: ['BooleanEquals', 'Next', 'NumericGreaterThanEquals', 'StringEquals', 'Variable'],
    Wait: ['Next', 'Seconds', 'SecondsPath', 'Type'],
    Succeed: ['Type'],
    Fail: ['Cause', 'CausePath', 'Error', 'Type'],
    Map: ['ItemProcessor', 'ItemSelector', 'ItemsPath', 'Label', 'MaxConcurrency', 'Next', 'ResultPath', 'Type'],
  });
});

describe('the resources', () => {
  const own = resourcesOf(stack, 'Rotation');
  const machineName = String(own['AWS::StepFunctions::StateMachine']?.logicalId);

  test('are three: state machine, role, and a policy on its own executions', () => {
    expect(Object.keys(own).sort()).toEqual(['AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::StepFunctions::StateMachine']);
    expect(Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Policy'))).toHaveLength(1);
  });

  test('the role may invoke the functions of the family, without versions and aliases', () => {
    expect(own['AWS::IAM::Role']?.properties.Policies).toEqual([{
      PolicyName: 'InvokeFunctions',
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{
          Sid: 'InvokeTheFunctionsOfTheFamily', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: [arns.control, arns.worker],
        }],
      },
    }]);
  });

  test('the role may start this machine for each shard, and manage its executions', () => {
    const executions = (name: string) => `arn:aws:states:eu-central-1:111122223333:execution:${name}:*`;
    const ofShards = [executions(`${machineName}/ReEncrypt`), executions(`${machineName}/Census`)];
    expect(own['AWS::IAM::Policy']?.properties.PolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Sid: 'StartItselfForEachShard', Effect: 'Allow', Action: 'states:StartExecution', Resource: machineName },
        {
          Sid: 'ManageOwnExecutions',
          Effect: 'Allow',
          Action: ['states:DescribeExecution', 'states:StopExecution'],
          Resource: [executions(machineName), ...ofShards],
        },
        { Sid: 'RedriveFailedShards', Effect: 'Allow', Action: 'states:RedriveExecution', Resource: ofShards },
      ],
    });
  });

  test('a log group receives no execution data, and adds only log deliveries to the role', () => {
    const logged = resourcesOf(aRotationMachine({ logged: true }).stack, 'Rotation');
    expect(logged['AWS::StepFunctions::StateMachine']?.properties.LoggingConfiguration).toMatchObject({
      IncludeExecutionData: false,
      Level: 'ERROR',
    });
    expect(own['AWS::StepFunctions::StateMachine']?.properties).not.toHaveProperty('LoggingConfiguration');
    const [policy] = logged['AWS::IAM::Role']?.properties.Policies as [{ PolicyDocument: { Statement: { Sid: string }[] } }];
    expect(policy.PolicyDocument.Statement.map(({ Sid }) => Sid)).toEqual(['InvokeTheFunctionsOfTheFamily', 'DeliverOwnLogs']);
  });
});
