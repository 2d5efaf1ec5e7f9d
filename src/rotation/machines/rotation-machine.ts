import type * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { familyMachine } from './family-machine';
import { RotationStates, type RotationStatesProps } from './rotation-states';
import type { CensusResult, RotationKind, RotationRun } from '../../contract/runs/rotation-run';

/** Properties of `RotationMachine`. */
export interface RotationMachineProps extends RotationStatesProps {
  /** Where failures of executions are written to. Absent: they stand in the history of the execution only. */
  readonly logs?: logs.ILogGroup;
}

/**
 * Brings a family to its next generation, and every data key with it. Hours, not weeks: retirement is another machine.
 *
 *     start:             DescribeFamily -> Plan -> WhatToDo
 *     nothing-to-do:     WhatToDo -> NothingToDo -> end
 *     rotate:            WhatToDo -> CreateGeneration -> ProveControl
 *     roll-back:         WhatToDo -> ReviveGeneration -> SettleRevived -> ProveControl
 *     finish:            WhatToDo -> ProveControl
 *
 *                        ProveControl -> ProveWorker -> MovedAlready
 *     finish:            MovedAlready -> SettleAfterMove
 *     otherwise:         MovedAlready -> SettleBeforeMove -> MoveAlias -> SettleAfterMove -> CheckConsumers -> ConsumersFine
 *     in-trouble:        ConsumersFine -> MoveAliasBack -> ConsumersFailed -> end
 *     fine:              ConsumersFine -> Fence
 *
 *                        Fence -> ProbeFence -> FenceHolds
 *     held:              FenceHolds -> SettleAfterFence -> BeginPass
 *     otherwise:         FenceHolds -> WaitForFence -> ProbeFence
 *
 *                        BeginPass -> ReEncrypt -> BeginCensus -> Census -> ConcludeCensus -> AnythingLeft
 *     again:             AnythingLeft -> BeginPass
 *     empty:             AnythingLeft -> ConcludeRotation -> Rotated -> end
 *
 * It may be stopped anywhere. Whatever fails ends the execution under the error's own name and changes nothing more: old generations go on
 * decrypting, and the next execution finds the world as it is. The loops end by themselves: the control function gives up on a fence that
 * does not hold, and on writers that outrun `maximumPasses`.
 */
export class RotationMachine extends Construct {
  public readonly stateMachine: sfn.StateMachine;

  public constructor(scope: Construct, id: string, props: RotationMachineProps) {
    super(scope, id);
    this.stateMachine = familyMachine(this, {
      comment: `Rotates ${props.family.alias}: a new generation, every data key re-encrypted, the old ones empty`,
      definition: definition(new RotationStates(this, props)),
      functions: [props.control, props.worker],
      logs: props.logs,
    });
  }
}

function definition(states: RotationStates): sfn.IChainable {
  const proveControl = states.proveControl();
  const settleAfterMove = states.settleAfterMove();
  const fence = states.fence();
  const probeFence = states.probeFence();
  const beginPass = states.beginPass();

  proveControl.next(states.proveWorker()).next(states.movedAlready()
    .when(planned('finish'), settleAfterMove)
    .otherwise(states.settleBeforeMove().next(states.moveAlias()).next(settleAfterMove)));

  settleAfterMove.next(states.checkConsumers()).next(states.consumersFine()
    .when(consumersAre('in-trouble'), states.moveAliasBack().next(states.consumersFailed()))
    .when(consumersAre('fine'), fence));

  fence.next(probeFence).next(states.fenceHolds()
    .when(sfn.Condition.booleanEquals('$.run.fence.held', true), states.settleAfterFence().next(beginPass))
    .otherwise(states.waitForFence().next(probeFence)));

  beginPass.next(states.reEncrypt()).next(states.beginCensus()).next(states.census()).next(states.concludeCensus()).next(states.anythingLeft()
    .when(verdictIs('again'), beginPass)
    .when(verdictIs('empty'), states.concludeRotation().next(states.rotated())));

  return states.describeFamily().next(states.plan()).next(states.whatToDo()
    .when(planned('nothing-to-do'), states.nothingToDo())
    .when(planned('rotate'), states.createGeneration().next(proveControl))
    .when(planned('roll-back'), states.reviveGeneration().next(states.settleRevived()).next(proveControl))
    .when(planned('finish'), proveControl));
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
