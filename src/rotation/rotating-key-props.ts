import { type Duration, type Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { type DataKeyStore } from '../stores/data-key-store';
import { type Deletion } from './values/deletion';
import { type ExistingKey } from './values/existing-key';
import { type OnConsumerFailure } from './values/on-consumer-failure';
import { type ReleasedStore } from './values/released-store';
import { type RotationSchedule } from './values/rotation-schedule';
import { type KeyMaterialSource } from '../material/key-material-source';

/** Properties of `RotatingKey`. */
export interface RotatingKeyProps {
  /**
   * Alias of the current generation, and the permanent name of the family. `orders` and `alias/orders` mean the same
   * alias.
   *
   * It must be known at synthesis, because policies contain it, and it can never be changed. Each generation has an
   * alias of its own below it: `alias/orders/g3`. At most 250 characters, including `alias/`.
   */
  readonly alias: string;

  /**
   * Principals that encrypt and decrypt: functions and roles. The key policy of every generation names them, so
   * a new generation is usable for them from the moment it exists.
   *
   * `*`, a whole account, an IAM group and an ARN with a wildcard are errors at synthesis. `cdk diff --security-only`
   * does not show changes of users: see `npx cdk-kms-lifecycle explain --compare`.
   *
   * They encrypt under the alias and decrypt without `KeyId`. **A Decrypt call that passes the alias as `KeyId` fails
   * for records that are still encrypted under an older generation, from the moment the alias moves.**
   *
   * @default - only principals of the grant methods, and principals that IAM policies of the account allow
   */
  readonly users?: iam.IGrantable[];

  /**
   * Principals that manage the generations: key policy, state, tags. They cannot use a generation, delete it, or change
   * its aliases.
   *
   * Administrators keep `kms:PutKeyPolicy`, so an administrator can grant itself use of the key. CloudTrail records the
   * change.
   *
   * @default - only principals that IAM policies of the account allow
   */
  readonly administrators?: iam.IGrantable[];

  /**
   * Stores that hold data keys which are encrypted under this key. Together they have at most 2000 shards.
   *
   * A rotation re-encrypts what is declared here, and nothing else. Data keys in other places stay encrypted under old
   * generations: they can be decrypted as long as those exist, and **are lost when those are deleted**.
   *
   * @default - none, with a warning: nothing is re-encrypted
   */
  readonly stores?: DataKeyStore[];

  /**
   * Stores that were declared before, and whose data keys are no longer needed.
   *
   * A rotating key remembers every table and attribute that it has declared. If one of them is no longer declared, no
   * old generation is retired, because its records are not counted, and a pending deletion is cancelled. To continue,
   * declare the store again, or release it here. **Records of a released store are not re-encrypted, and become
   * permanently unreadable when the generation of their data key is deleted.**
   *
   * @default - none: every store that was ever declared must be counted
   */
  readonly releasedStores?: ReleasedStore[];

  /**
   * Source of the key material of each generation. Every generation needs new key material, so the source cannot name a
   * version of the secret. Store new key material in the secret before a rotation is due. Otherwise the rotation does
   * not start, and `metricKeyMaterialDue` is 1.
   *
   * @default - AWS KMS generates the key material
   */
  readonly material?: KeyMaterialSource;

  /**
   * When the key is rotated.
   *
   * @default RotationSchedule.every(Duration.days(365))
   */
  readonly schedule?: RotationSchedule;

  /**
   * Hour of the day, in UTC, of the daily reconcile run, which starts what is due. From 0 to 23.
   *
   * @default 3
   */
  readonly reconcileHour?: number;

  /**
   * How long an application may keep an encrypted data key and still write it to a store, without a new call to KMS.
   * From a minute to 30 days.
   *
   * Choose at least the longest lifetime of a data key in a cache, and at least the longest time between reading a
   * record and writing it back. The census for the certificate starts only after this time. A value that is too long
   * costs time. **With a value that is too short, an application can write a data key of a generation that is already
   * certified as empty.**
   *
   * @default Duration.hours(24)
   */
  readonly dataKeyMaxAge?: Duration;

  /**
   * How long a rotation waits after a change of an alias or a key policy, so that the change has taken effect
   * everywhere. From 5 minutes to a day. KMS needs up to five minutes.
   *
   * @default Duration.minutes(10)
   */
  readonly propagationDelay?: Duration;

  /**
   * How long the first rotation watches for failed calls to KMS after the alias has moved. They reveal consumers that
   * pass the alias as `KeyId` to Decrypt. At least `propagationDelay`, at most 14 days. Every rotation watches for at
   * least `propagationDelay` and two hours: KMS reports use of the old generation up to an hour late.
   *
   * @default Duration.hours(24)
   */
  readonly firstRotationWatchPeriod?: Duration;

  /**
   * What a rotation does if calls of consumers to KMS fail after the alias has moved. **This needs a CloudTrail trail
   * that records management events in this Region, including read-only ones.** Without it no failure is found:
   * `ROLL_BACK` then fails the rotation before the alias moves, and the default continues and reports it.
   *
   * @default OnConsumerFailure.ROLL_BACK_IF_WATCHED
   */
  readonly onConsumerFailure?: OnConsumerFailure;

  /**
   * When old generations may be deleted. **Deletion cannot be undone.**
   *
   * @default - never: old generations can still decrypt, and cost 1 USD a month each
   */
  readonly deletion?: Deletion;

  /**
   * Stops the start of rotations and of the steps of a retirement, and the correction of drift. A reconcile run cancels
   * a scheduled deletion, and a rollback stays possible. Encryption and decryption are not affected.
   *
   * @default false
   */
  readonly paused?: boolean;

  /**
   * An existing KMS key to adopt as generation 0. The alias must already refer to it, and no stack may own the key or
   * the alias. If a stack owns them, first deploy it with `RemovalPolicy.RETAIN` for both. Then remove both from its
   * template, in the deployment that adds this property.
   *
   * @default - a new KMS key becomes generation 1
   */
  readonly startFrom?: ExistingKey;

  /**
   * Previous owner of the family, from which this construct adopts it: `<stack name>/<logical id>`, the value of the
   * tag `cdk-kms-lifecycle:owner`.
   *
   * Use it if the construct has moved to another stack, or if its id has changed. Without it the deployment fails, so
   * that no construct adopts a family unintentionally.
   *
   * @default - the deployment fails if a rotating key with this alias has another owner
   */
  readonly adoptFrom?: string;

  /**
   * Description of each generation in the console.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * How many passes a rotation makes before it fails. A pass re-encrypts and counts; another pass follows if
   * applications have written records under old generations in the meantime. From 1 to 20. A failed rotation loses no
   * data: old generations can still decrypt, and the next rotation continues.
   *
   * @default 5
   */
  readonly maxPasses?: number;

  /**
   * How many shards are re-encrypted at the same time. From 1 to 1000. Each shard sends up to about a thousand KMS
   * requests a second, and all applications of the account share its request quota.
   *
   * @default 4
   */
  readonly maxConcurrency?: number;

  /**
   * Role that may delete a generation manually, and change its aliases and tags. The key policy denies these actions to
   * all other principals except the roles of this construct.
   *
   * @default - no role
   */
  readonly breakGlassRole?: iam.IRole;

  /**
   * Bucket for counts, quarantine and certificates, in the account and Region of the rotating key. It must be encrypted
   * by S3 itself (SSE-S3), not under a KMS key.
   *
   * @default - a new versioned bucket, retained when the stack is deleted. If the first deployment fails, it is
   * deleted if it is empty, except with `startFrom` or `adoptFrom`: then it contains the former key policy
   */
  readonly evidenceBucket?: s3.IBucket;

  /**
   * Log group of the three functions and of the state machines. Log entries contain no primary key of a record, no
   * encrypted data key and no key material.
   *
   * @default - a new log group that keeps entries for a year
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * VPC of the three functions. It needs access to KMS, S3, Step Functions, and to the services of stores and key
   * material.
   *
   * @default - the functions run outside your VPCs
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets of the three functions.
   *
   * @default - the private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups of the three functions.
   *
   * @default - a new one that allows all outbound and no inbound traffic
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Processor of the three functions.
   *
   * @default lambda.Architecture.ARM_64
   */
  readonly architecture?: lambda.Architecture;

  /**
   * Memory of the function that re-encrypts. From 256 to 10,240 MiB. Lambda assigns processor time in proportion to
   * memory, so more memory makes re-encryption faster.
   *
   * @default Size.mebibytes(1024)
   */
  readonly workerMemorySize?: Size;
}
