import { invalidToken } from './errors';
import type { LocalExecution } from './local-execution';
import type { Machines } from './machines';
import { integer, oneOf, optional, readRequest, structure, text, type Shape } from '../../kms/protocol/shape';
import { MAX_PAYLOAD_BYTES } from '../definition/payload-limit';

export type Operation = (body: unknown, machines: Machines) => Promise<{ readonly [member: string]: unknown }>;

const ARN = text({ min: 1, max: 2000 });
const MAX_PER_PAGE = 1000;
const DEFAULT_PER_PAGE = 100;

/** The operations that are implemented. */
export const OPERATIONS: { readonly [name: string]: Operation } = {
  StartExecution: operation(
    structure({ stateMachineArn: ARN, name: optional(text({})), input: optional(text({ max: MAX_PAYLOAD_BYTES })) }),
    async ({ stateMachineArn, name, input }, machines) => {
      const { arn, startedAt } = machines.start(stateMachineArn, name, input);
      return { executionArn: arn, startDate: seconds(startedAt) };
    },
  ),

  DescribeExecution: operation(structure({ executionArn: ARN }), async ({ executionArn }, machines) => {
    const execution = machines.find(executionArn);
    const { output, error, cause } = execution.result ?? {};
    return {
      ...entryOf(execution),
      input: execution.input,
      inputDetails: { included: true },
      ...(output !== undefined && { output: JSON.stringify(output), outputDetails: { included: true } }),
      error,
      cause,
    };
  }),

  ListExecutions: operation(
    structure({
      stateMachineArn: ARN,
      statusFilter: optional(oneOf('RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE')),
      maxResults: optional(integer({ min: 0, max: MAX_PER_PAGE })),
      nextToken: optional(text({ min: 1 })),
    }),
    async ({ stateMachineArn, statusFilter, maxResults, nextToken }, machines) => {
      const all = machines.executionsOf(stateMachineArn).filter(({ status }) => status === (statusFilter ?? status));
      const begin = nextToken === undefined ? 0 : all.findIndex(({ arn }) => arn === nextToken);
      if (begin < 0) throw invalidToken();
      const end = begin + (maxResults || DEFAULT_PER_PAGE);
      return { executions: all.slice(begin, end).map(entryOf), nextToken: all[end]?.arn };
    },
  ),

  StopExecution: operation(
    structure({ executionArn: ARN, error: optional(text({ max: 256 })), cause: optional(text({ max: 32_768 })) }),
    async ({ executionArn, error, cause }, machines) => {
      const execution = machines.find(executionArn);
      await execution.stop(error, cause);
      return { stopDate: stopDateOf(execution) };
    },
  ),
};

function operation<Request>(
  shape: Shape<Request>, perform: (request: Request, machines: Machines) => ReturnType<Operation>,
): Operation {
  return async (body, machines) => perform(readRequest(shape, body), machines);
}

function entryOf(execution: LocalExecution): { readonly [member: string]: unknown } {
  const { arn, machineArn, name, status, startedAt } = execution;
  return { executionArn: arn, stateMachineArn: machineArn, name, status, startDate: seconds(startedAt), stopDate: stopDateOf(execution) };
}

function stopDateOf({ endedAt }: LocalExecution): number | undefined {
  return endedAt === undefined ? undefined : seconds(endedAt);
}

function seconds(date: Date): number {
  return date.getTime() / 1000;
}
