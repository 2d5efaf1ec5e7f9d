import { Duration, Token } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { evidenceProblems } from './family/evidence-bucket';
import { type RotatingKeySettings } from './rotating-key-settings';
import { numberProblems, secondsProblems, sizeProblems, wholeSeconds } from '../validation/in-range';
import { descriptionProblems, tagProblems } from '../validation/kms-text';
import { FamilyLimits, LIKE_A_GENERATION } from './values/family-limits';
import { releasedStoreProblems } from './values/released-store-problems';
import { GENERATION_TAG_PREFIX } from '../contract/family/generation-tags';
import { MAX_KEY_POLICY_BYTES } from '../contract/limits';
import { describeProblem, type Problem } from '../contract/problem';
import { fullAliasName, newAliasProblems } from '../key/alias-name';
import { type BoundStore } from '../stores/binding/bound-store';

/** Everything about a rotating key that is checked when the app is synthesized. */
export interface Checked {
  readonly settings: RotatingKeySettings;
  readonly stores: readonly BoundStore[];
  readonly evidence: s3.IBucket;
  /** The tags of every generation. */
  readonly tags: { readonly [name: string]: string };
  /** The declared key policy as JSON, with references to what is known only during deployment. */
  readonly policyText: string;
}

/** Reports everything that makes a rotating key unusable. Empty if it is usable. */
export function rotatingKeyProblems({ settings, stores, evidence, tags, policyText }: Checked): string[] {
  return [
    ...familyAliasProblems(settings.alias),
    ...timeProblems(settings),
    ...settings.deletion?._problems(longestRecovery(stores)) ?? [],
    ...settings.startFrom?._problems() ?? [],
    ...ownerProblems(settings.adoptFrom),
    ...numberProblems('maxPasses', settings.maxPasses, FamilyLimits.PASSES, 'use 5'),
    ...numberProblems('maxConcurrency', settings.maxConcurrency, FamilyLimits.CONCURRENCY, 'begin with 4'),
    ...numberProblems('reconcileHour', settings.reconcileHour, FamilyLimits.RECONCILE_HOUR, 'choose an hour with few deployments'),
    ...sizeProblems('workerMemorySize, in MiB', settings.workerMemorySize, FamilyLimits.WORKER_MEBIBYTES, 'use Size.mebibytes(1024)'),
    ...storeProblems(stores),
    ...releasedStoreProblems(settings.releasedStores, stores.map(({ description }) => description)),
    ...evidenceProblems(evidence),
    ...networkProblems(settings),
    ...descriptionProblems(settings.description),
    ...reservedTagProblems(tags),
    ...tagProblems(tags, { ownTags: FamilyLimits.OWN_TAGS }),
    ...policyProblems(policyText),
  ];
}

/**
 * Reports an alias that cannot be the alias of a family.
 *
 * @param alias the alias as it was given, with or without the prefix
 */
export function familyAliasProblems(alias: string): string[] {
  const problem = (details: Omit<Problem, 'where'>) => [describeProblem({ where: 'alias', ...details })];
  if (Token.isUnresolved(alias)) {
    const remedy = 'use a literal: policies contain the name, and consumers know nothing else';
    const problems = newAliasProblems(alias);
    return problems.length > 0 ? problems : problem({ what: 'name must be known at synthesis', given: 'a token', remedy });
  }
  const aliasName = fullAliasName(alias);
  if (aliasName.length > FamilyLimits.ALIAS_LENGTH) {
    const allowed = `at most ${FamilyLimits.ALIAS_LENGTH}, which leaves room for /g9999`;
    return problem({ what: 'name is too long', given: `${aliasName.length} characters`, allowed, remedy: 'choose a shorter name' });
  }
  const problems = newAliasProblems(alias);
  if (problems.length === 0 && LIKE_A_GENERATION.test(aliasName)) {
    const what = 'name ends in /g and a number, which is reserved for generations of a rotating key';
    return problem({ what, given: JSON.stringify(alias), remedy: 'use the alias of the family, or choose another name' });
  }
  return problems;
}

/**
 * A rotation waits for propagation four times, watches consumers if it is the first, and waits for the maximum age of
 * data keys.
 */
function timeProblems({ schedule, propagationDelay, firstRotationWatchPeriod, dataKeyMaxAge }: RotatingKeySettings): string[] {
  const problems = [
    ...secondsProblems('propagationDelay', propagationDelay, FamilyLimits.PROPAGATION_DELAY, 'use Duration.minutes(10)'),
    ...secondsProblems('dataKeyMaxAge', dataKeyMaxAge, FamilyLimits.DATA_KEY_MAX_AGE, 'use Duration.hours(24)'),
  ];
  if (problems.length > 0) return problems;
  const firstWatch = { min: propagationDelay, max: FamilyLimits.FIRST_ROTATION_WATCH_MAX };
  const watchProblems = secondsProblems('firstRotationWatchPeriod', firstRotationWatchPeriod, firstWatch,
    'use Duration.hours(24), or propagationDelay if you know every consumer');
  const shortest = Duration.seconds(
    4 * propagationDelay.toSeconds() + wholeSeconds(firstRotationWatchPeriod) + dataKeyMaxAge.toSeconds());
  return [...watchProblems, ...schedule._problems(shortest)];
}

function longestRecovery(stores: readonly BoundStore[]): Duration {
  return Duration.days(Math.max(0, ...stores.map(({ backupRetention }) => backupRetention()?.toDays() ?? 0)));
}

function ownerProblems(adoptFrom: string | undefined): string[] {
  if (adoptFrom === undefined || Token.isUnresolved(adoptFrom) || /^[^/]+\/[^/]+$/.test(adoptFrom)) return [];
  return [describeProblem({
    where: 'adoptFrom',
    what: 'value is not an owner',
    given: JSON.stringify(adoptFrom),
    allowed: 'stack name and logical id, as in OrdersStack/OrdersKey1A2B3C4D',
    remedy: 'copy it from the tag cdk-kms-lifecycle:owner of a generation',
  })];
}

function storeProblems(stores: readonly BoundStore[]): string[] {
  const ids = stores.map(({ description }) => description.storeId);
  const twice = [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
  const shards = stores.reduce((sum, store) => sum + store.description.shards, 0);
  return [
    ...twice.map((given) => describeProblem({
      where: 'stores', what: 'two stores have the same storeId', given, remedy: 'set a different storeId for each store',
    })),
    ...(shards <= FamilyLimits.SHARDS_OF_A_FAMILY ? [] : [describeProblem({
      where: 'stores',
      what: 'stores have too many shards in total',
      given: String(shards),
      allowed: `at most ${FamilyLimits.SHARDS_OF_A_FAMILY}`,
      remedy: 'divide large stores into fewer shards: maxConcurrency is the number that is re-encrypted at the same time',
    })]),
  ];
}

function networkProblems({ vpc, vpcSubnets, securityGroups }: RotatingKeySettings): string[] {
  if (vpc !== undefined || (vpcSubnets === undefined && securityGroups === undefined)) return [];
  return [describeProblem({
    where: 'vpc', what: 'subnets or security groups are set without a VPC', remedy: 'set vpc to the VPC that contains them',
  })];
}

function reservedTagProblems(tags: Checked['tags']): string[] {
  return Object.keys(tags).filter((name) => name.startsWith(GENERATION_TAG_PREFIX)).map((given) => describeProblem({
    where: 'tags', what: 'tag is reserved', given, remedy: `choose a name that does not begin with ${GENERATION_TAG_PREFIX}`,
  }));
}

/** An estimate, because ARNs are not known yet. The deployment checks the exact size before it changes anything. */
function policyProblems(policyText: string): string[] {
  const allowed = MAX_KEY_POLICY_BYTES - FamilyLimits.POLICY_BYTES_OF_OURS;
  if (policyText.length <= allowed) return [];
  return [describeProblem({
    where: 'users',
    what: 'key policy of a generation is too large',
    given: `about ${policyText.length} bytes`,
    allowed: `${allowed}, which leaves room for fence and gate in the ${MAX_KEY_POLICY_BYTES} that KMS allows`,
    remedy: 'use one role for several users, or grant access to some of them with their own IAM policies',
  })];
}
