import { Duration } from 'aws-cdk-lib';
import { GenerationTag, MAX_GENERATION_DIGITS } from '../../contract/family/generation-tags';
import { ALIAS_PREFIX, MAX_ALIAS_LENGTH, PENDING_WINDOW_DAYS } from '../../contract/limits';

/** Limits of a rotating key. Each stands here once, for the check and the message, with its reason. */
export const FamilyLimits = {
  /** Below it no alias of a generation would fit: `/g9999`. */
  ALIAS_LENGTH: MAX_ALIAS_LENGTH - ('/g'.length + MAX_GENERATION_DIGITS),
  /** The tick looks once a day. The most is what KMS allows for keys that it rotates itself. */
  ROTATION_PERIOD: { min: Duration.days(1), max: Duration.days(2560) },
  /** An alias that has moved takes up to five minutes to reach everybody, says KMS. */
  PROPAGATION_DELAY: { min: Duration.minutes(5), max: Duration.days(1) },
  /** Long enough for a weekly job to show what it does with the alias, twice. */
  FIRST_ROTATION_WATCH_MAX: Duration.days(14),
  /** Nobody writes in the moment in which he gets a data key; and a rotation waits so long for its census. */
  DATA_KEY_MAX_AGE: { min: Duration.minutes(1), max: Duration.days(30) },
  /** Less than a day cannot be seen by something that looks once a day. */
  OBSERVATION_PERIOD: { min: Duration.days(1), max: Duration.days(365) },
  SOAK_PERIOD: { min: Duration.days(1), max: Duration.days(365) },
  /** Ten years: longer than that, keep the generation. */
  BACKUP_RETENTION: { min: Duration.days(0), max: Duration.days(3650) },
  PENDING_WINDOW: { min: Duration.days(PENDING_WINDOW_DAYS.min), max: Duration.days(PENDING_WINDOW_DAYS.max) },
  /** How many times a rotation may be outrun by writers before somebody should look. */
  PASSES: { min: 1, max: 20 },
  RECONCILE_HOUR: { min: 0, max: 23 },
  /** Workers at once. */
  CONCURRENCY: { min: 1, max: 1000 },
  /** Less is too little for a page of records in work; more does not exist. */
  WORKER_MEBIBYTES: { min: 256, max: 10_240 },
  /** All shards of all stores travel through the state machine in one message. */
  SHARDS_OF_A_FAMILY: 2000,
  /** KMS takes 50 tags a key, and ours are among them. */
  TAGS: 50 - Object.keys(GenerationTag).length,
  /** What a fence and an open gate add to the declared key policy, with roles of long names. */
  POLICY_BYTES_OF_OURS: 3 * 1024,
} as const;

/** A generation's alias below the family's: no family may be called like one. */
export const LIKE_A_GENERATION = new RegExp(`^${ALIAS_PREFIX}.*/g[0-9]+$`);
