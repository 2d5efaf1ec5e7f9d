import { Duration, type IResolvable } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { ErrorName } from '../../contract/error-names';

/** A minute more than the longest function: whoever asks a second time knows that the first one has ended. */
const TASK_TIMEOUT = Duration.minutes(16);

/** AWS asks us to slow down, or has a fault of its own. With full jitter, so that a thousand shards do not come back at once. */
const WHEN_BUSY: sfn.RetryProps = {
  errors: [
    ErrorName.THROTTLED,
    'Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException', 'Lambda.ClientExecutionTimeoutException',
    'Lambda.TooManyRequestsException',
  ],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.minutes(1),
  maxAttempts: 15,
  jitterStrategy: sfn.JitterType.FULL,
};

/** A function ended without an answer. Every step may run twice; one that never gets through would not do so the tenth time either. */
const WHEN_CUT_SHORT: sfn.RetryProps = {
  errors: [sfn.Errors.TIMEOUT, 'Sandbox.Timedout', 'Lambda.Unknown'],
  interval: Duration.seconds(10),
  backoffRate: 2,
  maxDelay: Duration.minutes(1),
  maxAttempts: 2,
  jitterStrategy: sfn.JitterType.FULL,
};

/** A new key, or a new policy, does not reach everybody at once. Without jitter: nobody else waits, and waiting is the point. */
const UNTIL_IT_HAS_SETTLED: sfn.RetryProps = {
  errors: [ErrorName.KEY_NOT_READY, ErrorName.ACCESS_DENIED],
  interval: Duration.seconds(10),
  backoffRate: 2,
  maxDelay: Duration.minutes(1),
  maxAttempts: 6,
  jitterStrategy: sfn.JitterType.NONE,
};

/** What every message of the contract begins with. */
interface StepRequest {
  readonly schema: number;
  readonly step: string;
}

/** A message as a state writes it: version and step are said here, whatever else it carries is found in the data of the execution. */
type MessageOf<R extends StepRequest> = Pick<R, keyof StepRequest> & { readonly [field in Exclude<keyof R, keyof StepRequest>]: IResolvable };

/** What a state finds at that path: `$.run` in its data, `$$.Execution.Id` in what Step Functions knows. */
export function at(path: string): IResolvable {
  return sfn.JsonPath.objectAt(path);
}

/** What a state asks of a function. */
export interface FunctionTaskProps<R extends StepRequest> {
  readonly function: lambda.IFunction;
  /** Field by field what the contract says, or it does not compile. */
  readonly message: MessageOf<R>;
  /** Where the answer goes. Absent: nobody wants it. */
  readonly answerAt?: string;
  /** Whether a key or a right that is not there yet is waited for. */
  readonly patient?: boolean;
  /** The name of the state, where its id is not enough. */
  readonly stateName?: string;
}

/**
 * A state that asks a function for one step: the one of all requests `R` that is named `S`.
 *
 * It asks again when asking again can help, a limited number of times. Nothing is caught: whatever else goes wrong ends the execution
 * under its own name, and the next run finds the world as it is.
 */
export class FunctionTask<R extends StepRequest, S extends R['step']> extends tasks.LambdaInvoke {
  public constructor(scope: Construct, id: string, props: FunctionTaskProps<Extract<R, { readonly step: S }>>) {
    super(scope, id, {
      stateName: props.stateName,
      lambdaFunction: props.function,
      payload: sfn.TaskInput.fromObject(props.message),
      payloadResponseOnly: true,
      resultPath: props.answerAt ?? sfn.JsonPath.DISCARD,
      taskTimeout: sfn.Timeout.duration(TASK_TIMEOUT),
      retryOnServiceExceptions: false,
    });
    this.addRetry(WHEN_BUSY);
    this.addRetry(WHEN_CUT_SHORT);
    if (props.patient === true) this.addRetry(UNTIL_IT_HAS_SETTLED);
  }
}
