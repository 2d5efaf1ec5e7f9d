import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { KeyDescription } from '../../ports';
import { proveFitForUse } from '../canary';
import type { ControlPorts } from '../control-ports';
import { DEPLOYMENT_RUN, isLive, nextGeneration, type FamilyRegister, type Generation } from '../family';
import { fillGeneration } from '../fill-generation';
import { claimNumber, materialOrigin, newKey } from '../new-generation';
import { refuseOtherOwners } from '../ownership';
import { generationPolicy } from '../policy/generation-policy';
import { policyRevision } from '../policy/policy-revision';
import { readRegister } from '../read-family';
import { retryWhilePropagating } from '../retry-while-propagating';

/** KMS may date a use to the second: the first one through the alias has to fall into another second than the canary. */
const USES_ARE_DATED_TO_MS = 1000;

/**
 * Makes the first generation of a family whose alias does not exist, or goes on with one that was begun.
 *
 * The alias comes last: it never names a key that has not encrypted a canary a moment before.
 */
export async function createFamily(description: FamilyDescription, adoptFrom: string | undefined, ports: ControlPorts): Promise<void> {
  const register = await readRegister(description.alias, ports.kms);
  const begun = begunGeneration(description, register, adoptFrom);
  // What another run has begun stays marked as its own: it may have been used, and is never deleted as if it had not.
  const making = begun === undefined
    ? { generation: nextGeneration(register), run: DEPLOYMENT_RUN }
    : { generation: begun.generation, run: begun.run ?? 'unknown' };
  const key = begun === undefined ? await unclaimedKey(description, making.generation, register, ports) : await describe(begun.keyId, ports);
  refuseOtherOrigin(description, key);

  if (await claimNumber(description, making, key.keyId, ports.kms) === 'taken') throw lost(generationAlias(description.alias, making.generation));
  await fillGeneration(description, firstRun(making.generation), key.keyArn, ports);
  await becomeCurrent(description, key, begun?.currentSince, ports);
}

/** The one generation that there is, when there is one. Which of several was current is for a person to say. */
function begunGeneration(description: FamilyDescription, register: FamilyRegister, adoptFrom?: string): Generation | undefined {
  const live = register.generations.filter(isLive);
  refuseOtherOwners(description, live, adoptFrom);
  const [only, ...others] = live;
  if (only === undefined || (others.length === 0 && (only.phase === 'next' || only.phase === 'current'))) return only;
  throw new Failure(ErrorName.FAMILY_CONTRADICTION, {
    where: description.alias,
    what: 'alias does not exist, but generations that have been in use do',
    given: live.map(({ generation }) => generationAlias(description.alias, generation)).join(', '),
    remedy: 'find out who deleted the alias (CloudTrail: DeleteAlias), and create it on the generation that was current; then deploy again',
  });
}

/** CreateKey cannot be asked twice for the same key, so one that an earlier attempt has left is looked for first. */
async function unclaimedKey(
  description: FamilyDescription, generation: number, { unclaimed }: FamilyRegister, { kms, clock }: ControlPorts,
): Promise<KeyDescription> {
  const left = unclaimed.filter((key) => key.run === DEPLOYMENT_RUN && key.owner === description.owner && key.generation === generation);
  for (const { keyId } of left) {
    const key = await kms.describeKey(keyId);
    if (key?.origin === materialOrigin(description)) return key;
  }
  return retryWhilePropagating(description.alias, clock, async () =>
    kms.createKey(newKey(description, { generation, run: DEPLOYMENT_RUN }, clock.now())));
}

async function becomeCurrent(
  description: FamilyDescription, key: KeyDescription, since: string | undefined, { kms, clock }: ControlPorts,
): Promise<void> {
  await retryWhilePropagating(key.keyArn, clock, async () => kms.putKeyPolicy(key.keyId, generationPolicy(description, 'current')));
  await retryWhilePropagating(key.keyArn, clock, async () => proveFitForUse(description, key, kms));
  await kms.tagKey(key.keyId, {
    [GenerationTag.PHASE]: 'current',
    [GenerationTag.POLICY_REVISION]: policyRevision(description),
    // Between the canary and the alias, and never again: a use that KMS dates later is somebody's.
    ...(since === undefined ? { [GenerationTag.CURRENT_SINCE]: clock.now().toISOString() } : {}),
  });
  await clock.sleep(USES_ARE_DATED_TO_MS);
  if (await kms.createAlias(description.alias, key.keyId) === 'created') return;
  const holder = await kms.describeKey(description.alias);
  if (holder?.keyId !== key.keyId) throw lost(description.alias);
}

function firstRun(toGeneration: number): RotationRun {
  return { run: DEPLOYMENT_RUN, kind: 'rotate', toGeneration, from: [], others: [], shards: [], waitAfterMoveSeconds: 0 };
}

async function describe(keyId: string, { kms }: ControlPorts): Promise<KeyDescription> {
  const key = await kms.describeKey(keyId);
  if (key !== undefined) return key;
  throw new Failure(ErrorName.KEY_NOT_READY, { where: keyId, what: 'key was there a moment ago, and is not any more', remedy: 'deploy again' });
}

function refuseOtherOrigin(description: FamilyDescription, { keyArn, origin }: KeyDescription): void {
  if (origin === materialOrigin(description)) return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: description.alias,
    what: `first generation (${keyArn}) was begun with material from another source`,
    given: materialOrigin(description),
    allowed: origin,
    remedy: 'declare the material as it was, or schedule the deletion of that key; then deploy again',
  });
}

function lost(alias: string): Failure {
  return new Failure(ErrorName.RUN_SUPERSEDED, {
    where: alias, what: 'somebody else has taken this alias at the same moment', remedy: 'deploy again; the key that was made in vain stays unused',
  });
}
