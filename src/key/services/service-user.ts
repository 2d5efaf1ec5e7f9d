import type * as iam from 'aws-cdk-lib/aws-iam';
import { autoScalingRoles, deliveringTopics, logGroups, receivedMail, signedHostedZones, trails } from './service-principal-use';
import type { ServiceUse } from './service-use';
import { throughService, type CallingService } from './via-service-use';
import { ServiceActions } from '../../permissions/key-actions';

/**
 * Use of a key by an AWS service, with the permissions that the AWS documentation of the service requires.
 *
 * The methods that begin with `through` are for services that call AWS KMS on behalf of their caller. They allow only
 * the given callers, which must be in this account, and only through the service.
 *
 * The other methods are for services that call AWS KMS as a service principal. They allow only calls for the given
 * resources of this account, so that the service cannot use the key for another account (confused deputy).
 *
 * If the documentation requires `kms:CreateGrant`, only an AWS service may create the grant, for one of its own
 * resources: "Controlling access to grants", AWS KMS developer guide.
 *
 * Use each method at most once per key, with all its callers or resources.
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
   * Objects in S3 buckets, which the callers read and write.
   *
   * Source: "Using server-side encryption with AWS KMS keys (SSE-KMS)", Amazon S3 user guide.
   */
  public static throughS3(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 's3', name: 'S3', actions: ServiceActions.DATA_KEYS });
  }

  /**
   * EBS volumes and snapshots. The callers create them, and launch instances that use the key by a grant.
   *
   * Source: "Requirements for Amazon EBS encryption", Amazon EBS user guide.
   *
   * @param callers Principals that create volumes, copy snapshots and launch instances.
   */
  public static throughEbs(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'ec2', name: 'Ebs', actions: ServiceActions.VOLUMES, createsGrants: true });
  }

  /**
   * RDS databases, which the callers create and modify. RDS then uses the key by a grant.
   *
   * Source: "AWS KMS key management", Amazon RDS user guide.
   */
  public static throughRds(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'rds', name: 'Rds', actions: ServiceActions.DESCRIBE, createsGrants: true });
  }

  /**
   * DynamoDB tables, which the callers create, and whose items they read and write.
   *
   * For global tables DynamoDB calls KMS across Regions, so calls from every Region are allowed.
   *
   * Source: "DynamoDB encryption at rest usage notes", Amazon DynamoDB developer guide.
   */
  public static throughDynamoDb(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, {
      service: 'dynamodb', name: 'DynamoDb', actions: ServiceActions.STORE, createsGrants: true, fromEveryRegion: true,
    });
  }

  /**
   * Secrets of Secrets Manager, which the callers read and write.
   *
   * Source: "Secret encryption and decryption in AWS Secrets Manager", AWS Secrets Manager user guide.
   */
  public static throughSecretsManager(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'secretsmanager', name: 'SecretsManager', actions: ServiceActions.DATA_KEYS });
  }

  /**
   * `SecureString` parameters of Systems Manager, standard and advanced, which the callers read and write.
   *
   * Source: "AWS KMS encryption for AWS Systems Manager Parameter Store SecureString parameters", AWS Systems Manager
   * user guide.
   */
  public static throughParameterStore(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'ssm', name: 'ParameterStore', actions: ServiceActions.VALUES });
  }

  /**
   * Encrypted SNS topics, to which the callers publish.
   *
   * Source: "Managing Amazon SNS encryption keys and costs", Amazon SNS developer guide.
   */
  public static throughSns(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'sns', name: 'Sns', actions: ServiceActions.MESSAGES });
  }

  /**
   * Encrypted SQS queues, to which the callers send and from which they receive.
   *
   * Source: "Amazon SQS Key management", Amazon SQS developer guide.
   */
  public static throughSqs(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'sqs', name: 'Sqs', actions: ServiceActions.DATA_KEYS });
  }

  /**
   * Environment variables of Lambda functions, which the callers set and read. Lambda then uses the key by a grant.
   *
   * Source: "Securing Lambda environment variables", AWS Lambda developer guide.
   */
  public static throughLambda(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'lambda', name: 'Lambda', actions: ServiceActions.VARIABLES, createsGrants: true });
  }

  /**
   * Provisioned Redshift clusters, which the callers create and modify. Redshift then uses the key by a grant.
   *
   * Source: "Authorizing use of an AWS KMS customer managed key with Amazon Redshift (Provisioned) and Amazon Redshift
   * Serverless", Amazon Redshift management guide.
   */
  public static throughRedshift(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'redshift', name: 'Redshift', actions: ServiceActions.CLUSTERS, createsGrants: true });
  }

  /**
   * Namespaces of Redshift Serverless, which the callers create and modify. Redshift then uses the key by a grant.
   *
   * Source: the same page as for `throughRedshift`; for the service name in `kms:ViaService`, "Prerequisites for
   * managing Amazon Redshift namespaces in the AWS Glue Data Catalog", AWS Lake Formation developer guide.
   */
  public static throughRedshiftServerless(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, {
      service: 'redshift-serverless', name: 'RedshiftServerless', actions: ServiceActions.CLUSTERS, createsGrants: true,
    });
  }

  /**
   * Log groups of CloudWatch Logs, which the callers associate with the key, write and read. The log groups also need
   * `cloudWatchLogs`.
   *
   * Source: "Encrypt log data in CloudWatch Logs using AWS Key Management Service", Amazon CloudWatch Logs user guide.
   */
  public static throughCloudWatchLogs(callers: iam.IGrantable[]): ServiceUser {
    return ServiceUser.through(callers, { service: 'logs', name: 'CloudWatchLogs', actions: ServiceActions.STORE });
  }

  /**
   * Log groups of CloudWatch Logs in this account and Region.
   *
   * CloudWatch Logs needs it to associate a log group with the key, and to read log events of a log group that uses the
   * key. Principals that write and read log events also need `throughCloudWatchLogs`, unless they are users of the key.
   *
   * The AWS page also lists `kms:Describe*` with a condition on the encryption context. DescribeKey has no encryption
   * context, so that statement would allow nothing, and is omitted.
   *
   * Source: "Encrypt log data in CloudWatch Logs using AWS Key Management Service", Amazon CloudWatch Logs user guide.
   *
   * @param logGroupNames The names, such as `/orders/api`. `*` matches any characters.
   */
  public static cloudWatchLogs(logGroupNames: string[]): ServiceUser {
    return new ServiceUser(logGroups(logGroupNames));
  }

  /**
   * Trails of CloudTrail in this account and Region. CloudTrail can write log files and cannot read them; readers need
   * `throughS3`.
   *
   * Event data stores of CloudTrail Lake are not supported, because CloudTrail sends no source ARN for them. Trails to
   * a bucket with an S3 Bucket Key are not supported, because CloudTrail also needs Decrypt for them.
   *
   * Source: "Configure AWS KMS key policies for CloudTrail", AWS CloudTrail user guide.
   *
   * @param trailNames The exact names.
   */
  public static cloudTrail(trailNames: string[]): ServiceUser {
    return new ServiceUser(trails(trailNames));
  }

  /**
   * EC2 Auto Scaling, whose service-linked roles of this account launch instances with encrypted EBS volumes.
   *
   * The roles must exist before the key is deployed: AWS KMS refuses a key policy with a principal that does not exist.
   *
   * Source: "Required AWS KMS key policy for use with encrypted volumes", Amazon EC2 Auto Scaling user guide.
   *
   * @param roleNames The service-linked roles. The default is the role without a suffix,
   * `AWSServiceRoleForAutoScaling`.
   */
  public static autoScaling(roleNames: string[] = ['AWSServiceRoleForAutoScaling']): ServiceUser {
    return new ServiceUser(autoScalingRoles(roleNames));
  }

  /**
   * Route 53, which signs these hosted zones for DNSSEC. The key must have spec `ECC_NIST_P256` and usage
   * `SIGN_VERIFY`, in us-east-1.
   *
   * CreateGrant requests of Route 53 name no hosted zone. Their only restriction is therefore that the grant is for an
   * AWS resource.
   *
   * Source: "Using identity-based policies (IAM policies) for Amazon Route 53" and "Working with customer managed keys
   * for DNSSEC", Amazon Route 53 developer guide.
   *
   * @param hostedZoneIds The exact ids, such as `Z0123456789ABCDEFGHIJ`.
   */
  public static route53Dnssec(hostedZoneIds: string[]): ServiceUser {
    return new ServiceUser(signedHostedZones(hostedZoneIds));
  }

  /**
   * SNS topics of this account and Region that deliver to encrypted SQS queues.
   *
   * Source: "Amazon SQS Key management", Amazon SQS developer guide: sections on event sources and on the confused
   * deputy problem.
   *
   * @param topicNames The exact names.
   */
  public static topicsToEncryptedQueues(topicNames: string[]): ServiceUser {
    return new ServiceUser(deliveringTopics(topicNames));
  }

  /**
   * SES, which encrypts received mail of this account before it stores it in S3. SES cannot decrypt it.
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
   * The required kind of key, and the statements in its policy.
   *
   * @internal
   */
  public readonly _use: ServiceUse;

  private constructor(use: ServiceUse) {
    this._use = use;
  }
}
