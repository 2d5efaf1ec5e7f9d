import { type Duration, type Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { type DataKeyStore } from '../stores/data-key-store';
import { type Deletion } from './values/deletion';
import { type ExistingKey } from './values/existing-key';
import { type OnConsumerFailure } from './values/on-consumer-failure';
import { type RotationSchedule } from './values/rotation-schedule';
import { type KeyMaterialSource } from '../material/key-material-source';

/** Properties of `RotatingKey`. */
export interface RotatingKeyProps {
  /**
   * Alias of the current generation, and the permanent name of the family. `orders` and `alias/orders` have the same
   * meaning.
   *
   * It must be known at synthesis, because policies contain it, and it can never be changed. Each generation has an
   * alias of its own below it: `alias/orders/g3`. At most 250 characters, including `alias/`.
   */
  readonly alias: string;

  /**
   * Principals that encrypt and decrypt: functions, roles, services. The key policy of every generation names them, so
   * a new generation is usable for them from the moment it exists.
   *
   * They encrypt under the alias and decrypt without `KeyId`. **A Decrypt call that passes the alias as `KeyId` fails
   * for records that are still encrypted under an older generation, from the moment the alias moves.**
   *
   * @default - the principals named by `grantEncrypt`, `grantDecrypt` and `grantEncryptDecrypt`, and those to which IAM
   * policies of the account grant use
   */
  readonly users?: iam.IGrantable[];

  /**
   * Principals that manage the generations: key policy, state, tags. They cannot use a generation, delete it, or change
   * its aliases.
   *
   * Administrators keep `kms:PutKeyPolicy`, so an administrator can grant itself use of the key. CloudTrail records the
   * change.
   *
   * @default - the principals to which IAM policies of the account grant management
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
   * Source of the key material of each generation. Every generation needs new key material, so the source cannot name a
   * version: store new key material before a rotation is due. Without it the rotation does not start, and
   * `metricKeyMaterialDue` is 1.
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
   * How long an application may go on writing a data key that it already has, without a new call to KMS. From a minute
   * to 30 days.
   *
   * Choose it at least as long as the longest lifetime in a cache of data keys, and as the longest time between reading
   * a record and writing it back. The certifying census starts only after it: a long value costs time, **a short value
   * allows a data key to come back under a generation that was certified as empty.**
   *
   * @default Duration.hours(24)
   */
  readonly dataKeyMaxAge?: Duration;

  /**
   * How long a rotation waits until a change of an alias or a key policy has taken effect everywhere. From 5 minutes to
   * a day. KMS needs up to five minutes.
   *
   * @default Duration.minutes(10)
   */
  readonly propagationDelay?: Duration;

  /**
   * How long the first rotation of this key watches consumers after the alias has moved, to find those that pass the
   * alias as `KeyId` to Decrypt. At least `propagationDelay`, at most 14 days. Later rotations watch for
   * `propagationDelay`.
   *
   * @default Duration.hours(24)
   */
  readonly firstRotationWatchPeriod?: Duration;

  /**
   * What a rotation does if consumers fail at KMS after the alias has moved.
   *
   * @default OnConsumerFailure.ROLL_BACK
   */
  readonly onConsumerFailure?: OnConsumerFailure;

  /**
   * When old generations may be deleted. **Deletion cannot be undone.**
   *
   * @default - never: old generations stay, fenced and able to decrypt, for 1 USD a month each
   */
  readonly deletion?: Deletion;

  /**
   * Stops the daily reconcile run and every irreversible step. Encryption and decryption are not affected.
   *
   * @default false
   */
  readonly paused?: boolean;

  /**
   * An existing KMS key to adopt as generation 0. The alias must already refer to it, and no stack may own either of
   * them: deploy once with both retained, then remove them from their template in the deployment that adds this
   * property.
   *
   * @default - a new KMS key becomes generation 1
   */
  readonly startFrom?: ExistingKey;

  /**
   * Owner from which this construct adopts a rotating key: `<stack name>/<logical id>`, the value of the tag
   * `cdk-kms-lifecycle:owner`.
   *
   * Use it if a construct has moved to another stack, or if its id has changed. Its presence confirms that the adoption
   * is intended.
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
   * How often a rotation re-encrypts and counts before it fails because applications still write under old generations.
   * From 1 to 20. No data is lost if it fails: old generations can still decrypt, and the next rotation continues.
   *
   * @default 5
   */
  readonly maxPasses?: number;

  /**
   * How many shards are re-encrypted at the same time. From 1 to 1000. The account shares its quota of KMS requests
   * with production, and each shard sends up to about a thousand requests a second.
   *
   * @default 4
   */
  readonly maxConcurrency?: number;

  /**
   * Role that may delete a generation manually and change its aliases and tags, which the key policy denies to every
   * other principal except the roles of this construct.
   *
   * @default - no role
   */
  readonly breakGlassRole?: iam.IRole;

  /**
   * Bucket for counts, quarantine and certificates. It must be encrypted by S3 itself (SSE-S3), not under a KMS key.
   *
   * @default - a new versioned bucket, retained when the stack is deleted
   */
  readonly evidenceBucket?: s3.IBucket;

  /**
   * Log group of the three functions and of the state machines. Log entries contain no key of a record, no encrypted
   * data key and no key material.
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
   * Memory of the function that re-encrypts. From 256 to 10,240 MiB. Lambda assigns processors in proportion: more
   * memory makes a shard faster.
   *
   * @default Size.mebibytes(1024)
   */
  readonly workerMemorySize?: Size;
}
