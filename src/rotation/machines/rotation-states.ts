import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { at, FunctionTask } from './function-task';
import { ShardMap } from './shard-map';
import { ErrorName } from '../../contract/error-names';
import type { FamilyDescription } from '../../contract/family/family-description';
import { describeProblem } from '../../contract/problem';
import { STEP_SCHEMA, type ControlRequest, type ControlStep, type WorkerRequest } from '../../contract/runs/function-steps';

/** What the states of the rotation machine refer to. */
export interface RotationStatesProps {
  /** What is rotated. It may hold tokens. */
  readonly family: FamilyDescription;
  readonly control: lambda.IFunction;
  readonly worker: lambda.IFunction;
  /** How many shards are worked on at the same time. */
  readonly maxConcurrency: number;
}

/** The states of the rotation machine, each made in one place. How they follow each other stands with the machine. */
export class RotationStates {
  public constructor(private readonly machine: Construct, private readonly props: RotationStatesProps) {}

  /** From here on the data is `{ family, run }`. The input, which a person may have written, goes to one function only, which reads it with care. */
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
        machine: at('$$.StateMachine.Id'),
        input: at('$$.Execution.Input'),
      },
      answerAt: '$.run',
    });
  }

  public chooseRotationKind(): sfn.Choice {
    return new sfn.Choice(this.machine, 'ChooseRotationKind');
  }

  public nothingToDo(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'NothingToDo');
  }

  public createGeneration(): sfn.TaskStateBase {
    return this.ask('CreateGeneration', 'create-generation', { patient: true });
  }

  public restoreGeneration(): sfn.TaskStateBase {
    return this.ask('RestoreGeneration', 'restore-generation', { patient: true });
  }

  public waitAfterRestore(): sfn.Wait {
    return this.settle('WaitAfterRestore');
  }

  public preflightControl(): sfn.TaskStateBase {
    return this.ask('PreflightControl', 'pre-flight', { patient: true });
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
      patient: true,
    });
  }

  public aliasAlreadyMoved(): sfn.Choice {
    return new sfn.Choice(this.machine, 'AliasAlreadyMoved');
  }

  public waitBeforeMove(): sfn.Wait {
    return this.settle('WaitBeforeMove');
  }

  public moveAlias(): sfn.TaskStateBase {
    return this.ask('MoveAlias', 'move-alias');
  }

  /** Where the run before this one has moved the alias, for as long as is left. */
  public waitAfterMove(): sfn.Wait {
    return this.settle('WaitAfterMove', '$.run.waitAfterMoveSeconds');
  }

  public checkConsumers(): sfn.TaskStateBase {
    return this.ask('CheckConsumers', 'check-consumers');
  }

  public consumersWorking(): sfn.Choice {
    return new sfn.Choice(this.machine, 'ConsumersWorking');
  }

  public moveAliasBack(): sfn.TaskStateBase {
    return this.ask('MoveAliasBack', 'move-alias-back');
  }

  public consumersFailed(): sfn.Fail {
    return new sfn.Fail(this.machine, 'ConsumersFailed', {
      error: ErrorName.CONSUMERS_FAILED,
      cause: describeProblem({
        where: this.props.family.alias,
        what: 'consumers failed after the alias had moved, so it names the generation before again',
        remedy: 'find out in CloudTrail who asked in vain; a consumer that decrypts must not name the alias as the key. Then rotate again',
      }),
    });
  }

  public fence(): sfn.TaskStateBase {
    return this.ask('Fence', 'fence');
  }

  public probeFence(): sfn.TaskStateBase {
    return this.ask('ProbeFence', 'probe-fence');
  }

  public fenceHolds(): sfn.Choice {
    return new sfn.Choice(this.machine, 'FenceHolds');
  }

  public waitForFence(): sfn.Wait {
    return new sfn.Wait(this.machine, 'WaitForFence', { time: sfn.WaitTime.duration(Duration.seconds(10)) });
  }

  public waitAfterFence(): sfn.Wait {
    return this.settle('WaitAfterFence');
  }

  public beginPass(): sfn.TaskStateBase {
    return this.ask('BeginPass', 'begin-pass');
  }

  public reEncrypt(): ShardMap {
    return new ShardMap(this.machine, 'ReEncrypt', this.props);
  }

  public beginCensus(): sfn.TaskStateBase {
    return this.ask('BeginCensus', 'begin-census');
  }

  public census(): ShardMap {
    return new ShardMap(this.machine, 'Census', this.props);
  }

  public concludeCensus(): sfn.TaskStateBase {
    return this.ask('ConcludeCensus', 'conclude-census');
  }

  public anyRecordsLeft(): sfn.Choice {
    return new sfn.Choice(this.machine, 'AnyRecordsLeft');
  }

  public concludeRotation(): sfn.TaskStateBase {
    return this.ask('ConcludeRotation', 'conclude-rotation');
  }

  public rotated(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'Rotated');
  }

  /** Asks the control function to bring the run one step further. */
  private ask(id: string, step: ControlStep, { patient = false } = {}): sfn.TaskStateBase {
    return new FunctionTask<ControlRequest, ControlStep>(this.machine, id, {
      function: this.props.control,
      message: { schema: STEP_SCHEMA, step, family: at('$.family'), machine: at('$$.StateMachine.Id'), run: at('$.run') },
      answerAt: '$.run',
      patient,
    });
  }

  private settle(id: string, seconds = '$.family.propagationDelaySeconds'): sfn.Wait {
    return new sfn.Wait(this.machine, id, { time: sfn.WaitTime.secondsPath(seconds) });
  }
}
