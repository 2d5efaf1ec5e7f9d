import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FamilyRoles } from '../../contract/family/family-description';
import { WATCHED_ERROR_CODES, WATCHED_OPERATIONS } from '../../contract/family/watched-calls';
import { STEP_SCHEMA, type RetirementRequest } from '../../contract/runs/function-steps';

/** Properties of `WatchRule`. */
export interface WatchRuleProps {
  readonly aliasName: string;
  readonly roles: FamilyRoles;
  /** The queue from which the retirement function receives the calls. */
  readonly queue: sqs.IQueue;
}

/**
 * Rule that matches every KMS call in this account and Region that failed because a key was not usable, and sends it to
 * the queue of the retirement function, which records the calls that concern the family. The keys are known at run time
 * only, so the pattern cannot name them.
 *
 * Decrypt and ReEncrypt are read-only management events: a rule matches them only in the state
 * `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export class WatchRule extends Construct {
  public constructor(scope: Construct, id: string, { aliasName, roles, queue }: WatchRuleProps) {
    super(scope, id);
    const request = {
      schema: STEP_SCHEMA, step: 'record-use', alias: aliasName, roles, detail: events.EventField.fromPath('$.detail'),
    } satisfies Extract<RetirementRequest, { readonly step: 'record-use' }>;
    const rule = new events.Rule(this, 'Rule', {
      description: `Failed KMS calls, of which those on generations of ${aliasName} are recorded`,
      eventPattern: {
        source: ['aws.kms'],
        detailType: ['AWS API Call via CloudTrail'],
        detail: { eventName: [...WATCHED_OPERATIONS], errorCode: [...WATCHED_ERROR_CODES] },
      },
      targets: [new targets.SqsQueue(queue, { message: events.RuleTargetInput.fromObject(request) })],
    });
    (rule.node.defaultChild as events.CfnRule).state = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
  }
}
