import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { at, FunctionTask } from './function-task';
import { ShardMap } from './shard-map';
import { ErrorName } from '../../contract/error-names';
import type { FamilyDescription } from '../../contract/family/family-description';
import { STEP_SCHEMA, type ControlRequest, type ControlStep, type WorkerRequest } from '../../contract/runs/function-steps';

/** What the states of the rotation machine refer to. */
export interface RotationStatesProps {
  /** The family that is rotated. It can contain tokens. */
  readonly family: FamilyDescription;
  readonly control: lambda.IFunction;
  readonly worker: lambda.IFunction;
  /** How many shards are re-encrypted at the same time. */
  readonly maxConcurrency: number;
}

/** The states of the rotation machine. `RotationMachine` defines their transitions. */
export class RotationStates {
  public constructor(private readonly machine: Construct, private readonly props: RotationStatesProps) {}

  /**
   * After this state, the data is `{ family, run }`. Only the next function reads the input, which an operator may have
   * written, and validates it.
   */
  public describeFamily(): sfn.Pass {
    return new sfn.Pass(this.machine, 'DescribeFamily', { result: sfn.Result.fromObject({ family: this.props.family }) });
  }

  public plan(): sfn.TaskStateBase {
    return new FunctionTask<ControlRequest, 'plan'>(this.machine, 'Plan', {
      function: this.props.control,
      message: {
        schema: STEP_SCHEMA,
        step: 'plan',
        family: at('$.family'),
        execution: at('$$.Execution.Id'),
        startedAt: at('$$.Execution.StartTime'),
        machine: at('$$.StateMachine.Id'),
        input: at('$$.Execution.Input'),
      },
      resultAt: '$.run',
    });
  }

  public chooseRotationKind(): sfn.Choice {
    return new sfn.Choice(this.machine, 'ChooseRotationKind');
  }

  public nothingToDo(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'NothingToDo');
  }

  public createGeneration(): sfn.TaskStateBase {
    return this.invoke('CreateGeneration', 'create-generation', { waitForPropagation: true });
  }

  public restoreGeneration(): sfn.TaskStateBase {
    return this.invoke('RestoreGeneration', 'restore-generation', { waitForPropagation: true });
  }

  public waitAfterRestore(): sfn.Wait {
    return this.wait('WaitAfterRestore');
  }

  public preflightControl(): sfn.TaskStateBase {
    return this.invoke('PreflightControl', 'pre-flight', { waitForPropagation: true });
  }

  public preflightWorker(): sfn.TaskStateBase {
    return new FunctionTask<WorkerRequest, 'pre-flight'>(this.machine, 'PreflightWorker', {
      function: this.props.worker,
      message: {
        schema: STEP_SCHEMA,
        step: 'pre-flight',
        family: at('$.family.alias'),
        stores: at('$.family.stores'),
        generations: at('$.run.generations'),
      },
      waitForPropagation: true,
    });
  }

  public proveWatch(): sfn.TaskStateBase {
    return this.invoke('ProveWatch', 'prove-watch');
  }

  public watchProven(): sfn.Choice {
    return new sfn.Choice(this.machine, 'WatchProven');
  }

  public waitForEcho(): sfn.Wait {
    return new sfn.Wait(this.machine, 'WaitForEcho', { time: sfn.WaitTime.duration(Duration.minutes(1)) });
  }

  public aliasAlreadyMoved(): sfn.Choice {
    return new sfn.Choice(this.machine, 'AliasAlreadyMoved');
  }

  public waitBeforeMove(): sfn.Wait {
    return this.wait('WaitBeforeMove');
  }

  public moveAlias(): sfn.TaskStateBase {
    return this.invoke('MoveAlias', 'move-alias', { waitForPropagation: true });
  }

  /** Until consumers are checked again: a minute after the alias has moved, then increasingly longer. */
  public waitAfterMove(): sfn.Wait {
    return this.wait('WaitAfterMove', '$.run.nextCheckSeconds');
  }

  public checkConsumers(): sfn.TaskStateBase {
    return this.invoke('CheckConsumers', 'check-consumers');
  }

  public consumersWorking(): sfn.Choice {
    return new sfn.Choice(this.machine, 'ConsumersWorking');
  }

  public moveAliasBack(): sfn.TaskStateBase {
    return this.invoke('MoveAliasBack', 'move-alias-back', { waitForPropagation: true });
  }

  public consumersFailed(): sfn.Fail {
    return new sfn.Fail(this.machine, 'ConsumersFailed', {
      error: ErrorName.CONSUMERS_FAILED,
      causePath: '$.run.consumerFailure',
    });
  }

  public liftFence(): sfn.TaskStateBase {
    return this.invoke('LiftFence', 'lift-fence', { waitForPropagation: true });
  }

  public waitAfterLift(): sfn.Wait {
    return this.wait('WaitAfterLift');
  }

  public fence(): sfn.TaskStateBase {
    return this.invoke('Fence', 'fence');
  }

  public probeFence(): sfn.TaskStateBase {
    return this.invoke('ProbeFence', 'probe-fence');
  }

  public fenceHolds(): sfn.Choice {
    return new sfn.Choice(this.machine, 'FenceHolds');
  }

  public waitForFence(): sfn.Wait {
    return new sfn.Wait(this.machine, 'WaitForFence', { time: sfn.WaitTime.duration(Duration.seconds(10)) });
  }

  public waitAfterFence(): sfn.Wait {
    return this.wait('WaitAfterFence');
  }

  /** The same check again: the fence denies calls that the move of the alias did not affect. */
  public checkFence(): sfn.TaskStateBase {
    return this.invoke('CheckFence', 'check-consumers');
  }

  public fenceTolerated(): sfn.Choice {
    return new sfn.Choice(this.machine, 'FenceTolerated');
  }

  public waitForReports(): sfn.Wait {
    return this.wait('WaitForReports', '$.run.nextCheckSeconds');
  }

  public beginPass(): sfn.TaskStateBase {
    return this.invoke('BeginPass', 'begin-pass');
  }

  public reEncrypt(): ShardMap {
    return new ShardMap(this.machine, 'ReEncrypt', this.props);
  }

  public beginCensus(): sfn.TaskStateBase {
    return this.invoke('BeginCensus', 'begin-census');
  }

  public census(): ShardMap {
    return new ShardMap(this.machine, 'Census', this.props);
  }

  public concludeCensus(): sfn.TaskStateBase {
    return this.invoke('ConcludeCensus', 'conclude-census');
  }

  public anyRecordsLeft(): sfn.Choice {
    return new sfn.Choice(this.machine, 'AnyRecordsLeft');
  }

  public concludeRotation(): sfn.TaskStateBase {
    return this.invoke('ConcludeRotation', 'conclude-rotation');
  }

  public rotated(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'Rotated');
  }

  /** Invokes the control function for one step of the run. */
  private invoke(id: string, step: ControlStep, { waitForPropagation = false } = {}): sfn.TaskStateBase {
    return new FunctionTask<ControlRequest, ControlStep>(this.machine, id, {
      function: this.props.control,
      message: { schema: STEP_SCHEMA, step, family: at('$.family'), machine: at('$$.StateMachine.Id'), run: at('$.run') },
      resultAt: '$.run',
      waitForPropagation,
    });
  }

  private wait(id: string, seconds = '$.family.propagationDelaySeconds'): sfn.Wait {
    return new sfn.Wait(this.machine, id, { time: sfn.WaitTime.secondsPath(seconds) });
  }
}
