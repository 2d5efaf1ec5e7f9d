import { App, Duration, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { aBench, functionArn } from './machine-bench';

// The supported part of the Amazon States Language must be what the CDK synthesizes for the constructs that we use.
test('the interpreter runs a state machine that the CDK has synthesized', async () => {
  const stack = new Stack(new App(), 'Stack');
  const worker = lambda.Function.fromFunctionArn(stack, 'Worker', functionArn('worker'));
  const invoke = (id: string, payload: object) => new LambdaInvoke(stack, id, {
    lambdaFunction: worker,
    payload: sfn.TaskInput.fromObject(payload),
    payloadResponseOnly: true,
    taskTimeout: sfn.Timeout.duration(Duration.minutes(15)),
    resultPath: '$.progress',
    retryOnServiceExceptions: true,
  });
  const shards = new sfn.DistributedMap(stack, 'Shards', {
    itemsPath: '$.shards',
    maxConcurrency: 5,
    label: 'Shards',
    resultPath: sfn.JsonPath.DISCARD,
    itemSelector: { 'run.$': '$$.Execution.Id', 'shard.$': '$$.Map.Item.Value', 'left': 2 },
  });
  const work = invoke('Work', { 'left.$': '$.left', 'shard.$': '$.shard' });
  const more = new sfn.Pass(stack, 'More', { parameters: { 'left.$': '$.progress', 'shard.$': '$.shard' } });
  shards.itemProcessor(work.next(
    new sfn.Choice(stack, 'Left?')
      .when(sfn.Condition.numberGreaterThanEquals('$.progress', 1), more.next(work))
      .otherwise(new sfn.Succeed(stack, 'Shard done'))));
  shards.addRetry({ errors: ['Throttled'], maxAttempts: 2, jitterStrategy: sfn.JitterType.FULL });
  const failed = new sfn.Fail(stack, 'Failed', { error: 'RotationFailed', cause: 'a shard failed' });
  shards.addCatch(failed, { errors: [sfn.Errors.ALL], resultPath: '$.failure' });
  const wait = new sfn.Wait(stack, 'Wait', { time: sfn.WaitTime.secondsPath('$.waitSeconds') });
  const either = new sfn.Choice(stack, 'Due?')
    .when(sfn.Condition.and(sfn.Condition.isPresent('$.shards'), sfn.Condition.not(sfn.Condition.stringEquals('$.kind', 'nothing'))), wait)
    .otherwise(new sfn.Succeed(stack, 'Nothing to do'));
  wait.next(shards);
  const rotation = new sfn.StateMachine(stack, 'Rotation', {
    definitionBody: sfn.DefinitionBody.fromChainable(either),
    timeout: Duration.days(2),
  });

  const resource = stack.resolve((rotation.node.defaultChild as sfn.CfnStateMachine).definitionString) as string;
  const calls: unknown[] = [];
  const bench = aBench(JSON.parse(resource) as object, {
    worker: async (payload) => {
      calls.push(payload);
      return (payload as { left: number }).left - 1;
    },
  });

  expect(await bench.interpreter.execute('run', { kind: 'rotate', waitSeconds: 600, shards: ['a', 'b'] }))
    .toMatchObject({ status: 'SUCCEEDED', output: { kind: 'rotate', waitSeconds: 600, shards: ['a', 'b'] } });
  expect(calls).toEqual(
    expect.arrayContaining([
      { left: 2, shard: 'a' },
      { left: 2, shard: 'b' },
      { left: 1, shard: 'a' },
      { left: 1, shard: 'b' },
    ]),
  );
  expect(calls).toHaveLength(4);
  expect(bench.passed()).toBe(600);
  expect(await bench.interpreter.execute('run', { kind: 'nothing', shards: [] })).toMatchObject({ status: 'SUCCEEDED' });
});
