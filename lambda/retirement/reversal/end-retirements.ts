import { describeOwnKey } from './describe-own-key';
import { Failures } from './failures';
import { findKeysInRetirement } from './find-keys';
import type { ReversalPorts } from './reversal-ports';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { NO_CERTIFICATE, returnToService } from '../../key-family/return-to-service';
import { tagValue } from '../../key-family/tag-value';
import type { KeyState, Tags } from '../../ports/keys';

/** A family whose stack is deleted. */
export interface AbandonedFamily {
  readonly alias: string;
  readonly owner: string;
}

/** A retirement step that has already begun can change a key after it was read. */
const LAST_STEP_MS = 60_000;

/**
 * Cancels every pending deletion that retirement scheduled, and enables what it has disabled: after this nothing counts
 * again, and nothing notices a use. Keys that were never used stay pending deletion.
 *
 * Fails if that is not certain for a key. Then the stack is not deleted, and its reconcile run continues.
 */
export async function endRetirements(family: AbandonedFamily, ports: ReversalPorts): Promise<void> {
  if (await sweep(family, ports) === 0) return;
  await ports.clock.sleep(LAST_STEP_MS);
  await sweep(family, ports);
}

/** Returns the number of keys that were in retirement. */
async function sweep(family: AbandonedFamily, ports: ReversalPorts): Promise<number> {
  const { kms, log } = ports;
  const { alias } = family;
  const failures = new Failures(log, 'retirement-not-ended');
  const current = await failures.attempt({ family: alias, read: 'owner' }, () => ownerOfFamily(alias, ports));
  const familyOwner = current.kind === 'done' ? current.value : undefined;
  let ended = 0;
  for (const keyId of await findKeysInRetirement(alias, ports, failures)) {
    await failures.attempt({ family: alias, keyId }, async () => {
      const tags = await kms.listTags(keyId);
      if (!isOfThisStack(family, tags, familyOwner)) return;
      const key = await describeOwnKey(alias, keyId, ports);
      if (key === undefined || !isInRetirement(key.state, tags)) return;
      await returnToService(alias, { keyId }, NO_CERTIFICATE, kms);
      ended += 1;
      log.warn('retirement-ended', { family: alias, keyId, reason: 'the stack of the family is deleted' });
    });
  }
  if (failures.first !== undefined) throw uncertain(alias, failures.first);
  return ended;
}

/** The owner of the current generation. Undefined if there is none, or if its tags cannot be read. */
async function ownerOfFamily(alias: string, { kms }: ReversalPorts): Promise<string | undefined> {
  const current = (await kms.listAliases(alias)).find(({ aliasName }) => aliasName === alias);
  return current === undefined ? undefined : tagValue(await kms.listTags(current.keyId), GenerationTag.OWNER);
}

/**
 * Pure: whether a key is in the care of this stack. If nothing shows another owner, it is.
 *
 * The owner of the family decides: after a takeover, the reconcile runs of the new owner check every key. A key that
 * was pending deletion before has the tag of the previous owner, because KMS refuses changes of its tags.
 */
export function isOfThisStack({ alias, owner }: AbandonedFamily, tags: Tags, familyOwner: string | undefined): boolean {
  const family = tagValue(tags, GenerationTag.FAMILY) ?? alias;
  return family === alias && (familyOwner ?? tags[GenerationTag.OWNER] ?? owner) === owner;
}

/** Pure: whether retirement has disabled a key, or scheduled its deletion. A key whose tags cannot be read may be. */
export function isInRetirement(state: KeyState, tags: Tags): boolean {
  const isSet = (tag: GenerationTag) => tagValue(tags, tag) !== undefined;
  if (state === 'PendingDeletion') return Object.keys(tags).length === 0 || isSet(GenerationTag.RECOUNTED_AT);
  return state === 'Disabled' && tags[GenerationTag.STATE] === 'claimed' && isSet(GenerationTag.DISABLED_SINCE);
}

function uncertain(alias: string, cause: unknown): Failure {
  return new Failure(ErrorName.VERIFICATION_FAILED, {
    where: alias,
    what: 'stack is not deleted: a generation may be pending deletion, and without the stack nothing checks it again',
    given: cause instanceof Failure ? cause.message : 'a call that failed; the log of the control function has it',
    remedy: 'cancel pending deletions of this family by hand (CancelKeyDeletion, EnableKey), then delete the stack again and '
      + 'retain this resource if it still fails',
  }, cause);
}
