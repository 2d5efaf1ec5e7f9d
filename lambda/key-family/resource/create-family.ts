import { storeFormerState } from './former-state';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { KeyFamilyPort } from '../../ports/key-family';
import type { KeyDescription } from '../../ports/keys';
import { proveUsable } from '../canary';
import type { ControlPorts } from '../control-ports';
import { DEPLOYMENT_RUN, isLive, isNew, nextGeneration, type FamilyRegister, type Generation } from '../family';
import { fillGeneration } from '../fill-generation';
import { claimNumber, newKey } from '../new-generation';
import { refuseOtherOwners } from '../ownership';
import { principalsOf } from '../policy/policy-comparison';
import { policyRevision } from '../policy/policy-revision';
import { writePolicy } from '../policy/write-policy';
import { findGrant, findObstacleToChange, findObstacleToClaim } from '../proof/generation-proof';
import { materialOrigin } from '../proof/material-origin';
import { readRegister } from '../read-family';
import { retryWhilePropagating } from '../retry-while-propagating';

/** KMS may date a use to the second, so the alias is created at least a second after the canary. */
const KEY_USAGE_PRECISION_MS = 1000;

/**
 * Creates the first generation of a family whose alias does not exist, or completes an unfinished one.
 *
 * The alias is created last, after its key has encrypted a canary, so that it never names a key that cannot encrypt.
 */
export async function createFamily(description: FamilyDescription, adoptFrom: string | undefined, ports: ControlPorts): Promise<void> {
  const register = await readRegister(description.alias, ports);
  const existing = existingGeneration(description, register, adoptFrom);
  // A generation of another run keeps the tag of that run: it may have been used, so it must not be deleted as unused.
  const toCreate = existing === undefined
    ? { generation: nextGeneration(register, materialOrigin(description)), run: DEPLOYMENT_RUN }
    : { generation: existing.generation, run: existing.run ?? 'unknown' };
  const key = existing === undefined
    ? await findOrCreateKey(description, toCreate.generation, register, ports)
    : await describe(existing.keyId, ports);
  if (existing !== undefined) await refuseUnproven(description, existing, ports.kms);
  if (existing !== undefined && existing.owner !== description.owner) {
    await storeFormerState(description, existing, existing.tags, ports);
  }
  // First, because the policy may name roles of an earlier deployment, which allows this role nothing else.
  await retryWhilePropagating(key.keyArn, ports.clock, async () => writeCurrentPolicy(description, key, ports));

  if (await claimNumber(description, toCreate, key.keyId, ports.kms) === 'taken') {
    throw aliasTaken(generationAlias(description.alias, toCreate.generation));
  }
  await fillGeneration(description, firstRun(toCreate.generation), key.keyArn, ports);
  await makeCurrent(description, key, existing?.currentSince, ports);
}

/**
 * The only generation, if there is one. If there are several, an operator has to decide which one was current. One that
 * was never current, and has another origin than the declared one, is passed over, as rotations do.
 */
function existingGeneration(description: FamilyDescription, register: FamilyRegister, adoptFrom?: string): Generation | undefined {
  const live = register.generations.filter(isLive);
  refuseOtherOwners(description, live, adoptFrom);
  const [only, ...others] = live.filter((each) => !isNew(each) || each.origin === materialOrigin(description));
  if (only === undefined || (others.length === 0 && (only.phase === 'next' || only.phase === 'current'))) return only;
  throw new Failure(ErrorName.FAMILY_CONTRADICTION, {
    where: description.alias,
    what: 'alias does not exist, but generations that may have been used do',
    given: live.map(({ generation }) => generationAlias(description.alias, generation)).join(', '),
    remedy: 'find the principal that deleted the alias (CloudTrail: DeleteAlias), create it again on the generation that was current,'
      + ' then deploy again',
  });
}

/** CreateKey is not idempotent, so a suitable key of an earlier attempt is used first. */
async function findOrCreateKey(
  description: FamilyDescription, generation: number, { unclaimed }: FamilyRegister, { kms, clock, log }: ControlPorts,
): Promise<KeyDescription> {
  const earlier = unclaimed.filter((key) => key.run === DEPLOYMENT_RUN && key.owner === description.owner && key.generation === generation);
  for (const { keyId, keyArn } of earlier) {
    const obstacle = await findObstacleToClaim(description, { keyId }, kms);
    const key = obstacle === undefined ? await kms.describeKey(keyId) : undefined;
    if (key !== undefined) return key;
    log.warn('unclaimed-key-not-proven', { alias: description.alias, keyArn, reason: obstacle?.what });
  }
  const toCreate = { generation, run: DEPLOYMENT_RUN };
  return retryWhilePropagating(description.alias, clock, async () => kms.createKey(newKey(description, toCreate, clock.now())));
}

/** Every declared principal must exist: a deployment reports a wrong one, and leaves none out. */
async function writeCurrentPolicy(description: FamilyDescription, key: KeyDescription, ports: ControlPorts): Promise<void> {
  await writePolicy(description, key, 'current', ports, principalsOf(description.policyDocument));
}

/** The alias of the family does not exist, so only the key itself can prove that it is the first generation. */
async function refuseUnproven(description: FamilyDescription, existing: Generation, kms: KeyFamilyPort): Promise<void> {
  const { keyId, keyArn } = existing;
  const obstacle = await findObstacleToChange(description, { keyId }, kms)
    ?? (isNew(existing) ? await findGrant({ keyId }, kms) : undefined);
  if (obstacle === undefined) return;
  throw new Failure(ErrorName.FAMILY_CONTRADICTION, {
    where: keyArn,
    ...obstacle,
    remedy: 'find the principal that tagged this key (CloudTrail: TagResource, CreateAlias), delete its alias '
      + `below ${description.alias}, then deploy again`,
  });
}

async function makeCurrent(
  description: FamilyDescription, key: KeyDescription, since: string | undefined, { kms, clock }: ControlPorts,
): Promise<void> {
  await retryWhilePropagating(key.keyArn, clock, async () => proveUsable(description, key, kms));
  await kms.tagKey(key.keyId, {
    [GenerationTag.PHASE]: 'current',
    [GenerationTag.POLICY_REVISION]: policyRevision(description),
    // A time between the canary and the alias, written once: a use that KMS dates later is not the canary.
    ...(since === undefined ? { [GenerationTag.CURRENT_SINCE]: clock.now().toISOString() } : {}),
  });
  await clock.sleep(KEY_USAGE_PRECISION_MS);
  if (await kms.createAlias(description.alias, key.keyId) === 'created') return;
  const holder = await kms.describeKey(description.alias);
  if (holder?.keyId !== key.keyId) throw aliasTaken(description.alias);
}

function firstRun(toGeneration: number): RotationRun {
  return { run: DEPLOYMENT_RUN, kind: 'rotate', toGeneration, from: [], others: [], shards: [], watchSeconds: 0, nextCheckSeconds: 0 };
}

async function describe(keyId: string, { kms }: ControlPorts): Promise<KeyDescription> {
  const key = await kms.describeKey(keyId);
  if (key !== undefined) return key;
  throw new Failure(ErrorName.KEY_NOT_READY, { where: keyId, what: 'key was deleted during this deployment', remedy: 'deploy again' });
}

function aliasTaken(alias: string): Failure {
  return new Failure(ErrorName.RUN_SUPERSEDED, {
    where: alias, what: 'alias was created for another key at the same time', remedy: 'deploy again; the key of this attempt stays unused',
  });
}
