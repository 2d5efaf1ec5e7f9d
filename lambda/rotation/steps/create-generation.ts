import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import { findGeneration, type Family } from '../../key-family/family';
import { fillGeneration } from '../../key-family/fill-generation';
import { claimNumber, newKey } from '../../key-family/new-generation';
import { generationPolicy } from '../../key-family/policy/generation-policy';
import { policyRevision } from '../../key-family/policy/policy-revision';
import { isSamePolicy } from '../../key-family/policy/same-policy';
import { readFamily } from '../../key-family/read-family';
import type { KeyFamilyPort, NewKey } from '../../ports/key-family';
import { refusePaused } from '../decide/paused';
import { withTarget } from '../decide/targets';
import type { RotationState } from '../run-ownership';

/** The action after which one key has claimed the new generation number. */
export type ClaimAction =
  /** The alias already names the key. */
  | { readonly kind: 'none'; readonly keyId: string; readonly keyArn: string }
  /**
   * An earlier run or attempt created the key, and was stopped before it claimed the number or updated the key policy.
   */
  | { readonly kind: 'claim'; readonly keyId: string; readonly keyArn: string }
  | { readonly kind: 'create-and-claim'; readonly key: NewKey };

/** Pure: CreateKey is not idempotent, so an existing key is always used first. */
export function decideClaim(
  family: Family, description: FamilyDescription, run: RotationRun, activeRuns: readonly string[], now: Date,
): ClaimAction {
  const isOurs = (key: { readonly run?: string }) => key.run === run.run;
  const isFree = (key: { readonly run?: string }) => key.run === undefined || !activeRuns.includes(key.run);
  const claimed = findGeneration(family, run.toGeneration);
  if (claimed !== undefined) {
    const { keyId, keyArn, phase } = claimed;
    if (phase === 'next' && (isOurs(claimed) || isFree(claimed))) return { kind: 'claim', keyId, keyArn };
    if (isOurs(claimed)) return { kind: 'none', keyId, keyArn };
    throw claimedByOtherRun(family.alias, run);
  }
  const left = family.unclaimed.find((key) => key.generation === run.toGeneration && (isOurs(key) || isFree(key)));
  if (left !== undefined) return { kind: 'claim', keyId: left.keyId, keyArn: left.keyArn };
  return { kind: 'create-and-claim', key: newKey(description, { generation: run.toGeneration, run: run.run }, now) };
}

/**
 * Creates the next generation, claims its number, and gives it its key material. A repeated call finds the created key.
 */
export async function createGeneration({ family: description, machine, run }: RotationState, ports: ControlPorts): Promise<RotationRun> {
  refusePaused(description, run.kind);
  const { kms, machines } = ports;
  // An unclaimed key has no alias, so it is found by its tags, among all keys.
  const family = await readFamily(description.alias, kms, 'everywhere');
  const action = decideClaim(family, description, run, await machines.runningExecutions(machine), ports.clock.now());
  const key = action.kind === 'create-and-claim' ? await kms.createKey(action.key) : action;
  const claim = { generation: run.toGeneration, run: run.run };
  if (action.kind !== 'none' && await claimNumber(description, claim, key.keyId, kms) === 'taken') {
    throw claimedByOtherRun(description.alias, run);
  }
  if (action.kind === 'claim') await updatePolicy(description, key.keyId, kms);
  await fillGeneration(description, run, key.keyArn, ports);
  return withTarget(run, { generation: run.toGeneration, keyArn: key.keyArn });
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
async function updatePolicy(description: FamilyDescription, keyId: string, kms: KeyFamilyPort): Promise<void> {
  const policy = generationPolicy(description, 'next');
  if (!isSamePolicy(await kms.getKeyPolicy(keyId), policy)) await kms.putKeyPolicy(keyId, policy);
  await kms.tagKey(keyId, { [GenerationTag.POLICY_REVISION]: policyRevision(description) });
}
