import { canaryContext } from './canary';
import type { ControlPorts } from './control-ports';
import { readOwnFamily } from './still-ours';
import { ErrorName } from '../../src/contract/error-names';
import type { FamilyDescription } from '../../src/contract/family-description';
import { generationAlias, GenerationTag } from '../../src/contract/generation-tags';
import type { RotationRun } from '../../src/contract/rotation-run';
import { findGeneration, type Generation } from '../key-family/family';
import { generationPolicy } from '../key-family/generation-policy';
import type { Clock, KeyFamilyPort } from '../ports';
import { Failure } from '../runtime/failure';

/** How often, and at what distance, the fence is tried before the run gives up: five minutes in all. */
const PROBES = 30;
const PROBE_INTERVAL_MILLISECONDS = 10_000;

/**
 * Takes from everybody the right to make anything new under the old generations, and waits until KMS refuses.
 *
 * Only what is counted after this moment counts.
 */
export async function fenceGenerations(description: FamilyDescription, run: RotationRun, { kms, clock }: ControlPorts): Promise<RotationRun> {
  const { family } = await readOwnFamily(description, run, kms);
  for (const { generation } of run.from) {
    const old = findGeneration(family, generation);
    if (old !== undefined) await fence(description, old, kms, clock);
  }
  return { ...run, fencedAt: clock.now().toISOString() };
}

async function fence(description: FamilyDescription, old: Generation, kms: KeyFamilyPort, clock: Clock): Promise<void> {
  await refuseGrants(description, old, kms);
  const policy = generationPolicy(description.policyDocument, 'fenced');
  if (await kms.getKeyPolicy(old.keyId) !== policy) await kms.putKeyPolicy(old.keyId, policy);
  if (old.phase !== 'fenced') await kms.tagKey(old.keyId, { [GenerationTag.PHASE]: 'fenced' });
  await probe(description, old, kms, clock);
  if (old.fencedSince === undefined) await kms.tagKey(old.keyId, { [GenerationTag.FENCED_SINCE]: clock.now().toISOString() });
}

/** An explicit Deny stops a grantee too, and a service that relies on its grant would fail without a word. */
async function refuseGrants({ alias }: FamilyDescription, old: Generation, kms: KeyFamilyPort): Promise<void> {
  const grantees = await kms.listGrantees(old.keyId);
  if (grantees.length === 0) return;
  throw new Failure(ErrorName.GRANTS_HELD, {
    where: generationAlias(alias, old.generation),
    what: 'somebody holds a grant on the old generation',
    given: grantees.join(', '),
    remedy: 'find out what stands under the key for them, move it, then revoke the grant and run the rotation again',
  });
}

async function probe(description: FamilyDescription, old: Generation, kms: KeyFamilyPort, clock: Clock): Promise<void> {
  for (let tried = 0; tried < PROBES; tried++) {
    if (await kms.tryEncrypt(old.keyId, canaryContext(description)) !== 'encrypted') return;
    await clock.sleep(PROBE_INTERVAL_MILLISECONDS);
  }
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: generationAlias(description.alias, old.generation),
    what: 'fence does not hold: the old generation still encrypts after its key policy denies it',
    remedy: 'compare GetKeyPolicy with the declared policy; somebody may be writing it at the same time. Nothing is lost: run the rotation again',
  });
}
