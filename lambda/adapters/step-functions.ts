import { paginateListExecutions, StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { ErrorName } from '../../src/contract/error-names';
import type { MachinesPort } from '../ports/machines';
import { callAws, isAwsError, type ErrorMeaning, type ErrorMeanings } from './sdk/sdk-errors';

const DEPLOY: ErrorMeaning = {
  name: ErrorName.INVALID_REQUEST,
  remedy: 'deploy the stack of the family again: it creates the state machines',
};

const MEANINGS: ErrorMeanings = {
  StateMachineDoesNotExist: DEPLOY,
  StateMachineDeleting: DEPLOY,
  ExecutionLimitExceeded: {
    name: ErrorName.THROTTLED,
    remedy: 'wait until other executions have ended; the next reconcile run starts what is due',
  },
};

/** AWS Step Functions, where rotations and retirements run. */
export class StepFunctionsMachines implements MachinesPort {
  public constructor(private readonly client: SFNClient) {}

  /** If an execution with this name and input is running, Step Functions returns it: it counts as started. */
  public async start(machineArn: string, name: string, input: object): Promise<'started' | 'started-before'> {
    return callAws('AWS Step Functions', `execution ${name} of ${machineArn}`, MEANINGS, async () => {
      try {
        await this.client.send(new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(input) }));
        return 'started';
      } catch (error) {
        if (isAwsError(error, 'ExecutionAlreadyExists')) return 'started-before';
        throw error;
      }
    });
  }

  public async runningExecutions(machineArn: string): Promise<string[]> {
    return callAws('AWS Step Functions', `executions of ${machineArn}`, MEANINGS, async () => {
      const running: string[] = [];
      const request = { stateMachineArn: machineArn, statusFilter: 'RUNNING' } as const;
      for await (const page of paginateListExecutions({ client: this.client, pageSize: 1000 }, request)) {
        for (const { executionArn } of page.executions ?? []) if (executionArn !== undefined) running.push(executionArn);
      }
      return running;
    });
  }
}
