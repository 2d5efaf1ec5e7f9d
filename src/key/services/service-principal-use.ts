import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { KeyUsage } from 'aws-cdk-lib/aws-kms';
import {
  arnsOf, FOR_AWS_RESOURCES, requireExact, requireNames, SYMMETRIC, type ResourceNames, type ServiceUse, type StatementsOfUse,
} from './service-use';
import { ServiceActions } from '../../permissions/key-actions';
import { keyStatement, keyStatements } from '../../permissions/key-statements';
import { KmsKeySpec } from '../kind/kms-key-spec';

// The source of each condition is the AWS page that the docstring of the `ServiceUser` factory names.

// The source of each pattern is the API reference of the service.
const LOG_GROUPS: ResourceNames = {
  what: 'log group', pattern: /^[A-Za-z0-9._/#*-]{1,512}$/, allowed: 'letters, digits and . _ / # -, and * for any characters',
};
const TRAILS: ResourceNames = {
  what: 'trail', pattern: /^[A-Za-z0-9._-]{3,128}$/, allowed: '3 to 128 letters, digits and . _ -',
};
const SERVICE_LINKED_ROLES: ResourceNames = {
  what: 'service-linked role', pattern: /^[A-Za-z0-9_+=,.@-]{1,64}$/, allowed: 'the name of a role, without its path',
};
const HOSTED_ZONES: ResourceNames = {
  what: 'hosted zone', pattern: /^[A-Z0-9]{1,32}$/, allowed: 'an id such as Z0123456789ABCDEFGHIJ, without /hostedzone/',
};
const TOPICS: ResourceNames = {
  what: 'topic', pattern: /^[A-Za-z0-9_-]{1,256}(\.fifo)?$/, allowed: '1 to 256 letters, digits and _ -, and .fifo for a FIFO topic',
};

export function logGroups(logGroupNames: readonly string[]): ServiceUse {
  requireNames('cloudWatchLogs', LOG_GROUPS, logGroupNames);
  return symmetric('cloudWatchLogs', (scope) => [
    // No `kms:DescribeKey`: it has no encryption context, so this condition would never match.
    asService('CloudWatchLogsEncryptsTheseLogGroups', `logs.${Stack.of(scope).region}.amazonaws.com`, ServiceActions.STORE_IN_CONTEXT, {
      ArnEquals: {
        'kms:EncryptionContext:aws:logs:arn': arnsOf(scope, logGroupNames, {
          service: 'logs', resource: 'log-group', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    }),
  ]);
}

export function trails(trailNames: readonly string[]): ServiceUse {
  requireExact('cloudTrail', TRAILS, trailNames);
  return symmetric('cloudTrail', (scope) => {
    const fromTheseTrails = { 'aws:SourceArn': arnsOf(scope, trailNames, { service: 'cloudtrail', resource: 'trail' }) };
    const anyTrailOfTheAccount = arnsOf(scope, ['*'], { service: 'cloudtrail', region: '*', resource: 'trail' });
    return [
      asService('CloudTrailEncryptsLogFilesOfTheseTrails', 'cloudtrail.amazonaws.com', ServiceActions.WRITE, {
        StringEquals: fromTheseTrails, StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': anyTrailOfTheAccount },
      }),
      asService('CloudTrailDescribesTheKeyForTheseTrails', 'cloudtrail.amazonaws.com', ServiceActions.DESCRIBE, {
        StringEquals: fromTheseTrails,
      }),
    ];
  });
}

export function autoScalingRoles(roleNames: readonly string[]): ServiceUse {
  requireExact('autoScaling', SERVICE_LINKED_ROLES, roleNames);
  return symmetric('autoScaling', (scope) => {
    const roles = arnsOf(scope, roleNames, { service: 'iam', region: '', resource: 'role/aws-service-role/autoscaling.amazonaws.com' })
      .map((arn) => new iam.ArnPrincipal(arn));
    return [
      ...keyStatements('AutoScalingLaunchesInstancesWithEncryptedVolumes', roles, ServiceActions.STORE),
      ...keyStatements('AutoScalingCreatesGrantsForEncryptedVolumes', roles, ServiceActions.GRANT, FOR_AWS_RESOURCES),
    ];
  });
}

export function signedHostedZones(hostedZoneIds: readonly string[]): ServiceUse {
  requireExact('route53Dnssec', HOSTED_ZONES, hostedZoneIds);
  return {
    name: 'route53Dnssec',
    kind: { spec: KmsKeySpec.ECC_NIST_P256, usage: KeyUsage.SIGN_VERIFY },
    region: 'us-east-1',
    statements: (scope) => [
      asService('Route53SignsTheseHostedZones', 'dnssec-route53.amazonaws.com', ServiceActions.SIGN_ZONES, {
        StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
        ArnEquals: {
          'aws:SourceArn': arnsOf(scope, hostedZoneIds, { service: 'route53', region: '', account: '', resource: 'hostedzone' }),
        },
      }),
      asService('Route53CreatesGrantsForItsResources', 'dnssec-route53.amazonaws.com', ServiceActions.GRANT, FOR_AWS_RESOURCES),
    ],
  };
}

export function deliveringTopics(topicNames: readonly string[]): ServiceUse {
  requireExact('topicsToEncryptedQueues', TOPICS, topicNames);
  return symmetric('topicsToEncryptedQueues', (scope) => {
    const topics = topicNames.map((name) => Stack.of(scope).formatArn({ service: 'sns', resource: name }));
    return [asService('SnsDeliversFromTheseTopicsToEncryptedQueues', 'sns.amazonaws.com', ServiceActions.DATA_KEYS, {
      ArnEquals: { 'aws:SourceArn': topics },
    })];
  });
}

/** `Null: false` requires that the encryption context has the pair, with any value. */
export function receivedMail(): ServiceUse {
  return symmetric('sesReceivedMail', (scope) => [
    asService('SesEncryptsMailReceivedByThisAccount', 'ses.amazonaws.com', ServiceActions.SEAL, {
      StringEquals: { 'kms:EncryptionContext:aws:ses:source-account': Stack.of(scope).account },
      Null: { 'kms:EncryptionContext:aws:ses:rule-name': 'false', 'kms:EncryptionContext:aws:ses:message-id': 'false' },
    }),
  ]);
}

function symmetric(name: string, statements: StatementsOfUse): ServiceUse {
  return { name, kind: SYMMETRIC, statements };
}

function asService(sid: string, principal: string, actions: readonly string[], conditions: iam.Conditions): iam.PolicyStatement {
  return keyStatement(sid, new iam.ServicePrincipal(principal), actions, conditions);
}
