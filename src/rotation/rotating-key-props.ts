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
   * The name of the key, and the only one that stays: `orders` and `alias/orders` mean the same.
   *
   * It has to be known when the app is synthesized, since it is part of policies, and can never be changed. Below it each generation
   * has a name of its own: `alias/orders/g3`. At most 250 characters, `alias/` included.
   */
  readonly alias: string;

  /**
   * Who encrypts and decrypts: functions, roles, services. The policy of every generation names them, so a new one works for them the
   * moment it exists.
   *
   * They encrypt under the alias and decrypt without naming a key. **Who names the alias when it decrypts fails for old records as soon
   * as it has moved.**
   *
   * @default - whom `grantEncrypt`, `grantDecrypt` and `grantEncryptDecrypt` name, and whom IAM policies of the account allow it
   */
  readonly users?: iam.IGrantable[];

  /**
   * Who manages the generations: policy, state, tags. They can neither use them, nor delete them, nor take their names away.
   *
   * An administrator can rewrite a key policy, which is how separation of duties ends for whoever is willing to be seen in CloudTrail.
   *
   * @default - whom IAM policies of the account allow it
   */
  readonly administrators?: iam.IGrantable[];

  /**
   * Everything that holds data keys under this key: up to 2000 shards together.
   *
   * A rotation re-encrypts what is declared here, and nothing else. Data keys anywhere else stay under old generations: they open
   * as long as those are kept, and are lost when those are deleted.
   *
   * @default - none, with a warning: nothing is re-encrypted
   */
  readonly stores?: DataKeyStore[];

  /**
   * Where the bytes of each generation come from. Each wants bytes of its own, so a source cannot be held to a version: put new bytes
   * before a rotation is due. While they are missing the key stays as it is, and says so in `metricKeyMaterialDue`.
   *
   * @default - AWS KMS makes them
   */
  readonly material?: KeyMaterialSource;

  /**
   * When the key is rotated.
   *
   * @default RotationSchedule.every(Duration.days(365))
   */
  readonly schedule?: RotationSchedule;

  /**
   * The hour of the day, in UTC and from 0 to 23, in which the key is looked at and what is due begins.
   *
   * @default 3
   */
  readonly reconcileHour?: number;

  /**
   * How long an application may go on storing a data key that it already has, without asking KMS again. From a minute to 30 days.
   *
   * As long as the longest cache of data keys, and the longest time between reading a record and writing it back. What counts is
   * counted only after it is over: too long costs time, **too short lets a data key come back under a generation that was proven empty.**
   *
   * @default Duration.hours(24)
   */
  readonly dataKeyMaxAge?: Duration;

  /**
   * How long a change of alias or policy is given to reach everybody, from 5 minutes to a day. KMS takes up to five minutes.
   *
   * @default Duration.minutes(10)
   */
  readonly propagationDelay?: Duration;

  /**
   * The same, after the alias has moved in the first rotation of the key: time to find those who name the alias when they decrypt.
   * At least `propagationDelay`, at most 14 days.
   *
   * @default Duration.hours(24)
   */
  readonly firstRotationWatchPeriod?: Duration;

  /**
   * What a rotation does when consumers fail at KMS after the alias has moved.
   *
   * @default OnConsumerFailure.ROLL_BACK
   */
  readonly onConsumerFailure?: OnConsumerFailure;

  /**
   * When old generations may be deleted, **which nothing undoes**.
   *
   * @default - never: they are kept, fenced and able to decrypt, for 1 USD a month each
   */
  readonly deletion?: Deletion;

  /**
   * Stops the daily look and every irreversible step. Encrypting and decrypting go on as ever.
   *
   * @default false
   */
  readonly paused?: boolean;

  /**
   * A key that people already have, and that becomes generation 0. The alias has to name it already, and no stack may own either:
   * deploy once with both retained, then take them out of their template in the deployment that adds this.
   *
   * @default - a new key becomes generation 1
   */
  readonly startFrom?: ExistingKey;

  /**
   * The owner that this construct takes a rotating key over from: `<stack name>/<logical id>`, as the tag `cdk-kms-lifecycle:owner` says it.
   *
   * For a construct that has moved to another stack, or whose id has changed. Saying it is what shows that it is meant.
   *
   * @default - a rotating key of another owner is left alone, and the deployment fails
   */
  readonly adoptFrom?: string;

  /**
   * What the key is for, as the console shows it for each generation.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * How often a rotation re-encrypts and counts before it gives up on writers that outrun it, from 1 to 20 times. Nothing is lost then:
   * old generations go on decrypting, and the next rotation goes on.
   *
   * @default 5
   */
  readonly maxPasses?: number;

  /**
   * How many shards are worked on at once, from 1 to 1000. The account shares its quota of KMS requests with production, and each shard
   * asks KMS up to about a thousand times a second.
   *
   * @default 4
   */
  readonly maxConcurrency?: number;

  /**
   * Who may pass by hand the gate that keeps everybody but our own roles from deleting a generation and from changing its names and tags.
   *
   * @default - nobody
   */
  readonly breakGlass?: iam.IRole;

  /**
   * Where counts, quarantine and certificates are kept. A bucket of your own has to be encrypted by S3 itself, not under a KMS key.
   *
   * @default - a versioned bucket that stays when the stack goes
   */
  readonly evidenceBucket?: s3.IBucket;

  /**
   * Where the three functions and the state machines write. What they write holds no record's key, no blob and no bytes of key.
   *
   * @default - a log group that keeps a year
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * The network that the three functions run in. It needs a way to KMS, S3, Step Functions, and to what stores and material are kept in.
   *
   * @default - none of yours
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Where in the network.
   *
   * @default - the private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the three functions.
   *
   * @default - one that lets everything out and nothing in
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The memory of the function that re-encrypts, from 256 to 10,240 MiB. With it Lambda gives processors: more makes a shard faster.
   *
   * @default Size.mebibytes(1024)
   */
  readonly workerMemorySize?: Size;
}
