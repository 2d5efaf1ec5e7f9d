import { randomUUID } from 'node:crypto';
import { AwsError } from './errors';
import type { Machines } from './machines';
import { OPERATIONS } from './operations';
import type { Authorize } from '../../iam/authorization';
import { accessKeyOf } from '../../iam/requests';
import type { WireReply, WireRequest, WireService } from '../../kms/protocol/wire-service';

const TARGET_PREFIX = 'AWSStepFunctions.';

/** Performs the requests of AWS Step Functions. */
export class StepFunctionsService implements WireService {
  public constructor(private readonly machines: Machines, private readonly authorize: Authorize) {}

  public async reply({ target, authorization, body }: WireRequest): Promise<WireReply> {
    try {
      const name = target?.startsWith(TARGET_PREFIX) === true ? target.slice(TARGET_PREFIX.length) : '';
      const perform = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
      if (perform === undefined) throw new AwsError('UnknownOperationException');
      const request = parse(body);
      const { stateMachineArn, executionArn } = (request ?? {}) as { stateMachineArn?: string; executionArn?: string };
      const resource = stateMachineArn ?? executionArn ?? '*';
      const denial = await this.authorize({ accessKey: accessKeyOf(authorization), action: `states:${name}`, resource });
      if (denial !== undefined) throw new AwsError('AccessDeniedException', denial);
      return wire(200, await perform(request, this.machines));
    } catch (thrown) {
      const error = thrown instanceof AwsError ? thrown : new AwsError('InternalFailure', 'An error occurred on the server side.', 500);
      return wire(error.httpStatus, { __type: error.name, message: error.text });
    }
  }
}

function wire(httpStatus: number, answer: object): WireReply {
  return { httpStatus, body: JSON.stringify(answer), requestId: randomUUID(), lost: false };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON');
  }
}
