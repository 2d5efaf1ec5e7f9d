import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FamilyRoles } from '../../contract/family/family-description';
import { WATCHED_ERROR_CODES } from '../../contract/family/watched-errors';
import { STEP_SCHEMA, type RetirementRequest } from '../../contract/runs/function-steps';

/** Properties of `WatchRule`. */
export interface WatchRuleProps {
  readonly aliasName: string;
  readonly roles: FamilyRoles;
  readonly retirement: lambda.IFunction;
}

/**
 * Hears of every call to KMS in this account and Region that failed for want of a key, and hands it to the retirement function, which
 * keeps what concerns the family. Which keys those are is known at run time only, so the rule cannot ask for less.
 *
 * Decrypt and ReEncrypt are read-only to CloudTrail: a rule hears of them only in this state.
 */
export class WatchRule extends Construct {
  public constructor(scope: Construct, id: string, { aliasName, roles, retirement }: WatchRuleProps) {
    super(scope, id);
    const request = {
      schema: STEP_SCHEMA, step: 'record-use', alias: aliasName, roles, detail: events.EventField.fromPath('$.detail'),
    } satisfies Extract<RetirementRequest, { readonly step: 'record-use' }>;
    const rule = new events.Rule(this, 'Rule', {
      description: `Who asked in vain for a generation of ${aliasName}`,
      eventPattern: { source: ['aws.kms'], detailType: ['AWS API Call via CloudTrail'], detail: { errorCode: [...WATCHED_ERROR_CODES] } },
      targets: [new targets.LambdaFunction(retirement, { event: events.RuleTargetInput.fromObject(request) })],
    });
    (rule.node.defaultChild as events.CfnRule).state = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
  }
}
