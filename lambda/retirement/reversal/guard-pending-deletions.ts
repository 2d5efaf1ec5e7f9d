import { decidePendingKey, type PendingDecision, type PendingKey } from './decide-pending-key';
import { describeOwnKey } from './describe-own-key';
import { Failures } from './failures';
import { findKeysInRetirement } from './find-keys';
import type { ReversalPorts } from './reversal-ports';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationOfAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import { findUncountedStores } from '../../declared-stores/declared-stores';
import { describeUncounted } from '../../declared-stores/uncounted';
import { tagValue } from '../../key-family/tag-value';
import type { Tags } from '../../ports/keys';
import { describeLacking, readRecount } from '../evidence/read-recount';
import { cancelPendingDeletion } from '../pending/cancel-pending-deletion';
import type { Recount } from '../retirement-facts';
import { readWatch } from '../watch/read-watch';

/**
 * Cancels every deletion that retirement scheduled and that was not counted again in time, for whatever reason: a
 * family that cannot be read, missing evidence, a state machine that does not start. KMS deletes the key by itself, so
 * nothing but this call prevents it.
 *
 * It reads the keys, the evidence and the declared stores only, and continues after every failure. Returns the first
 * one.
 */
export async function guardPendingDeletions(family: FamilyDescription, ports: ReversalPorts): Promise<unknown> {
  const { alias } = family;
  const failures = new Failures(ports.log, 'pending-deletion-not-checked');
  for (const keyId of await findKeysInRetirement(alias, ports, failures)) {
    const checked = await failures.attempt({ family: alias, keyId }, () => decide(family, keyId, ports, failures));
    // Its state cannot be read, so a deletion can be pending.
    const decision: PendingDecision = checked.kind === 'done'
      ? checked.value : { kind: 'cancel-deletion', reason: 'its state cannot be read' };
    if (decision.kind === 'continue') continue;
    await failures.attempt({ family: alias, keyId }, () => cancelPendingDeletion(alias, keyId, decision.reason, ports));
  }
  return failures.first;
}

async function decide(family: FamilyDescription, keyId: string, ports: ReversalPorts, failures: Failures): Promise<PendingDecision> {
  const { alias } = family;
  const key = await describeOwnKey(alias, keyId, ports);
  if (key?.state !== 'PendingDeletion') return { kind: 'continue' };
  const tags = await failures.attempt({ family: alias, keyId, read: 'tags' }, () => ports.kms.listTags(keyId));
  const known = tags.kind === 'done' ? tags.value : {};
  const proof = await failures.attempt({ family: alias, keyId, read: 'evidence' }, () => readProof(family, key.keyArn, known, ports));
  const { recount, usedAt } = proof.kind === 'done' ? proof.value : {};
  const { named, uncounted } = await readObstacles(family, keyId, ports, failures);
  const lacking = recount === undefined || recount.lacking.length === 0 ? undefined : describeLacking(recount.lacking);
  return decidePendingKey(alias, {
    now: ports.clock.now(),
    tags: known,
    deletionDate: key.deletionDate,
    countedAt: recount?.countedAt,
    named,
    uncounted: uncounted ?? lacking,
    usedAt,
  });
}

/** What allows no deletion, whatever a census has counted. A read that fails does not allow one either. */
async function readObstacles(
  family: FamilyDescription, keyId: string, { kms, evidence }: ReversalPorts, failures: Failures,
): Promise<Pick<PendingKey, 'named' | 'uncounted'>> {
  const { alias } = family;
  const aliases = await failures.attempt({ family: alias, keyId, read: 'aliases' }, () => kms.listAliases(alias));
  const stores = await failures.attempt({ family: alias, keyId, read: 'declared stores' }, () => findUncountedStores(family, evidence));
  return {
    named: aliases.kind === 'done'
      && aliases.value.some((each) => each.keyId === keyId && generationOfAlias(alias, each.aliasName) !== undefined),
    uncounted: stores.kind === 'failed' ? 'the stores that were declared cannot be read'
      : stores.value.length > 0 ? describeUncounted(stores.value) : undefined,
  };
}

/** The recount in the pending window, and the calls since the deletion was scheduled. */
async function readProof(
  family: FamilyDescription, keyArn: string, tags: Tags, { evidence }: ReversalPorts,
): Promise<{ readonly recount?: Recount; readonly usedAt?: string }> {
  const certifiedSince = tagValue(tags, GenerationTag.CERTIFIED_SINCE);
  const recountedAt = tagValue(tags, GenerationTag.RECOUNTED_AT);
  const generation = Number(tagValue(tags, GenerationTag.GENERATION));
  if (certifiedSince === undefined || recountedAt === undefined || !Number.isSafeInteger(generation)) return {};
  const recount = await readRecount(family, { generation, keyArn, certifiedSince, recountedAt }, evidence);
  const { use } = await readWatch(keyArn.slice(keyArn.lastIndexOf('/') + 1), recountedAt, evidence);
  return { recount, usedAt: use?.at };
}
