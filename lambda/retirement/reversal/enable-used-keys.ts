import { describeOwnKey } from './describe-own-key';
import { Failures } from './failures';
import { findKeysInRetirement } from './find-keys';
import type { ReversalPorts } from './reversal-ports';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { tagValue } from '../../key-family/tag-value';
import type { KeyState, Tags } from '../../ports/keys';
import { readWatch } from '../watch/read-watch';

/** What is known of a key in soak, without its family. */
export interface SoakingKey {
  readonly state: KeyState;
  readonly tags: Tags;
  /** The latest refused call since it was disabled. */
  readonly usedAt?: string;
}

/**
 * Enables the keys of a family that retirement has disabled and that are in use, or that nothing retires any more.
 *
 * For a family that cannot be read, so that no retirement run can do it. The tags stay: when the family can be read
 * again, the retirement of these keys starts over.
 */
export async function enableUsedKeys(intent: FamilyDescription, ports: ReversalPorts): Promise<void> {
  const { kms, evidence, log } = ports;
  const failures = new Failures(log, 'disabled-key-not-checked');
  for (const keyId of await findKeysInRetirement(intent.alias, ports, failures)) {
    await failures.attempt({ family: intent.alias, keyId }, async () => {
      const key = await describeOwnKey(intent.alias, keyId, ports);
      if (key?.state !== 'Disabled') return;
      const tags = await kms.listTags(keyId);
      const { use } = await readWatch(keyId, tagValue(tags, GenerationTag.DISABLED_SINCE), evidence);
      const reason = reasonToEnable(intent, { state: key.state, tags, usedAt: use?.at });
      if (reason === undefined) return;
      await kms.enableKey(keyId);
      log.warn('disabled-key-enabled', { family: intent.alias, keyId, reason });
    });
  }
}

/** Pure: why a key is enabled. Undefined if it stays as it is. */
export function reasonToEnable(
  { alias, owner, deletion }: Pick<FamilyDescription, 'alias' | 'owner' | 'deletion'>, { state, tags, usedAt }: SoakingKey,
): string | undefined {
  const byRetirement = tags[GenerationTag.FAMILY] === alias && tags[GenerationTag.OWNER] === owner
    && tagValue(tags, GenerationTag.STATE) === 'claimed' && tagValue(tags, GenerationTag.DISABLED_SINCE) !== undefined;
  if (state !== 'Disabled' || !byRetirement) return undefined;
  if (deletion === undefined) return 'no deletion is declared, so nothing retires it';
  return usedAt === undefined || deletion.onUse === 'hold' ? undefined : `a principal called it at ${usedAt}`;
}
