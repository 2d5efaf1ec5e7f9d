import { connectionLost, sdkError, type SdkPackage } from './sdk/sdk-error';
import type { PatientRetries } from '../../lambda/adapters/sdk/patient-retries';

/** One attempt of a call, before it reaches the service. */
export interface Attempt {
  /** `kms`, `dynamodb`, `s3`, `secretsmanager` or `states`. */
  readonly service: string;
  /** The name of the operation in the SDK, such as `CreateKey`. */
  readonly operation: string;
  readonly caller: string;
}

/**
 * A fault of one attempt. `throttle` and `internalError` refuse it before it has any effect; `answerLost` ends the
 * connection after the effect.
 */
export type AttemptFault = 'throttle' | 'internalError' | 'answerLost';

/** Decides whether an attempt has a fault. */
export type AttemptFaults = (attempt: Attempt) => AttemptFault | undefined;

/** A service of this process, as one client calls it. */
export interface InProcessService {
  readonly service: string;
  readonly caller: string;
  readonly sdk: SdkPackage;
  readonly faults: AttemptFaults;
  readonly retries: PatientRetries;
  /** Performs an operation with its input, or throws the error of the SDK for it. */
  perform(operation: string, input: object): Promise<object>;
}

interface Command {
  readonly input: object;
}

const THROTTLING = ['ThrottlingException', 'ProvisionedThroughputExceededException', 'SlowDown', 'LimitExceededException'];

/**
 * Makes a client of the SDK call a service of this process, without HTTP: no serialization, no signature, no socket.
 *
 * The client stays an instance of its class, so that paginators accept it. Errors are retried as the SDK does, but the
 * delay between two attempts is zero.
 */
export function callInProcess<Client extends { send: unknown }>(client: Client, service: InProcessService): Client {
  const send = async (command: Command): Promise<object> => {
    const operation = operationOf(command);
    let token = await service.retries.acquireInitialRetryToken();
    for (;;) {
      try {
        return await attempt(service, operation, command.input);
      } catch (error) {
        const errorType = errorTypeOf(error as Error);
        const next = await service.retries.refreshRetryTokenForRetry(token, { errorType }).catch(() => undefined);
        if (next === undefined) throw error;
        token = next;
      }
    }
  };
  return Object.assign(client, { send });
}

/** The name of the operation of a command: `CreateKey` for a CreateKeyCommand. */
export function operationOf(command: object): string {
  return command.constructor.name.replace(/Command$/, '');
}

async function attempt({ service, caller, sdk, faults, perform }: InProcessService, operation: string, input: object): Promise<object> {
  const fault = faults({ service, operation, caller });
  if (fault === 'throttle') throw sdkError(sdk, 'ThrottlingException', 'Rate exceeded', 400);
  if (fault === 'internalError') throw sdkError(sdk, 'InternalFailure', 'The service failed', 500);
  const answer = await perform(operation, input);
  if (fault === 'answerLost') throw connectionLost();
  return answer;
}

function errorTypeOf(error: Error): 'THROTTLING' | 'TRANSIENT' | 'SERVER_ERROR' | 'CLIENT_ERROR' {
  if ('code' in error && error.code === 'ECONNRESET') return 'TRANSIENT';
  const { $metadata: { httpStatusCode = 0 } = {} } = error as { $metadata?: { httpStatusCode?: number } };
  if (httpStatusCode >= 500) return 'SERVER_ERROR';
  return THROTTLING.includes(error.name) ? 'THROTTLING' : 'CLIENT_ERROR';
}
