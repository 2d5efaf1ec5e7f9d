import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ServiceActions } from './key-actions';
import {
  autoScalingStatements, cloudTrailStatements, cloudWatchLogsStatements, dnssecStatements, receivedMailStatements, topicStatements,
} from './service-principal-statements';
import { throughService, type CallingService, type StatementsOfUse } from './service-statements';

/**
 * A use of the key by an AWS service.
 *
 * Either the service calls AWS KMS in the name of its caller (`throughS3` and the like): then exactly these callers are let in, of this
 * account, and only while the service calls for them. Or it calls under its own name (`cloudTrail` and the like): then only for these
 * resources of yours, so that nobody else can make it use the key for his.
 *
 * Each use may be given to a key once: name all its callers or resources together.
 */
export class ServiceUser {
  /**
   * Objects in S3 buckets: callers read and write them.
   *
   * Source: "Using server-side encryption with AWS KMS keys (SSE-KMS)", Amazon S3 user guide.
   *
   * @param callers Who reads and writes objects.
   */
  public static throughS3(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 's3', name: 'S3', actions: ServiceActions.DATA_KEYS });
  }

  /**
   * EBS volumes and snapshots: callers make them and launch instances with them. Instances keep the key by a grant until they stop.
   *
   * Source: "Requirements for Amazon EBS encryption", Amazon EBS user guide.
   *
   * @param callers Who makes volumes, copies snapshots and starts instances.
   */
  public static throughEbs(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'ec2', name: 'Ebs', actions: ServiceActions.VOLUMES, makesGrants: true });
  }

  /**
   * RDS databases: callers create and change them. RDS itself then uses the key by a grant, for as long as the database lives.
   *
   * Source: "AWS KMS key management", Amazon RDS user guide.
   *
   * @param callers Who creates databases.
   */
  public static throughRds(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'rds', name: 'Rds', actions: ServiceActions.SEE, makesGrants: true });
  }

  /**
   * DynamoDB tables: callers create them, read and write their items.
   *
   * DynamoDB calls across Regions for global tables, so it is let in from each of them.
   *
   * Source: "DynamoDB encryption at rest usage notes", Amazon DynamoDB developer guide.
   *
   * @param callers Who creates tables, reads and writes items.
   */
  public static throughDynamoDb(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, {
      service: 'dynamodb', name: 'DynamoDb', actions: ServiceActions.STORE, makesGrants: true, fromEveryRegion: true,
    });
  }

  /**
   * Secrets of Secrets Manager: callers read and write them.
   *
   * Source: "Secret encryption and decryption in AWS Secrets Manager", AWS Secrets Manager user guide.
   *
   * @param callers Who reads and writes secrets.
   */
  public static throughSecretsManager(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'secretsmanager', name: 'SecretsManager', actions: ServiceActions.DATA_KEYS });
  }

  /**
   * `SecureString` parameters of Systems Manager, standard and advanced: callers read and write them.
   *
   * Source: "AWS KMS encryption for AWS Systems Manager Parameter Store SecureString parameters", AWS Systems Manager user guide.
   *
   * @param callers Who reads and writes parameters.
   */
  public static throughParameterStore(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'ssm', name: 'ParameterStore', actions: ServiceActions.VALUES });
  }

  /**
   * Encrypted SNS topics: callers publish to them. Who subscribes needs no key.
   *
   * Source: "Managing Amazon SNS encryption keys and costs", Amazon SNS developer guide.
   *
   * @param callers Who publishes.
   */
  public static throughSns(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'sns', name: 'Sns', actions: ServiceActions.DATA_KEYS });
  }

  /**
   * Encrypted SQS queues: callers send to them and receive from them.
   *
   * Source: "Amazon SQS Key management", Amazon SQS developer guide.
   *
   * @param callers Who sends and receives.
   */
  public static throughSqs(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'sqs', name: 'Sqs', actions: ServiceActions.DATA_KEYS });
  }

  /**
   * Environment variables of Lambda functions: callers set them and look at them. The functions read them by a grant that Lambda makes.
   *
   * Source: "Securing Lambda environment variables", AWS Lambda developer guide.
   *
   * @param callers Who configures functions.
   */
  public static throughLambda(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'lambda', name: 'Lambda', actions: ServiceActions.VARIABLES, makesGrants: true });
  }

  /**
   * Provisioned Redshift clusters: callers create and change them.
   *
   * Source: "Prerequisites for managing Amazon Redshift namespaces in the AWS Glue Data Catalog", AWS Lake Formation developer guide, whose
   * key policy has a statement for clusters and the same once more for Redshift Serverless.
   *
   * @param callers Who creates clusters.
   */
  public static throughRedshift(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'redshift', name: 'Redshift', actions: ServiceActions.STORE, makesGrants: true });
  }

  /**
   * Namespaces of Redshift Serverless: callers create and change them.
   *
   * Source: the same page as for `throughRedshift`.
   *
   * @param callers Who creates namespaces.
   */
  public static throughRedshiftServerless(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, {
      service: 'redshift-serverless', name: 'RedshiftServerless', actions: ServiceActions.STORE, makesGrants: true,
    });
  }

  /**
   * Log groups of CloudWatch Logs, of this account and Region.
   *
   * Without it a log group cannot be given the key, and what is in it can no longer be read. The page allows `kms:Describe*` under the
   * same encryption context; since no description takes one, that allows nothing, and it is left out.
   *
   * Source: "Encrypt log data in CloudWatch Logs using AWS Key Management Service", Amazon CloudWatch Logs user guide.
   *
   * @param logGroupNames Their names, such as `/orders/api`; `*` in a name means anything.
   */
  public static cloudWatchLogs(logGroupNames: string[]): ServiceUser {
    return new ServiceUser(cloudWatchLogsStatements(logGroupNames));
  }

  /**
   * Trails of CloudTrail, of this account and Region, which write and cannot read. Who reads their log files, reads them from S3: see `throughS3`.
   *
   * Not for event data stores of CloudTrail Lake, for which CloudTrail does not tell its source.
   *
   * Source: "Configure AWS KMS key policies for CloudTrail", AWS CloudTrail user guide.
   *
   * @param trailNames Their names.
   */
  public static cloudTrail(trailNames: string[]): ServiceUser {
    return new ServiceUser(cloudTrailStatements(trailNames));
  }

  /**
   * EC2 Auto Scaling, which launches instances with encrypted EBS volumes by its service-linked role in this account.
   *
   * The role has to exist before the key does, or AWS KMS refuses the key policy.
   *
   * Source: "Required AWS KMS key policy for use with encrypted volumes", Amazon EC2 Auto Scaling user guide.
   *
   * @param roleName The service-linked role; `AWSServiceRoleForAutoScaling` unless you made one with a suffix.
   */
  public static autoScaling(roleName: string = 'AWSServiceRoleForAutoScaling'): ServiceUser {
    return new ServiceUser(autoScalingStatements(roleName));
  }

  /**
   * Route 53, which signs these hosted zones by DNSSEC. The key has to be one of `ECC_NIST_P256`, for signing, in us-east-1.
   *
   * A grant of Route 53 names no hosted zone while it is made; it can only be for a resource of AWS.
   *
   * Source: "Using identity-based policies (IAM policies) for Amazon Route 53", Amazon Route 53 developer guide, and "CreateKeySigningKey",
   * Amazon Route 53 API reference.
   *
   * @param hostedZoneIds Their ids, such as `Z0123456789ABCDEFGHIJ`.
   */
  public static route53Dnssec(hostedZoneIds: string[]): ServiceUser {
    return new ServiceUser(dnssecStatements(hostedZoneIds));
  }

  /**
   * SNS topics of this account and Region, which deliver to encrypted SQS queues.
   *
   * Source: "Amazon SQS Key management", Amazon SQS developer guide, held to the topics as subscriptions of aws-cdk-lib hold it.
   *
   * @param topicNames Their names.
   */
  public static topicsToEncryptedQueues(topicNames: string[]): ServiceUser {
    return new ServiceUser(topicStatements(topicNames));
  }

  /**
   * SES, which encrypts received mail of this account before it puts it into S3. It cannot read it again.
   *
   * Source: "How Amazon Simple Email Service (Amazon SES) uses AWS KMS", AWS KMS developer guide.
   */
  public static sesReceivedMail(): ServiceUser {
    return new ServiceUser(receivedMailStatements);
  }

  private static through(callers: iam.IGrantable[], called: CallingService): ServiceUser {
    return new ServiceUser(throughService(callers, called));
  }

  private constructor(private readonly statementsOfUse: StatementsOfUse) {}

  /**
   * What the key policy says for this use.
   *
   * @internal
   */
  public _statements(scope: Construct): iam.PolicyStatement[] {
    return this.statementsOfUse(scope);
  }
}
