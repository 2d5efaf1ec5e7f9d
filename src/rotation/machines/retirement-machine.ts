import type * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { familyMachine } from './family-machine';
import { RetirementStates, type RetirementStatesProps } from './retirement-states';
import type { RetirementAction, RetirementCount } from '../../contract/runs/retirement-run';

/** Properties of `RetirementMachine`. */
export interface RetirementMachineProps extends RetirementStatesProps {
  /** Log group for failures of executions. Optional: without it, only the execution history contains them. */
  readonly logs?: logs.ILogGroup;
}

/**
 * State machine that performs the next step in the retirement of an old generation, if one is due. Each step is a
 * separate execution, because retirement takes weeks.
 *
 *     start:                DescribeFamily -> Decide -> ChooseRetirementAction
 *     wait:                 ChooseRetirementAction -> NothingDue -> end
 *     count:                ChooseRetirementAction -> BeginCount -> Count -> ConcludeCount -> ChooseByVerdict
 *     disable:              ChooseRetirementAction -> BeginSoak -> ProbeWatch
 *     probe-watch:          ChooseRetirementAction -> ProbeWatch -> InSoak -> end
 *     start-over:           ChooseRetirementAction -> StartOver
 *     cancel-deletion:      ChooseRetirementAction -> CancelDeletion -> DeletionCancelled -> end
 *     end-retirement:       ChooseRetirementAction -> EndRetirement -> CloseGateAtEnd -> RetirementEnded -> end
 *
 *     certify:              ChooseByVerdict -> Certify -> OpenGate -> Certified -> end
 *     schedule-deletion:    ChooseByVerdict -> ScheduleDeletion -> DeletionScheduled -> end
 *     record-recount:       ChooseByVerdict -> RecordRecount -> DeletionContinues -> end
 *     start-over:           ChooseByVerdict -> StartOver -> CloseGate -> StillInUse -> end
 *
 * A deletion is scheduled only directly after a census that found no record. Each error ends the execution under the
 * name of the error, and the execution of the next day decides from the actual state.
 */
export class RetirementMachine extends Construct {
  public readonly stateMachine: sfn.StateMachine;

  public constructor(scope: Construct, id: string, props: RetirementMachineProps) {
    super(scope, id);
    this.stateMachine = familyMachine(this, {
      comment: `Retires old generations of ${props.family.alias} step by step, each after its proof`,
      definition: definition(new RetirementStates(this, props)),
      functions: [props.control, props.worker, props.retirement],
      logs: props.logs,
    });
  }
}

function definition(states: RetirementStates): sfn.IChainable {
  const probeWatch = states.probeWatch();
  const startOver = states.startOver();

  probeWatch.next(states.inSoak());
  startOver.next(states.closeGate()).next(states.stillInUse());

  return states.describeFamily().next(states.decide()).next(states.chooseRetirementAction()
    .when(due('wait'), states.nothingDue())
    .when(due('count'), states.beginCount().next(states.count()).next(states.concludeCount()).next(states.chooseByVerdict()
      .when(verdictIs('certify'), states.certify().next(states.openGate()).next(states.certified()))
      .when(verdictIs('schedule-deletion'), states.scheduleDeletion().next(states.deletionScheduled()))
      .when(verdictIs('record-recount'), states.recordRecount().next(states.deletionContinues()))
      .when(verdictIs('start-over'), startOver)))
    .when(due('disable'), states.beginSoak().next(probeWatch))
    .when(due('probe-watch'), probeWatch)
    .when(due('start-over'), startOver)
    .when(due('cancel-deletion'), states.cancelDeletion().next(states.deletionCancelled()))
    .when(due('end-retirement'), states.endRetirement().next(states.closeGateAtEnd()).next(states.retirementEnded())));
}

function due(kind: RetirementAction['kind']): sfn.Condition {
  return sfn.Condition.stringEquals('$.run.action.kind', kind);
}

function verdictIs(verdict: RetirementCount['verdict']): sfn.Condition {
  return sfn.Condition.stringEquals('$.run.count.verdict', verdict);
}
