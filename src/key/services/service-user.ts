import type * as iam from 'aws-cdk-lib/aws-iam';
import { autoScalingRoles, deliveringTopics, logGroups, receivedMail, signedHostedZones, trails } from './service-principal-use';
import type { ServiceUse } from './service-use';
import { throughService, type CallingService } from './via-service-use';
import { ServiceActions } from '../../permissions/key-actions';

/**
 * A use of the key by an AWS service, as the page of AWS says that it takes.
 *
 * Either the service calls AWS KMS in the name of its caller (`throughS3` and the like): then exactly these callers are let in, of this
 * account, and only while the service calls for them. Or it calls under its own name (`cloudTrail` and the like): then only for these
 * resources of yours, so that nobody else can make it use the key for his.
 *
 * Where a page asks for `kms:CreateGrant`, only an AWS service may make the grant, for a resource of its own: "Controlling access to grants",
 * AWS KMS developer guide.
 *
 * Each use may be given to a key once: name all its callers or resources together.
 *
 * @example
 * declare const orders: iam.Role;
 *
 * new CustomerManagedKey(this, 'Key', {
 *   alias: 'alias/orders',
 *   serviceUsers: [ServiceUser.throughS3([orders]), ServiceUser.cloudWatchLogs(['/orders/api'])],
 * });
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
   * EBS volumes and snapshots: callers make them and launch instances with them. Instances then use the key by a grant.
   *
   * Source: "Requirements for Amazon EBS encryption", Amazon EBS user guide.
   *
   * @param callers Who makes volumes, copies snapshots and starts instances.
   */
  public static throughEbs(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'ec2', name: 'Ebs', actions: ServiceActions.VOLUMES, makesGrants: true });
  }

  /**
   * RDS databases: callers create and change them. RDS itself then uses the key by a grant.
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
   * Encrypted SNS topics: callers publish to them.
   *
   * Source: "Managing Amazon SNS encryption keys and costs", Amazon SNS developer guide.
   *
   * @param callers Who publishes.
   */
  public static throughSns(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'sns', name: 'Sns', actions: ServiceActions.MESSAGES });
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
   * Environment variables of Lambda functions: callers set them and look at them. Lambda itself then uses the key by a grant.
   *
   * Source: "Securing Lambda environment variables", AWS Lambda developer guide.
   *
   * @param callers Who configures functions.
   */
  public static throughLambda(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'lambda', name: 'Lambda', actions: ServiceActions.VARIABLES, makesGrants: true });
  }

  /**
   * Provisioned Redshift clusters: callers create and change them. Redshift itself then uses the key by a grant.
   *
   * Source: "Authorizing use of an AWS KMS customer managed key with Amazon Redshift (Provisioned) and Amazon Redshift Serverless", Amazon
   * Redshift management guide.
   *
   * @param callers Who creates clusters.
   */
  public static throughRedshift(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'redshift', name: 'Redshift', actions: ServiceActions.CLUSTERS, makesGrants: true });
  }

  /**
   * Namespaces of Redshift Serverless: callers create and change them. Redshift itself then uses the key by a grant.
   *
   * Source: the same page as for `throughRedshift`; how the service is called in `kms:ViaService`, "Prerequisites for managing Amazon Redshift
   * namespaces in the AWS Glue Data Catalog", AWS Lake Formation developer guide.
   *
   * @param callers Who creates namespaces.
   */
  public static throughRedshiftServerless(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, {
      service: 'redshift-serverless', name: 'RedshiftServerless', actions: ServiceActions.CLUSTERS, makesGrants: true,
    });
  }

  /**
   * Log groups of CloudWatch Logs: callers give them the key, write to them and read them. The log groups themselves need `cloudWatchLogs`.
   *
   * Source: "Encrypt log data in CloudWatch Logs using AWS Key Management Service", Amazon CloudWatch Logs user guide.
   *
   * @param callers Who makes, writes and reads log groups.
   */
  public static throughCloudWatchLogs(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'logs', name: 'CloudWatchLogs', actions: ServiceActions.STORE });
  }

  /**
   * Log groups of CloudWatch Logs, of this account and Region.
   *
   * Without it a log group cannot be given the key, and what is in it can no longer be read. Who writes and reads needs
   * `throughCloudWatchLogs` as well, unless he is one of the users of the key.
   *
   * The page allows `kms:Describe*` under the same encryption context; since no description takes one, that allows nothing, and is left out.
   *
   * Source: "Encrypt log data in CloudWatch Logs using AWS Key Management Service", Amazon CloudWatch Logs user guide.
   *
   * @param logGroupNames Their names, such as `/orders/api`; `*` in a name is any characters.
   */
  public static cloudWatchLogs(logGroupNames: string[]): ServiceUser {
    return new ServiceUser(logGroups(logGroupNames));
  }

  /**
   * Trails of CloudTrail, of this account and Region, which write and cannot read. Who reads their log files, reads them from S3: see `throughS3`.
   *
   * Not for event data stores of CloudTrail Lake, for which CloudTrail does not tell its source; nor for trails into a bucket with an S3 Bucket
   * Key, for which CloudTrail has to decrypt as well.
   *
   * Source: "Configure AWS KMS key policies for CloudTrail", AWS CloudTrail user guide.
   *
   * @param trailNames Their names, exactly.
   */
  public static cloudTrail(trailNames: string[]): ServiceUser {
    return new ServiceUser(trails(trailNames));
  }

  /**
   * EC2 Auto Scaling, which launches instances with encrypted EBS volumes by its service-linked roles in this account.
   *
   * A role has to exist before the key does, or AWS KMS refuses the key policy.
   *
   * Source: "Required AWS KMS key policy for use with encrypted volumes", Amazon EC2 Auto Scaling user guide.
   *
   * @param roleNames The service-linked roles; `AWSServiceRoleForAutoScaling` unless you made others, with a suffix.
   */
  public static autoScaling(roleNames: string[] = ['AWSServiceRoleForAutoScaling']): ServiceUser {
    return new ServiceUser(autoScalingRoles(roleNames));
  }

  /**
   * Route 53, which signs these hosted zones by DNSSEC. The key has to be one of `ECC_NIST_P256`, for signing, in us-east-1.
   *
   * A grant of Route 53 names no hosted zone while it is made; it can only be for a resource of AWS.
   *
   * Source: "Using identity-based policies (IAM policies) for Amazon Route 53" and "Working with customer managed keys for DNSSEC", Amazon
   * Route 53 developer guide.
   *
   * @param hostedZoneIds Their ids, exactly, such as `Z0123456789ABCDEFGHIJ`.
   */
  public static route53Dnssec(hostedZoneIds: string[]): ServiceUser {
    return new ServiceUser(signedHostedZones(hostedZoneIds));
  }

  /**
   * SNS topics of this account and Region, which deliver to encrypted SQS queues.
   *
   * Source: "Amazon SQS Key management", Amazon SQS developer guide: the event source, and its protection against confused deputies.
   *
   * @param topicNames Their names, exactly.
   */
  public static topicsToEncryptedQueues(topicNames: string[]): ServiceUser {
    return new ServiceUser(deliveringTopics(topicNames));
  }

  /**
   * SES, which encrypts received mail of this account before it puts it into S3. It cannot read it again.
   *
   * Source: "How Amazon Simple Email Service (Amazon SES) uses AWS KMS", AWS KMS developer guide.
   */
  public static sesReceivedMail(): ServiceUser {
    return new ServiceUser(receivedMail());
  }

  private static through(callers: iam.IGrantable[], called: CallingService): ServiceUser {
    return new ServiceUser(throughService(callers, called));
  }

  /**
   * What the key has to be, and what its policy then says.
   *
   * @internal
   */
  public readonly _use: ServiceUse;

  private constructor(use: ServiceUse) {
    this._use = use;
  }
}
