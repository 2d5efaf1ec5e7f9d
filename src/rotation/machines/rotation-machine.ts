import type * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { familyMachine } from './family-machine';
import { RotationStates, type RotationStatesProps } from './rotation-states';
import type { CensusResult, RotationKind, RotationRun } from '../../contract/runs/rotation-run';

/** Properties of `RotationMachine`. */
export interface RotationMachineProps extends RotationStatesProps {
  /** Log group for failures of executions. Optional: without it, only the execution history contains them. */
  readonly logs?: logs.ILogGroup;
}

/**
 * State machine that replaces the current generation of a family and re-encrypts every data key. It takes hours.
 * Retirement, which takes weeks, has its own state machine.
 *
 *     start:             DescribeFamily -> Plan -> ChooseRotationKind
 *     nothing-to-do:     ChooseRotationKind -> NothingToDo -> end
 *     rotate:            ChooseRotationKind -> CreateGeneration -> PreflightControl
 *     roll-back:         ChooseRotationKind -> RestoreGeneration -> WaitAfterRestore -> PreflightControl
 *     finish:            ChooseRotationKind -> PreflightControl
 *
 *                        PreflightControl -> PreflightWorker -> ProveWatch -> WatchProven
 *     waiting:           WatchProven -> WaitForEcho -> ProveWatch
 *     otherwise:         WatchProven -> AliasAlreadyMoved
 *     finish:            AliasAlreadyMoved -> WaitAfterMove
 *     otherwise:         AliasAlreadyMoved -> WaitBeforeMove -> MoveAlias -> WaitAfterMove
 *                        WaitAfterMove -> CheckConsumers -> ConsumersWorking
 *     watching:          ConsumersWorking -> WaitAfterMove
 *     failing:           ConsumersWorking -> MoveAliasBack -> ConsumersFailed -> end
 *     failing-fenced:    ConsumersWorking -> LiftFence -> WaitAfterLift -> MoveAliasBack
 *     working:           ConsumersWorking -> Fence
 *
 *                        Fence -> ProbeFence -> FenceHolds
 *     held:              FenceHolds -> WaitAfterFence -> CheckFence -> FenceTolerated
 *     otherwise:         FenceHolds -> WaitForFence -> ProbeFence
 *
 *     watching:          FenceTolerated -> WaitForReports -> CheckFence
 *     failing-fenced:    FenceTolerated -> LiftFence
 *     working-fenced:    FenceTolerated -> BeginPass
 *
 *                        BeginPass -> ReEncrypt -> BeginCensus -> Census -> ConcludeCensus -> AnyRecordsLeft
 *     again:             AnyRecordsLeft -> BeginPass
 *     empty:             AnyRecordsLeft -> ConcludeRotation -> Rotated -> end
 *
 * It can be stopped in every state. Each error ends the execution under the name of the error and changes nothing more:
 * old generations can still decrypt, and the next execution starts from the actual state. The loops are bounded: the
 * control function ends the wait for the event of the probe and the watch of consumers, and fails if the fence does not
 * take effect or if applications still write under old generations after `maxPasses`.
 */
export class RotationMachine extends Construct {
  public readonly stateMachine: sfn.StateMachine;

  public constructor(scope: Construct, id: string, props: RotationMachineProps) {
    super(scope, id);
    this.stateMachine = familyMachine(this, {
      comment: `Rotates ${props.family.alias}: new generation, re-encryption of every data key, census`,
      definition: definition(new RotationStates(this, props)),
      functions: [props.control, props.worker],
      logs: props.logs,
    });
  }
}

function definition(states: RotationStates): sfn.IChainable {
  const preflightControl = states.preflightControl();
  const proveWatch = states.proveWatch();
  const waitAfterMove = states.waitAfterMove();
  const checkFence = states.checkFence();
  const liftFence = states.liftFence();
  const moveAliasBack = states.moveAliasBack();
  const fence = states.fence();
  const probeFence = states.probeFence();
  const beginPass = states.beginPass();

  preflightControl.next(states.preflightWorker()).next(proveWatch).next(states.watchProven()
    .when(sfn.Condition.stringEquals('$.run.watch.state', 'waiting'), states.waitForEcho().next(proveWatch))
    .otherwise(states.aliasAlreadyMoved()
      .when(planned('finish'), waitAfterMove)
      .otherwise(states.waitBeforeMove().next(states.moveAlias()).next(waitAfterMove))));

  waitAfterMove.next(states.checkConsumers()).next(states.consumersWorking()
    .when(consumersAre('watching'), waitAfterMove)
    .when(consumersAre('failing'), moveAliasBack)
    .when(consumersAre('failing-fenced'), liftFence)
    .when(consumersAre('working'), fence));
  liftFence.next(states.waitAfterLift()).next(moveAliasBack).next(states.consumersFailed());

  fence.next(probeFence).next(states.fenceHolds()
    .when(sfn.Condition.booleanEquals('$.run.fence.held', true), states.waitAfterFence().next(checkFence))
    .otherwise(states.waitForFence().next(probeFence)));

  checkFence.next(states.fenceTolerated()
    .when(consumersAre('watching'), states.waitForReports().next(checkFence))
    .when(consumersAre('failing-fenced'), liftFence)
    .when(consumersAre('working-fenced'), beginPass));

  const census = beginPass.next(states.reEncrypt()).next(states.beginCensus()).next(states.census());
  census.next(states.concludeCensus()).next(states.anyRecordsLeft()
    .when(verdictIs('again'), beginPass)
    .when(verdictIs('empty'), states.concludeRotation().next(states.rotated())));

  return states.describeFamily().next(states.plan()).next(states.chooseRotationKind()
    .when(planned('nothing-to-do'), states.nothingToDo())
    .when(planned('rotate'), states.createGeneration().next(preflightControl))
    .when(planned('roll-back'), states.restoreGeneration().next(states.waitAfterRestore()).next(preflightControl))
    .when(planned('finish'), preflightControl));
}

function planned(kind: RotationKind): sfn.Condition {
  return sfn.Condition.stringEquals('$.run.kind', kind);
}

function consumersAre(state: NonNullable<RotationRun['consumers']>): sfn.Condition {
  return sfn.Condition.stringEquals('$.run.consumers', state);
}

function verdictIs(verdict: CensusResult['verdict']): sfn.Condition {
  return sfn.Condition.stringEquals('$.run.census.verdict', verdict);
}
