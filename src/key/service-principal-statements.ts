import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ServiceActions } from './key-actions';
import { keyStatement } from './key-statements';
import { arnsOf, FOR_AWS_RESOURCES, requireSome, type StatementsOfUse } from './service-statements';

// Every condition here comes from the page that the factory of `ServiceUser` names.

export function cloudWatchLogsStatements(logGroupNames: readonly string[]): StatementsOfUse {
  requireSome('CloudWatch Logs', 'log group', logGroupNames);
  return (scope) => [
    // No `kms:DescribeKey`, which takes no encryption context: under this condition it would be an empty promise.
    asService('CloudWatchLogsEncryptsTheseLogGroups', `logs.${Stack.of(scope).region}.amazonaws.com`, ServiceActions.STORE_IN_CONTEXT, {
      ArnEquals: {
        'kms:EncryptionContext:aws:logs:arn': arnsOf(scope, logGroupNames, {
          service: 'logs', resource: 'log-group', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    }),
  ];
}

export function cloudTrailStatements(trailNames: readonly string[]): StatementsOfUse {
  requireSome('CloudTrail', 'trail', trailNames);
  return (scope) => {
    const fromTheseTrails = { 'aws:SourceArn': arnsOf(scope, trailNames, { service: 'cloudtrail', resource: 'trail' }) };
    const anyTrailOfTheAccount = arnsOf(scope, ['*'], { service: 'cloudtrail', region: '*', resource: 'trail' });
    return [
      asService('CloudTrailEncryptsLogFilesOfTheseTrails', 'cloudtrail.amazonaws.com', ServiceActions.WRITE, {
        StringEquals: fromTheseTrails, StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': anyTrailOfTheAccount },
      }),
      asService('CloudTrailSeesTheKeyForTheseTrails', 'cloudtrail.amazonaws.com', ServiceActions.SEE, { StringEquals: fromTheseTrails }),
    ];
  };
}

export function autoScalingStatements(roleName: string): StatementsOfUse {
  return (scope) => {
    const role = new iam.ArnPrincipal(Stack.of(scope).formatArn({
      service: 'iam', region: '', resource: 'role', resourceName: `aws-service-role/autoscaling.amazonaws.com/${roleName}`,
    }));
    return [
      keyStatement('AutoScalingLaunchesInstancesWithEncryptedVolumes', role, ServiceActions.STORE),
      keyStatement('AutoScalingMakesGrantsForEncryptedVolumes', role, ServiceActions.GRANT, FOR_AWS_RESOURCES),
    ];
  };
}

export function dnssecStatements(hostedZoneIds: readonly string[]): StatementsOfUse {
  requireSome('Route 53 DNSSEC', 'hosted zone', hostedZoneIds);
  return (scope) => [
    asService('Route53SignsTheseHostedZones', 'dnssec-route53.amazonaws.com', ServiceActions.SIGN_ZONES, {
      StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
      ArnEquals: { 'aws:SourceArn': arnsOf(scope, hostedZoneIds, { service: 'route53', region: '', account: '', resource: 'hostedzone' }) },
    }),
    asService('Route53MakesGrantsForItsResources', 'dnssec-route53.amazonaws.com', ServiceActions.GRANT, FOR_AWS_RESOURCES),
  ];
}

export function topicStatements(topicNames: readonly string[]): StatementsOfUse {
  requireSome('SNS', 'topic', topicNames);
  return (scope) => {
    const topics = topicNames.map((name) => Stack.of(scope).formatArn({ service: 'sns', resource: name }));
    return [asService('SnsDeliversFromTheseTopicsToEncryptedQueues', 'sns.amazonaws.com', ServiceActions.DATA_KEYS, {
      ArnEquals: { 'aws:SourceArn': topics },
    })];
  };
}

/** Under a `Null` condition that is false, the encryption context has to have the pair, whatever its value. */
export const receivedMailStatements: StatementsOfUse = (scope) => [
  asService('SesEncryptsMailReceivedByThisAccount', 'ses.amazonaws.com', ServiceActions.SEAL, {
    StringEquals: { 'kms:EncryptionContext:aws:ses:source-account': Stack.of(scope).account },
    Null: { 'kms:EncryptionContext:aws:ses:rule-name': 'false', 'kms:EncryptionContext:aws:ses:message-id': 'false' },
  }),
];

function asService(sid: string, principal: string, actions: readonly string[], conditions: iam.Conditions): iam.PolicyStatement {
  return keyStatement(sid, new iam.ServicePrincipal(principal), actions, conditions);
}
