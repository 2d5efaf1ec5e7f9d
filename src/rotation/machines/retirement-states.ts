import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { at, FunctionTask } from './function-task';
import { ShardMap } from './shard-map';
import { ErrorName } from '../../contract/error-names';
import type { FamilyDescription } from '../../contract/family/family-description';
import { describeProblem } from '../../contract/problem';
import {
  STEP_SCHEMA, type ControlRequest, type GateStep, type RetirementRequest, type RetirementStep,
} from '../../contract/runs/function-steps';

/** What the states of the retirement machine refer to. */
export interface RetirementStatesProps {
  /** The family whose old generation is retired. It can contain tokens. */
  readonly family: FamilyDescription;
  /** Opens and closes the gate: only the control role writes key policies. */
  readonly control: lambda.IFunction;
  /** Counts records. */
  readonly worker: lambda.IFunction;
  readonly retirement: lambda.IFunction;
  /** How many shards are counted at the same time. */
  readonly maxConcurrency: number;
}

/** The states of the retirement machine. `RetirementMachine` defines their transitions. */
export class RetirementStates {
  public constructor(private readonly machine: Construct, private readonly props: RetirementStatesProps) {}

  /**
   * After this state, the data is `{ family, run }`. Only the next function reads the input, which an operator may have
   * written, and validates it.
   */
  public describeFamily(): sfn.Pass {
    return new sfn.Pass(this.machine, 'DescribeFamily', { result: sfn.Result.fromObject({ family: this.props.family }) });
  }

  public decide(): sfn.TaskStateBase {
    return new FunctionTask<RetirementRequest, 'decide'>(this.machine, 'Decide', {
      function: this.props.retirement,
      message: {
        schema: STEP_SCHEMA,
        step: 'decide',
        family: at('$.family'),
        execution: at('$$.Execution.Id'),
        startedAt: at('$$.Execution.StartTime'),
        input: at('$$.Execution.Input'),
      },
      resultAt: '$.run',
    });
  }

  public chooseRetirementAction(): sfn.Choice {
    return new sfn.Choice(this.machine, 'ChooseRetirementAction');
  }

  public nothingDue(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'NothingDue');
  }

  public beginCount(): sfn.TaskStateBase {
    return this.invoke('BeginCount', 'begin-count');
  }

  public count(): ShardMap {
    return new ShardMap(this.machine, 'Count', this.props);
  }

  public concludeCount(): sfn.TaskStateBase {
    return this.invoke('ConcludeCount', 'conclude-count');
  }

  public chooseByVerdict(): sfn.Choice {
    return new sfn.Choice(this.machine, 'ChooseByVerdict');
  }

  public certify(): sfn.TaskStateBase {
    return this.invoke('Certify', 'certify');
  }

  public openGate(): sfn.TaskStateBase {
    return this.invokeControl('OpenGate', 'open-gate');
  }

  public certified(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'Certified');
  }

  public scheduleDeletion(): sfn.TaskStateBase {
    return this.invoke('ScheduleDeletion', 'schedule-deletion');
  }

  public deletionScheduled(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'DeletionScheduled');
  }

  public recordRecount(): sfn.TaskStateBase {
    return this.invoke('RecordRecount', 'record-recount');
  }

  public deletionContinues(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'DeletionContinues');
  }

  public beginSoak(): sfn.TaskStateBase {
    return this.invoke('BeginSoak', 'begin-soak');
  }

  public probeWatch(): sfn.TaskStateBase {
    return this.invoke('ProbeWatch', 'probe-watch');
  }

  public inSoak(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'InSoak');
  }

  public startOver(): sfn.TaskStateBase {
    return this.invoke('StartOver', 'start-over');
  }

  public closeGate(): sfn.TaskStateBase {
    return this.invokeControl('CloseGate', 'close-gate');
  }

  public stillInUse(): sfn.Fail {
    return new sfn.Fail(this.machine, 'StillInUse', {
      error: ErrorName.STILL_IN_USE,
      cause: describeProblem({
        where: this.props.family.alias,
        what: 'an old generation is still in use, so it is enabled again and its retirement starts over',
        remedy: 'read the generation and what was found in the history of this execution; no data is lost',
      }),
    });
  }

  public cancelDeletion(): sfn.TaskStateBase {
    return this.invoke('CancelDeletion', 'cancel-deletion');
  }

  public deletionCancelled(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'DeletionCancelled');
  }

  public endRetirement(): sfn.TaskStateBase {
    return this.invoke('EndRetirement', 'end-retirement');
  }

  public closeGateAtEnd(): sfn.TaskStateBase {
    return this.invokeControl('CloseGateAtEnd', 'close-gate');
  }

  public retirementEnded(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'RetirementEnded');
  }

  /** Invokes the retirement function for one step of the run. */
  private invoke(id: string, step: RetirementStep): sfn.TaskStateBase {
    return new FunctionTask<RetirementRequest, RetirementStep>(this.machine, id, {
      function: this.props.retirement,
      message: { schema: STEP_SCHEMA, step, family: at('$.family'), run: at('$.run') },
      resultAt: '$.run',
    });
  }

  /** Invokes the control function to write a key policy. */
  private invokeControl(id: string, step: GateStep): sfn.TaskStateBase {
    return new FunctionTask<ControlRequest, GateStep>(this.machine, id, {
      function: this.props.control,
      message: { schema: STEP_SCHEMA, step, family: at('$.family'), run: at('$.run') },
      resultAt: '$.run',
    });
  }
}
