import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { at, FunctionTask } from './function-task';
import { ShardMap } from './shard-map';
import { ErrorName } from '../../contract/error-names';
import type { FamilyDescription } from '../../contract/family/family-description';
import { describeProblem } from '../../contract/problem';
import { STEP_SCHEMA, type ControlRequest, type GateStep, type RetirementRequest, type RetirementStep } from '../../contract/runs/function-steps';

/** What the states of the retirement machine refer to. */
export interface RetirementStatesProps {
  /** Whose old generation is retired. It may hold tokens. */
  readonly family: FamilyDescription;
  /** Opens and closes the gate before deletion: policies are the control role's alone. */
  readonly control: lambda.IFunction;
  /** Counts. */
  readonly worker: lambda.IFunction;
  readonly retirement: lambda.IFunction;
  /** How many shards are counted at the same time. */
  readonly maxConcurrency: number;
}

/** The states of the retirement machine, each made in one place. How they follow each other stands with the machine. */
export class RetirementStates {
  public constructor(private readonly machine: Construct, private readonly props: RetirementStatesProps) {}

  /** From here on the data is `{ family, run }`. The input, which a person may have written, goes to one function only, which reads it with care. */
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
        input: at('$$.Execution.Input'),
      },
      answerAt: '$.run',
    });
  }

  public chooseRetirementAction(): sfn.Choice {
    return new sfn.Choice(this.machine, 'ChooseRetirementAction');
  }

  public nothingDue(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'NothingDue');
  }

  public beginCount(): sfn.TaskStateBase {
    return this.ask('BeginCount', 'begin-count');
  }

  public count(): ShardMap {
    return new ShardMap(this.machine, 'Count', this.props);
  }

  public concludeCount(): sfn.TaskStateBase {
    return this.ask('ConcludeCount', 'conclude-count');
  }

  public chooseByVerdict(): sfn.Choice {
    return new sfn.Choice(this.machine, 'ChooseByVerdict');
  }

  public certify(): sfn.TaskStateBase {
    return this.ask('Certify', 'certify');
  }

  public openGate(): sfn.TaskStateBase {
    return this.askControl('OpenGate', 'open-gate');
  }

  public certified(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'Certified');
  }

  public scheduleDeletion(): sfn.TaskStateBase {
    return this.ask('ScheduleDeletion', 'schedule-deletion');
  }

  public deletionScheduled(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'DeletionScheduled');
  }

  public recordRecount(): sfn.TaskStateBase {
    return this.ask('RecordRecount', 'record-recount');
  }

  public deletionContinues(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'DeletionContinues');
  }

  public beginSoak(): sfn.TaskStateBase {
    return this.ask('BeginSoak', 'begin-soak');
  }

  public echo(): sfn.TaskStateBase {
    return this.ask('Echo', 'echo');
  }

  public inSoak(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'InSoak');
  }

  public startOver(): sfn.TaskStateBase {
    return this.ask('StartOver', 'start-over');
  }

  public closeGate(): sfn.TaskStateBase {
    return this.askControl('CloseGate', 'close-gate');
  }

  public stillInUse(): sfn.Fail {
    return new sfn.Fail(this.machine, 'StillInUse', {
      error: ErrorName.STILL_IN_USE,
      cause: describeProblem({
        where: this.props.family.alias,
        what: 'something still depends on an old generation, so it is enabled again and its retirement starts over',
        remedy: 'the history of this execution says which generation, and what was found; nothing is lost',
      }),
    });
  }

  public cancelDeletion(): sfn.TaskStateBase {
    return this.ask('CancelDeletion', 'cancel-deletion');
  }

  public deletionCancelled(): sfn.Succeed {
    return new sfn.Succeed(this.machine, 'DeletionCancelled');
  }

  /** Asks the retirement function to bring the run one step further. */
  private ask(id: string, step: RetirementStep): sfn.TaskStateBase {
    return new FunctionTask<RetirementRequest, RetirementStep>(this.machine, id, {
      function: this.props.retirement,
      message: { schema: STEP_SCHEMA, step, family: at('$.family'), run: at('$.run') },
      answerAt: '$.run',
    });
  }

  /** Asks the control function for a policy. */
  private askControl(id: string, step: GateStep): sfn.TaskStateBase {
    return new FunctionTask<ControlRequest, GateStep>(this.machine, id, {
      function: this.props.control,
      message: { schema: STEP_SCHEMA, step, family: at('$.family'), run: at('$.run') },
      answerAt: '$.run',
    });
  }
}
