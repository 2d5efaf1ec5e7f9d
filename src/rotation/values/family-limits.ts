import { Duration } from 'aws-cdk-lib';
import { GenerationTag, MAX_GENERATION_DIGITS } from '../../contract/family/generation-tags';
import { ALIAS_PREFIX, MAX_ALIAS_LENGTH, PENDING_WINDOW_DAYS } from '../../contract/limits';

/** Limits of a rotating key. Each is defined once, for the check and the message, with its reason. */
export const FamilyLimits = {
  /** Leaves room for the alias of a generation: `/g9999`. */
  ALIAS_LENGTH: MAX_ALIAS_LENGTH - ('/g'.length + MAX_GENERATION_DIGITS),
  /** The reconcile run is daily. The maximum is the longest period that KMS allows for its own rotation. */
  ROTATION_PERIOD: { min: Duration.days(1), max: Duration.days(2560) },
  /** With a shorter period, rotations and the periods of a retirement overlap. */
  SHORTEST_USUAL_PERIOD: Duration.days(7),
  /** KMS documents up to five minutes until a change of an alias affects authorization. */
  PROPAGATION_DELAY: { min: Duration.minutes(5), max: Duration.days(1) },
  /** Long enough for two executions of a weekly job that uses the alias. */
  FIRST_ROTATION_WATCH_MAX: Duration.days(14),
  /**
   * No application writes a data key in the moment in which it receives it. The maximum delays the census of a rotation
   * by that time.
   */
  DATA_KEY_MAX_AGE: { min: Duration.minutes(1), max: Duration.days(30) },
  /** A daily reconcile run cannot observe less than a day. */
  OBSERVATION_PERIOD: { min: Duration.days(1), max: Duration.days(365) },
  SOAK_PERIOD: { min: Duration.days(1), max: Duration.days(365) },
  /** Ten years. Keep the generation if you need it for longer. */
  BACKUP_RETENTION: { min: Duration.days(0), max: Duration.days(3650) },
  PENDING_WINDOW: { min: Duration.days(PENDING_WINDOW_DAYS.min), max: Duration.days(PENDING_WINDOW_DAYS.max) },
  /** How often writers may undo the work of a rotation before an operator has to intervene. */
  PASSES: { min: 1, max: 20 },
  RECONCILE_HOUR: { min: 0, max: 23 },
  /** Workers at the same time. */
  CONCURRENCY: { min: 1, max: 1000 },
  /** A page of records needs at least this memory. The maximum is that of Lambda. */
  WORKER_MEBIBYTES: { min: 256, max: 10_240 },
  /** The shards of all stores are part of one message of the state machine. */
  SHARDS_OF_A_FAMILY: 2000,
  /** Number of tags that this construct itself needs on a generation. */
  OWN_TAGS: Object.keys(GenerationTag).length,
  /** Step Functions passes at most 256 KiB from state to state. The rest of a message is small. */
  DESCRIPTION_BYTES: 240 * 1024,
  /** The default quota of managed policies of a role. */
  MANAGED_POLICIES: 10,
  /** The largest template that CloudFormation accepts: 1 MB. */
  TEMPLATE_BYTES: 1_000_000,
  /** What a fence and an open gate add to the declared key policy, if the names of the roles are long. */
  POLICY_BYTES_OF_OURS: 3 * 1024,
} as const;

/** Pattern of the alias of a generation. No family may have such an alias. */
export const LIKE_A_GENERATION = new RegExp(`^${ALIAS_PREFIX}.*/g[0-9]+$`);
