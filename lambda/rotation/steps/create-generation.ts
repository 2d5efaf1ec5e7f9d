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
import type { KeyFamilyPort, NewKey } from '../../ports';
import { refusePaused } from '../decide/paused';
import { withTarget } from '../decide/targets';
import type { RotationState } from '../run-ownership';

/** What leads from the family as it is to a key that bears the new number. */
export type ClaimAction =
  /** The alias has come to it already. */
  | { readonly kind: 'none'; readonly keyId: string; readonly keyArn: string }
  /** The key was made by an earlier run or an earlier attempt, and stopped before its number was claimed, or its policy was brought. */
  | { readonly kind: 'claim'; readonly keyId: string; readonly keyArn: string }
  | { readonly kind: 'create-and-claim'; readonly key: NewKey };

/** Pure: CreateKey cannot be asked twice for the same key, so what exists already is always looked for first. */
export function decideClaim(family: Family, description: FamilyDescription, run: RotationRun, activeRuns: readonly string[], now: Date): ClaimAction {
  const isOurs = (key: { readonly run?: string }) => key.run === run.run;
  const isFree = (key: { readonly run?: string }) => key.run === undefined || !activeRuns.includes(key.run);
  const claimed = findGeneration(family, run.toGeneration);
  if (claimed !== undefined) {
    const { keyId, keyArn, phase } = claimed;
    if (phase === 'next' && (isOurs(claimed) || isFree(claimed))) return { kind: 'claim', keyId, keyArn };
    if (isOurs(claimed)) return { kind: 'none', keyId, keyArn };
    throw claimedByAnother(family.alias, run);
  }
  const left = family.unclaimed.find((key) => key.generation === run.toGeneration && (isOurs(key) || isFree(key)));
  if (left !== undefined) return { kind: 'claim', keyId: left.keyId, keyArn: left.keyArn };
  return { kind: 'create-and-claim', key: newKey(description, { generation: run.toGeneration, run: run.run }, now) };
}

/** Creates the next generation, claims its number, and fills it with key material. Asking again finds it made. */
export async function createGeneration({ family: description, machine, run }: RotationState, ports: ControlPorts): Promise<RotationRun> {
  refusePaused(description, run.kind);
  const { kms, machines } = ports;
  // A key whose number has not been claimed has no alias, so it is looked for everywhere.
  const family = await readFamily(description.alias, kms, 'everywhere');
  const action = decideClaim(family, description, run, await machines.runningExecutions(machine), ports.clock.now());
  const key = action.kind === 'create-and-claim' ? await kms.createKey(action.key) : action;
  const making = { generation: run.toGeneration, run: run.run };
  if (action.kind !== 'none' && await claimNumber(description, making, key.keyId, kms) === 'taken') throw claimedByAnother(description.alias, run);
  if (action.kind === 'claim') await bringPolicy(description, key.keyId, kms);
  await fillGeneration(description, run, key.keyArn, ports);
  return withTarget(run, { generation: run.toGeneration, keyArn: key.keyArn });
}

function claimedByAnother(family: string, { run, toGeneration }: RotationRun): Failure {
  return new Failure(ErrorName.RUN_SUPERSEDED, {
    where: generationAlias(family, toGeneration),
    what: 'another run has claimed this generation',
    given: `run ${run}`,
    remedy: 'nothing is to be done here; the other run goes on, and a key made in vain stays unused',
  });
}

/** A key of an earlier run may have been born under another revision of the policy. */
async function bringPolicy(description: FamilyDescription, keyId: string, kms: KeyFamilyPort): Promise<void> {
  const policy = generationPolicy(description, 'next');
  if (!isSamePolicy(await kms.getKeyPolicy(keyId), policy)) await kms.putKeyPolicy(keyId, policy);
  await kms.tagKey(keyId, { [GenerationTag.POLICY_REVISION]: policyRevision(description) });
}
