import { EVIDENCE_SCHEMA } from '../../../src/contract/evidence/evidence';
import { formerStateKey, formerStatePrefix, type FormerState } from '../../../src/contract/evidence/former-state';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GENERATION_PHASES, GENERATION_TAG_PREFIX, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { EvidencePort } from '../../ports/evidence';
import type { Tags } from '../../ports/keys';
import type { ControlPorts } from '../control-ports';
import { generationPolicy } from '../policy/generation-policy';
import { comparePolicies, isUniqueId, withoutPrincipals } from '../policy/policy-comparison';
import { isSamePolicy } from '../policy/same-policy';

/** A key that is adopted. */
interface AdoptedKey {
  readonly keyId: string;
  readonly keyArn: string;
}

/**
 * AWS CloudFormation rolls a deployment back within this time. Later, other policies and roles depend on the adoption.
 */
const RESTORABLE_FOR_MS = 24 * 3_600_000;

/**
 * Stores the key policy and tags of a key before the first write of an adoption. A repeated event stores nothing new:
 * the key has the policy of the family by then, or still the policy that is stored.
 */
export async function storeFormerState(
  description: FamilyDescription, { keyId, keyArn }: AdoptedKey, tags: Tags, { kms, evidence, clock }: ControlPorts,
): Promise<string> {
  const { alias } = description;
  const policy = await kms.getKeyPolicy(keyId);
  const stored = await evidence.list(formerStatePrefix(alias, keyId));
  const latest = await readLatest(stored, evidence);
  if (latest !== undefined && (isSamePolicy(latest.policy, policy) || isWritten(description, policy))) return policy;
  const state: FormerState = {
    schema: EVIDENCE_SCHEMA, kind: 'former-state', keyArn, policy, tags: ownTags(tags), at: clock.now().toISOString(),
  };
  await evidence.writeOnce(formerStateKey(alias, keyId, stored.length), state);
  return policy;
}

/** The state before an adoption of the last 24 hours. Undefined if there was none. */
export async function readFormerState(
  { alias }: FamilyDescription, keyId: string, { evidence, clock }: Pick<ControlPorts, 'evidence' | 'clock'>,
): Promise<FormerState | undefined> {
  const latest = await readLatest(await evidence.list(formerStatePrefix(alias, keyId)), evidence);
  return latest !== undefined && clock.now().getTime() - Date.parse(latest.at) < RESTORABLE_FOR_MS ? latest : undefined;
}

/**
 * Restores tags and then the policy of a key. Under the former policy this role may no longer change its tags.
 *
 * A tag that did not exist is emptied, which counts as not set. Principals that were deleted before the adoption had no
 * access, and are left out.
 */
export async function restoreFormerState(keyId: string, former: FormerState, { kms, log }: ControlPorts): Promise<void> {
  const written = Object.keys(ownTags(await kms.listTags(keyId)));
  await kms.tagKey(keyId, { ...Object.fromEntries(written.map((name) => [name, ''])), ...former.tags });
  // KMS returns a deleted principal by its unique id, and refuses a policy with one.
  await kms.putKeyPolicy(keyId, withoutPrincipals(former.policy, isUniqueId));
  log.warn('adoption-undone', { keyArn: former.keyArn, owner: former.tags[GenerationTag.OWNER] });
}

/** Whether an attempt of this adoption has written the policy already. */
function isWritten(description: FamilyDescription, policy: string): boolean {
  return GENERATION_PHASES.some((phase) =>
    comparePolicies(policy, generationPolicy(description, phase), description.roles).verdict !== 'different');
}

async function readLatest(stored: readonly string[], evidence: EvidencePort): Promise<FormerState | undefined> {
  const latest = stored.at(-1);
  return latest === undefined ? undefined : evidence.read<FormerState>(latest);
}

function ownTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => name.startsWith(GENERATION_TAG_PREFIX)));
}
