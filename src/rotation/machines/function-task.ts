import { Duration, type IResolvable } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { ErrorName } from '../../contract/error-names';
import type { StepRequest } from '../../contract/runs/function-steps';

/** A minute longer than the longest function, so that the first invocation has ended before a retry begins. */
const TASK_TIMEOUT = Duration.minutes(16);

/**
 * Retries after throttling and service errors of AWS, with full jitter, so that a thousand shards do not retry at the
 * same time.
 */
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

/**
 * Retries after a function ended without a response. Every step can run twice. A step that always times out does not
 * succeed at the tenth attempt.
 */
const WHEN_INTERRUPTED: sfn.RetryProps = {
  errors: [sfn.Errors.TIMEOUT, 'Sandbox.Timedout', 'Lambda.Unknown'],
  interval: Duration.seconds(10),
  backoffRate: 2,
  maxDelay: Duration.minutes(1),
  maxAttempts: 2,
  jitterStrategy: sfn.JitterType.FULL,
};

/**
 * Retries for seven minutes, until a new key or a new key policy has propagated: KMS may need five. Without jitter,
 * because only one execution waits, and the delay is the purpose.
 */
const UNTIL_PROPAGATED: sfn.RetryProps = {
  errors: [ErrorName.KEY_NOT_READY, ErrorName.ACCESS_DENIED],
  interval: Duration.seconds(10),
  backoffRate: 2,
  maxDelay: Duration.minutes(1),
  maxAttempts: 9,
  jitterStrategy: sfn.JitterType.NONE,
};

/**
 * A message as a state writes it: schema and step are constants, all other members are paths into the data
 * of the execution.
 */
type MessageOf<R extends StepRequest> = Pick<R, keyof StepRequest>
  & { readonly [field in Exclude<keyof R, keyof StepRequest>]: IResolvable };

/**
 * The value at a path: `$.run` in the data of the execution, `$$.Execution.Id` in the context object of Step Functions.
 */
export function at(path: string): IResolvable {
  return sfn.JsonPath.objectAt(path);
}

/** Properties of `FunctionTask`. */
export interface FunctionTaskProps<R extends StepRequest> {
  readonly function: lambda.IFunction;
  /** Exactly the members that the contract requires. Otherwise it does not compile. */
  readonly message: MessageOf<R>;
  /** Path at which the response is stored. Optional: without it, the response is discarded. */
  readonly resultAt?: string;
  /** Whether the task waits until a new key or permission has propagated. */
  readonly waitForPropagation?: boolean;
  /** Name of the state. Optional: without it, the id of the construct. */
  readonly stateName?: string;
}

/**
 * State that invokes a function for one step: the request of `R` whose step is `S`.
 *
 * It retries a limited number of times, and only errors for which a retry can help. It catches nothing: every other
 * error ends the execution under the name of the error, and the next run starts from the actual state.
 */
export class FunctionTask<R extends StepRequest, S extends R['step']> extends tasks.LambdaInvoke {
  public constructor(scope: Construct, id: string, props: FunctionTaskProps<Extract<R, { readonly step: S }>>) {
    super(scope, id, {
      stateName: props.stateName,
      lambdaFunction: props.function,
      payload: sfn.TaskInput.fromObject(props.message),
      payloadResponseOnly: true,
      resultPath: props.resultAt ?? sfn.JsonPath.DISCARD,
      taskTimeout: sfn.Timeout.duration(TASK_TIMEOUT),
      retryOnServiceExceptions: false,
    });
    this.addRetry(WHEN_BUSY);
    this.addRetry(WHEN_INTERRUPTED);
    if (props.waitForPropagation === true) this.addRetry(UNTIL_PROPAGATED);
  }
}
