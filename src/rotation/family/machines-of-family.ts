import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { type FamilyFunctions } from './family-functions';
import { acceptFindings, RIGHTS_OF_ONE_ROLE } from '../../compliance/accepted-findings';
import type { FamilyDescription } from '../../contract/family/family-description';
import type { FamilyMachines } from '../../contract/runs/function-steps';
import { RetirementMachine } from '../machines/retirement-machine';
import { RotationMachine } from '../machines/rotation-machine';

/** What both state machines of a family are created from. */
export interface MachinesOfFamilyProps {
  readonly family: FamilyDescription;
  readonly functions: FamilyFunctions;
  readonly maxConcurrency: number;
}

/** Both state machines of a family, and the permission of the reconcile run to start them. */
export class MachinesOfFamily {
  public readonly rotation: sfn.IStateMachine;
  public readonly retirement: sfn.IStateMachine;

  public constructor(scope: Construct, { family, functions, maxConcurrency }: MachinesOfFamilyProps) {
    const { control, worker, retirement, logGroup: logs } = functions;
    const props = { family, control: control.handler, worker: worker.handler, maxConcurrency, logs };
    this.rotation = new RotationMachine(scope, 'Rotation', props).stateMachine;
    this.retirement = new RetirementMachine(scope, 'Retirement', { ...props, retirement: retirement.handler }).stateMachine;
    functions.allowReconcileToStart([this.rotation, this.retirement]);
    // Created last: sources of key material and stores have added policies of their own to the roles by now.
    acceptFindings(functions, RIGHTS_OF_ONE_ROLE);
  }

  /** The ARNs, as the reconcile run starts them. */
  public get arns(): FamilyMachines {
    return { rotation: this.rotation.stateMachineArn, retirement: this.retirement.stateMachineArn };
  }
}
