import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acceptFindings, NO_DEAD_LETTERS_OF_THE_WATCH_QUEUE } from '../../compliance/accepted-findings';

/** Amazon SQS requires that a message stays hidden for six times as long as the function may run. */
const TIMES_THE_FUNCTION_TIMEOUT = 6;

/** The least concurrency that Lambda allows for a queue. */
const MAX_CONCURRENCY = 2;

const BATCH_SIZE = 10;

/**
 * Queue between the rule of the watch and the retirement function.
 *
 * The rule matches the failed KMS calls of the whole account. Without the queue, a flood of them could use all
 * concurrent executions of Lambda in the account, and the retirement function could not cancel a deletion. Reserved
 * concurrency would limit the state machines too, and cannot be deployed into a new account with few concurrent
 * executions.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export function watchQueue(scope: Construct, functionTimeout: Duration): sqs.Queue {
  const queue = new sqs.Queue(scope, 'WatchQueue', {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    visibilityTimeout: Duration.seconds(TIMES_THE_FUNCTION_TIMEOUT * functionTimeout.toSeconds()),
  });
  acceptFindings(queue, NO_DEAD_LETTERS_OF_THE_WATCH_QUEUE);
  return queue;
}

/** What a function needs to receive the messages of a queue. */
export function receiveStatement(queue: sqs.IQueue): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'ReceivesWatchEvents',
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: [queue.queueArn],
  });
}

/** Invokes a function with the messages of a queue, at most twice at the same time. */
export function receiveFrom(queue: sqs.IQueue, scope: Construct, target: lambda.IFunction): void {
  new lambda.EventSourceMapping(scope, 'Events', {
    target, eventSourceArn: queue.queueArn, batchSize: BATCH_SIZE, maxConcurrency: MAX_CONCURRENCY, reportBatchItemFailures: true,
  });
}
