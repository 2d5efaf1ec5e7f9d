import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../src/contract/evidence/certificate';
import { EVIDENCE_SCHEMA } from '../../../src/contract/evidence/evidence';
import { formerStateKey, formerStatePrefix, type FormerState } from '../../../src/contract/evidence/former-state';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GENERATION_PHASES, GENERATION_TAG_PREFIX, GenerationTag } from '../../../src/contract/family/generation-tags';
import { SERVICE_TIMEOUT_SECONDS } from '../../../src/contract/limits';
import type { EvidencePort } from '../../ports/evidence';
import type { Tags } from '../../ports/keys';
import type { ResourceProperties } from '../../runtime/custom-resource';
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

/** A repeated event arrives within this time. Later, it is another attempt. */
const REPEATED_WITHIN_MS = SERVICE_TIMEOUT_SECONDS * 1000;

/**
 * Stores the key policy and tags of a key before the first write of an adoption. Returns the key policy.
 *
 * An attempt that has begun stores nothing: the key has the policy or the owner of the family by then. Every other
 * attempt stores the state again, because an earlier one is too old to be restored, or lacks later changes.
 *
 * @param propertiesBefore digest of the properties before an Update that adopts the key
 */
export async function storeFormerState(
  description: FamilyDescription, { keyId, keyArn }: AdoptedKey, tags: Tags, { kms, evidence, clock }: ControlPorts,
  propertiesBefore?: string,
): Promise<string> {
  const { alias, owner } = description;
  const policy = await kms.getKeyPolicy(keyId);
  const stored = await evidence.list(formerStatePrefix(alias, keyId));
  const latest = await readLatest(stored, evidence);
  const hasBegun = tags[GenerationTag.OWNER] === owner || isWritten(description, policy);
  const state: FormerState = {
    schema: EVIDENCE_SCHEMA, kind: 'former-state', keyArn, policy, tags: ownTags(tags), at: clock.now().toISOString(), propertiesBefore,
  };
  if (latest !== undefined && (hasBegun || isRepeated(latest, state))) return policy;
  await evidence.writeOnce(formerStateKey(alias, keyId, stored.length), state);
  return policy;
}

/** Digest of the properties of this resource. Properties that AWS CloudFormation and AWS CDK add do not count. */
export function digestProperties({ ServiceToken, ServiceTimeout, ...properties }: ResourceProperties): string {
  return createHash('sha256').update(canonicalJson(properties)).digest('hex');
}

/** The state before an adoption of the last 24 hours. Undefined if there was none. */
export async function readFormerState(
  { alias }: FamilyDescription, keyId: string, { evidence, clock }: Pick<ControlPorts, 'evidence' | 'clock'>,
): Promise<FormerState | undefined> {
  const latest = await readLatest(await evidence.list(formerStatePrefix(alias, keyId)), evidence);
  return latest !== undefined && clock.now().getTime() - Date.parse(latest.at) < RESTORABLE_FOR_MS ? latest : undefined;
}

/** Restores tags and then the policy of a key. Under the former policy this role may no longer change its tags. */
export async function restoreFormerState(keyId: string, former: FormerState, ports: ControlPorts): Promise<void> {
  await restoreFormerTags(keyId, former, ports);
  await restoreFormerPolicy(keyId, former, ports);
}

/** A tag that did not exist is emptied, which counts as not set. */
export async function restoreFormerTags(keyId: string, former: FormerState, { kms }: Pick<ControlPorts, 'kms'>): Promise<void> {
  const written = Object.keys(ownTags(await kms.listTags(keyId)));
  await kms.tagKey(keyId, { ...Object.fromEntries(written.map((name) => [name, ''])), ...former.tags });
}

/** Principals that were deleted before the adoption had no access, and are left out. */
export async function restoreFormerPolicy(
  keyId: string, former: FormerState, { kms, log }: Pick<ControlPorts, 'kms' | 'log'>,
): Promise<void> {
  // KMS returns a deleted principal by its unique id, and refuses a policy with one.
  await kms.putKeyPolicy(keyId, withoutPrincipals(former.policy, isUniqueId));
  log.warn('adoption-undone', { keyArn: former.keyArn, owner: former.tags[GenerationTag.OWNER] });
}

/** Whether an attempt of this adoption has written the policy already. */
function isWritten(description: FamilyDescription, policy: string): boolean {
  return GENERATION_PHASES.some((phase) =>
    comparePolicies(policy, generationPolicy(description, phase), description.roles).verdict !== 'different');
}

/** Whether a state is the latest one, read again by a repeated event. An empty tag counts as not set. */
function isRepeated(latest: FormerState, state: FormerState): boolean {
  const set = (tags: Tags) => canonicalJson(Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== '')));
  return isSamePolicy(latest.policy, state.policy) && set(latest.tags) === set(state.tags)
    && latest.propertiesBefore === state.propertiesBefore && Date.parse(state.at) - Date.parse(latest.at) < REPEATED_WITHIN_MS;
}

async function readLatest(stored: readonly string[], evidence: EvidencePort): Promise<FormerState | undefined> {
  const latest = stored.at(-1);
  return latest === undefined ? undefined : evidence.read<FormerState>(latest);
}

function ownTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => name.startsWith(GENERATION_TAG_PREFIX)));
}
