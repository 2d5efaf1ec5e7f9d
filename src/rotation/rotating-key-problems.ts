import { Duration, Token, type TagManager } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { evidenceProblems } from './family/evidence-bucket';
import { type RotatingKeySettings } from './rotating-key-settings';
import { numberProblems, periodProblems } from '../validation/in-range';
import { FamilyLimits, LIKE_A_GENERATION } from './values/family-limits';
import { GENERATION_TAG_PREFIX } from '../contract/family/generation-tags';
import { MAX_KEY_POLICY_BYTES } from '../contract/limits';
import { describeProblem, type Problem } from '../contract/problem';
import { aliasProblems } from '../key/alias-name';
import { type BoundStore } from '../stores/binding/bound-store';

/** Everything about a rotating key that is checked when the app is synthesized. */
export interface Checked {
  readonly settings: RotatingKeySettings;
  readonly stores: readonly BoundStore[];
  readonly evidence: s3.IBucket;
  readonly tags: TagManager;
  /** The declared key policy as JSON, with references for what is known only while deploying. */
  readonly policyText: string;
}

/** Why a rotating key cannot be like that, all at once; empty when it can. */
export function rotatingKeyProblems({ settings, stores, evidence, tags, policyText }: Checked): string[] {
  return [
    ...familyAliasProblems(settings.aliasName),
    ...timeProblems(settings),
    ...settings.deletion?._problems(longestRecovery(stores)) ?? [],
    ...settings.startFrom?._problems() ?? [],
    ...ownerProblems(settings.adoptFrom),
    ...numberProblems('maxPasses', settings.maxPasses, FamilyLimits.PASSES, 'use 5'),
    ...numberProblems('maxConcurrency', settings.maxConcurrency, FamilyLimits.CONCURRENCY, 'begin with 4'),
    ...numberProblems('reconcileHour', settings.reconcileHour, FamilyLimits.RECONCILE_HOUR, 'choose an hour in which few people deploy'),
    ...numberProblems('workerMemorySize, in MiB', settings.workerMemorySize.toMebibytes(), FamilyLimits.WORKER_MEBIBYTES, 'use Size.mebibytes(1024)'),
    ...storeProblems(stores),
    ...evidenceProblems(evidence),
    ...networkProblems(settings),
    ...tagProblems(tags),
    ...policyProblems(policyText),
  ];
}

function familyAliasProblems(aliasName: string): string[] {
  const complain = (problem: Omit<Problem, 'where'>) => [describeProblem({ where: 'alias', ...problem })];
  if (Token.isUnresolved(aliasName)) {
    return complain({ what: 'name has to be known when the app is synthesized', given: 'a token', remedy: 'write it out: policies name it, and consumers know nothing else' });
  }
  if (LIKE_A_GENERATION.test(aliasName)) {
    return complain({ what: 'name is that of a generation of another rotating key', given: aliasName, remedy: 'choose a name that does not end in /g and a number' });
  }
  if (aliasName.length > FamilyLimits.ALIAS_LENGTH) {
    const allowed = `at most ${FamilyLimits.ALIAS_LENGTH}, so that /g9999 fits behind it`;
    return complain({ what: 'name is too long', given: `${aliasName.length} characters`, allowed, remedy: 'choose a shorter name' });
  }
  return aliasProblems(aliasName);
}

/** A rotation settles four times, once for longer when it is the first, and waits until writers have forgotten their data keys. */
function timeProblems({ schedule, propagationDelay, firstRotationWatchPeriod, dataKeyMaxAge }: RotatingKeySettings): string[] {
  const problems = [
    ...periodProblems('propagationDelay', propagationDelay, FamilyLimits.PROPAGATION_DELAY, 'use Duration.minutes(10)'),
    ...periodProblems('dataKeyMaxAge', dataKeyMaxAge, FamilyLimits.DATA_KEY_MAX_AGE, 'use Duration.hours(24)'),
  ];
  if (problems.length > 0) return problems;
  const shortest = Duration.seconds(4 * propagationDelay.toSeconds() + firstRotationWatchPeriod.toSeconds() + dataKeyMaxAge.toSeconds());
  return [
    ...periodProblems('firstRotationWatchPeriod', firstRotationWatchPeriod, { min: propagationDelay, max: FamilyLimits.FIRST_ROTATION_WATCH_MAX }, 'use Duration.hours(24), or propagationDelay if you know every consumer'),
    ...schedule._problems(shortest),
  ];
}

function longestRecovery(stores: readonly BoundStore[]): Duration {
  return Duration.days(Math.max(0, ...stores.map(({ backupRetention }) => backupRetention?.toDays() ?? 0)));
}

function ownerProblems(adoptFrom: string | undefined): string[] {
  if (adoptFrom === undefined || Token.isUnresolved(adoptFrom) || /^[^/]+\/[^/]+$/.test(adoptFrom)) return [];
  return [describeProblem({
    where: 'adoptFrom',
    what: 'text is not an owner',
    given: JSON.stringify(adoptFrom),
    allowed: 'stack name and logical id, as in OrdersStack/OrdersKey1A2B3C4D',
    remedy: 'take it from the tag cdk-kms-lifecycle:owner of a generation',
  })];
}

function storeProblems(stores: readonly BoundStore[]): string[] {
  const ids = stores.map(({ description }) => description.storeId);
  const twice = [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
  const shards = stores.reduce((sum, store) => sum + store.description.shards, 0);
  return [
    ...twice.map((id) => describeProblem({ where: 'stores', what: 'two stores have the same storeId', given: id, remedy: 'give each a storeId of its own' })),
    ...(shards <= FamilyLimits.SHARDS_OF_A_FAMILY ? [] : [describeProblem({
      where: 'stores',
      what: 'stores have too many shards together',
      given: String(shards),
      allowed: `at most ${FamilyLimits.SHARDS_OF_A_FAMILY}`,
      remedy: 'cut large stores into fewer parts: maxConcurrency says how many are worked on at once',
    })]),
  ];
}

function networkProblems({ vpc, vpcSubnets, securityGroups }: RotatingKeySettings): string[] {
  if (vpc !== undefined || (vpcSubnets === undefined && securityGroups === undefined)) return [];
  return [describeProblem({ where: 'vpc', what: 'subnets or security groups are given, and no network', remedy: 'give the vpc that they are part of' })];
}

function tagProblems(tags: TagManager): string[] {
  const names = Object.keys(tags.tagValues());
  const reserved = names.filter((name) => name.startsWith(GENERATION_TAG_PREFIX));
  return [
    ...reserved.map((name) => describeProblem({ where: 'tags', what: 'tag is one of ours', given: name, remedy: `choose a name that does not begin with ${GENERATION_TAG_PREFIX}` })),
    ...(names.length <= FamilyLimits.TAGS ? [] : [describeProblem({
      where: 'tags',
      what: 'too many tags',
      given: String(names.length),
      allowed: `at most ${FamilyLimits.TAGS}: KMS takes 50 for a key, and a generation carries ${50 - FamilyLimits.TAGS} of ours`,
      remedy: 'take some away with Tags.of(key).remove',
    })]),
  ];
}

/** An estimate, since ARNs are not known yet. The exact size is checked while deploying, before anything changes. */
function policyProblems(policyText: string): string[] {
  const allowed = MAX_KEY_POLICY_BYTES - FamilyLimits.POLICY_BYTES_OF_OURS;
  if (policyText.length <= allowed) return [];
  return [describeProblem({
    where: 'users',
    what: 'key policy of a generation gets too large',
    given: `about ${policyText.length} bytes`,
    allowed: `${allowed}, so that fence and gate fit into the ${MAX_KEY_POLICY_BYTES} that KMS takes`,
    remedy: 'let one role stand for several users, or grant some of them by IAM policies of their own',
  })];
}
