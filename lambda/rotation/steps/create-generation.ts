import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import { findGeneration, isNew, type Family, type Generation } from '../../key-family/family';
import { fillGeneration } from '../../key-family/fill-generation';
import { claimNumber, newKey } from '../../key-family/new-generation';
import { mayBeLeftOut, withoutPrincipals } from '../../key-family/policy/policy-comparison';
import { policyRevision } from '../../key-family/policy/policy-revision';
import { writePolicy } from '../../key-family/policy/write-policy';
import { recordCreatedKey } from '../../key-family/proof/created-keys';
import { findObstacleToChange, findObstacleToClaim, findObstacleToFill, notProven } from '../../key-family/proof/generation-proof';
import { readWholeFamily } from '../../key-family/read-family';
import type { NewKey } from '../../ports/key-family';
import type { KeyDescription } from '../../ports/keys';
import { UnknownPrincipal } from '../../ports/unknown-principal';
import { refusePaused } from '../decide/paused';
import { withTarget } from '../decide/targets';
import { isOtherActiveRun, type RotationState } from '../run-ownership';
import { findUnrecordedReturn } from '../unrecorded-return';

/** The action after which one key has claimed the new generation number. */
export type ClaimAction =
  /** The alias already names the key. */
  | { readonly kind: 'none'; readonly keyId: string; readonly keyArn: string }
  /**
   * An earlier run claimed the number, or an earlier attempt of this run created the key, and was stopped before it
   * updated the key policy.
   */
  | { readonly kind: 'claim'; readonly keyId: string; readonly keyArn: string }
  | { readonly kind: 'create-and-claim'; readonly key: NewKey };

/** Pure: CreateKey is not idempotent, so an existing key is always used first, unless it is unproven. */
export function decideClaim(
  family: Family, description: FamilyDescription, run: RotationRun, activeRuns: readonly string[], now: Date,
  unproven: readonly string[] = [],
): ClaimAction {
  const isOurs = (key: { readonly run?: string }) => key.run === run.run;
  const isFree = (key: { readonly run?: string }) => !isOtherActiveRun(key.run, run.run, activeRuns);
  const claimed = findGeneration(family, run.toGeneration);
  if (claimed !== undefined) {
    const { keyId, keyArn, phase } = claimed;
    if (phase === 'next' && (isOurs(claimed) || isFree(claimed))) return { kind: 'claim', keyId, keyArn };
    if (isOurs(claimed)) return { kind: 'none', keyId, keyArn };
    throw claimedByOtherRun(family.alias, run);
  }
  // Only its own: a run tag can be written by every principal, so that of another run proves nothing.
  const left = family.unclaimed.find((key) => key.generation === run.toGeneration && isOurs(key) && !unproven.includes(key.keyId));
  if (left !== undefined) return { kind: 'claim', keyId: left.keyId, keyArn: left.keyArn };
  return { kind: 'create-and-claim', key: newKey(description, { generation: run.toGeneration, run: run.run }, now) };
}

/**
 * Creates the next generation, claims its number, and gives it its key material. A repeated call finds the created key.
 */
export async function createGeneration({ family: description, machine, run }: RotationState, ports: ControlPorts): Promise<RotationRun> {
  refusePaused(description, run.kind);
  const { kms, machines, evidence } = ports;
  // An unclaimed key has no alias, so it is found by its tags, among all keys.
  const family = await readWholeFamily(description.alias, ports);
  const unproven = await findUnproven(description, family, run, ports);
  const action = decideClaim(family, description, run, await machines.runningExecutions(machine), ports.clock.now(), unproven);
  const claimed = findGeneration(family, run.toGeneration);
  await refuseUnproven(description, claimed, ports);
  const key = action.kind === 'create-and-claim' ? await createKey(description, action.key, ports) : action;
  const claim = { generation: run.toGeneration, run: run.run };
  // The current generation may be from a deployment, which records no key.
  await recordCreatedKey(description.alias, family.current, evidence);
  const record = async () =>
    recordCreatedKey(description.alias, { keyId: key.keyId, keyArn: key.keyArn, generation: run.toGeneration }, evidence);
  // Before the claim, unless an alias names the key already: then it must be proven first.
  if (claimed === undefined) await record();
  if (action.kind !== 'none' && await claimNumber(description, claim, key.keyId, kms) === 'taken') {
    throw claimedByOtherRun(description.alias, run);
  }
  if (action.kind === 'claim') await updatePolicy(description, key, ports);
  // One that was current keeps its key material and its origin, also if another one is declared since.
  if (claimed === undefined || isNew(claimed)) await fillGeneration(description, run, key.keyArn, ports);
  if (claimed !== undefined) {
    await refuseUnproven(description, claimed, ports);
    await record();
  }
  return withTarget(run, { generation: run.toGeneration, keyArn: key.keyArn });
}

/**
 * A user that was deleted must not stop rotations: KMS refuses the whole policy. Such a key is created for the roles of
 * the construct, and its policy is then written for all others that exist.
 */
async function createKey(description: FamilyDescription, key: NewKey, ports: ControlPorts): Promise<KeyDescription> {
  try {
    return await ports.kms.createKey(key);
  } catch (error) {
    if (!(error instanceof UnknownPrincipal)) throw error;
    const ofRoles = withoutPrincipals(key.policy, (arn) => mayBeLeftOut(arn, description.roles));
    const created = await ports.kms.createKey({ ...key, policy: ofRoles });
    await writePolicy(description, created, 'next', ports);
    return created;
  }
}

/** Unclaimed keys with the tags of this run that this run did not create: they are never claimed. */
async function findUnproven(
  description: FamilyDescription, { unclaimed }: Family, { run, toGeneration }: RotationRun, { kms, log }: ControlPorts,
): Promise<string[]> {
  const unproven: string[] = [];
  for (const { keyId, keyArn } of unclaimed.filter((key) => key.run === run && key.generation === toGeneration)) {
    const obstacle = await findObstacleToClaim(description, { keyId }, kms);
    if (obstacle === undefined) continue;
    unproven.push(keyId);
    log.error('unclaimed-key-not-proven', { alias: description.alias, keyArn, reason: obstacle.what });
  }
  return unproven;
}

/**
 * Every principal with kms:CreateAlias can create the alias of the next number for a key of its own. It is refused
 * before anything of it changes, and again under the policy of the family, which allows no other grant.
 */
async function refuseUnproven(
  description: FamilyDescription, claimed: Generation | undefined, { kms, evidence }: ControlPorts,
): Promise<void> {
  if (claimed === undefined || claimed.phase !== 'next') return;
  const obstacle = await findObstacleToChange(description, claimed, kms)
    ?? await findUnrecordedReturn(description.alias, claimed, evidence)
    ?? (isNew(claimed) ? await findObstacleToFill(description, claimed, kms) : undefined);
  if (obstacle !== undefined) throw notProven(generationAlias(description.alias, claimed.generation), claimed.keyArn, obstacle);
}

function claimedByOtherRun(family: string, { run, toGeneration }: RotationRun): Failure {
  return new Failure(ErrorName.RUN_SUPERSEDED, {
    where: generationAlias(family, toGeneration),
    what: 'another run has claimed this generation',
    given: `run ${run}`,
    remedy: 'no action is needed; the other run continues, and the reconcile runs delete a key that stays unclaimed',
  });
}

/** An earlier run may have created the key with another revision of the key policy. */
async function updatePolicy(description: FamilyDescription, key: { keyId: string; keyArn: string }, ports: ControlPorts): Promise<void> {
  await writePolicy(description, key, 'next', ports);
  await ports.kms.tagKey(key.keyId, { [GenerationTag.POLICY_REVISION]: policyRevision(description) });
}
