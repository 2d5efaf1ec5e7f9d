import type * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { familyMachine } from './family-machine';
import { RetirementStates, type RetirementStatesProps } from './retirement-states';
import type { RetirementAction, RetirementCount } from '../../contract/runs/retirement-run';

/** Properties of `RetirementMachine`. */
export interface RetirementMachineProps extends RetirementStatesProps {
  /** Where failures of executions are written to. Absent: they stand in the history of the execution only. */
  readonly logs?: logs.ILogGroup;
}

/**
 * Takes an old generation one step further on its way out, if a step is due. Each step is an execution of its own: retirement takes weeks.
 *
 *     start:                DescribeFamily -> Decide -> ChooseRetirementAction
 *     wait:                 ChooseRetirementAction -> NothingDue -> end
 *     count:                ChooseRetirementAction -> BeginCount -> Count -> ConcludeCount -> ChooseByVerdict
 *     disable:              ChooseRetirementAction -> BeginSoak -> Echo
 *     echo:                 ChooseRetirementAction -> Echo -> InSoak -> end
 *     start-over:           ChooseRetirementAction -> StartOver
 *     cancel-deletion:      ChooseRetirementAction -> CancelDeletion -> DeletionCancelled -> end
 *
 *     certify:              ChooseByVerdict -> Certify -> OpenGate -> Certified -> end
 *     schedule-deletion:    ChooseByVerdict -> ScheduleDeletion -> DeletionScheduled -> end
 *     leave-to-deletion:    ChooseByVerdict -> RecordRecount -> DeletionContinues -> end
 *     start-over:           ChooseByVerdict -> StartOver -> CloseGate -> StillInUse -> end
 *
 * A deletion is scheduled by nothing but a count that has just found nothing. Whatever fails ends the execution under the error's own name,
 * and tomorrow's execution decides from the world as it is then.
 */
export class RetirementMachine extends Construct {
  public readonly stateMachine: sfn.StateMachine;

  public constructor(scope: Construct, id: string, props: RetirementMachineProps) {
    super(scope, id);
    this.stateMachine = familyMachine(this, {
      comment: `Retires old generations of ${props.family.alias}, a step at a time, each proven before it is taken`,
      definition: definition(new RetirementStates(this, props)),
      functions: [props.control, props.worker, props.retirement],
      logs: props.logs,
    });
  }
}

function definition(states: RetirementStates): sfn.IChainable {
  const echo = states.echo();
  const startOver = states.startOver();

  echo.next(states.inSoak());
  startOver.next(states.closeGate()).next(states.stillInUse());

  return states.describeFamily().next(states.decide()).next(states.chooseRetirementAction()
    .when(due('wait'), states.nothingDue())
    .when(due('count'), states.beginCount().next(states.count()).next(states.concludeCount()).next(states.chooseByVerdict()
      .when(verdictIs('certify'), states.certify().next(states.openGate()).next(states.certified()))
      .when(verdictIs('schedule-deletion'), states.scheduleDeletion().next(states.deletionScheduled()))
      .when(verdictIs('leave-to-deletion'), states.recordRecount().next(states.deletionContinues()))
      .when(verdictIs('start-over'), startOver)))
    .when(due('disable'), states.beginSoak().next(echo))
    .when(due('echo'), echo)
    .when(due('start-over'), startOver)
    .when(due('cancel-deletion'), states.cancelDeletion().next(states.deletionCancelled())));
}

function due(kind: RetirementAction['kind']): sfn.Condition {
  return sfn.Condition.stringEquals('$.run.action.kind', kind);
}

function verdictIs(verdict: RetirementCount['verdict']): sfn.Condition {
  return sfn.Condition.stringEquals('$.run.count.verdict', verdict);
}
