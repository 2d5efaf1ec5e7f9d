import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias } from '../../../src/contract/family/generation-tags';
import type { ControlPorts } from '../../key-family/control-ports';
import type { Generation } from '../../key-family/family';
import type { KeyFamilyPort } from '../../ports/key-family';

/** Operations that create ciphertext. ReEncrypt is left out: KMS also reports it for the source. */
const ENCRYPTIONS: ReadonlySet<string> = new Set([
  'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext',
]);

/** Use before this time does not stop a run: a principal that was repaired must not stop every run after it. */
const CONSIDERED_HOURS = 24;

/**
 * Fails if a principal holds a grant on an old generation. An explicit Deny also applies to grantees, and AWS services
 * use keys through grants: after the fence they would fail, and this run would not notice.
 */
export async function refuseGrants(alias: string, { generation, keyId }: Generation, kms: KeyFamilyPort): Promise<void> {
  const grantees = await kms.listGrantees(keyId);
  if (grantees.length === 0) return;
  throw new Failure(ErrorName.GRANTS_HELD, {
    where: generationAlias(alias, generation),
    what: 'a principal holds a grant on the old generation',
    given: grantees.join(', '),
    allowed: 'no grant',
    remedy: 'find and re-encrypt the data that these principals protect with the key, revoke the grants, then run the rotation again',
  });
}

/**
 * Fails if an old generation was used to encrypt since the move of the alias has propagated. Such a principal uses its
 * key id or ARN and not the alias, so the fence would stop it. GetKeyLastUsage reports only the last operation, and
 * that up to an hour late: consumers are therefore also watched after the fence.
 */
export async function refuseEncryption(
  { alias, propagationDelaySeconds }: FamilyDescription, old: readonly Generation[], movedAt: string,
  { kms, clock }: Pick<ControlPorts, 'kms' | 'clock'>,
): Promise<void> {
  const propagated = Date.parse(movedAt) + propagationDelaySeconds * 1000;
  const from = Math.max(propagated, clock.now().getTime() - CONSIDERED_HOURS * 3_600_000);
  for (const { generation, keyId, keyState, phase } of old) {
    if (phase === 'fenced' || phase === 'retiring' || keyState !== 'Enabled') continue;
    const use = await kms.lastUsage(keyId);
    if (use === undefined || !ENCRYPTIONS.has(use.operation) || use.at.getTime() < from) continue;
    throw new Failure(ErrorName.OLD_GENERATION_IN_USE, {
      where: generationAlias(alias, generation),
      what: 'a principal still encrypts under the old generation, by its key id or ARN, and the fence would deny it',
      given: `${use.operation} at ${use.at.toISOString()}, CloudTrail event ${use.eventId ?? 'unknown'}`,
      allowed: `no encryption under it since the alias of the family moved at ${movedAt}`,
      remedy: `find the principal by that event, and let it use ${alias}; the old generation is not fenced until no such call `
        + `is found, and a call older than ${CONSIDERED_HOURS} hours does not count. The next run continues`,
    });
  }
}

/** Fails before the alias moves if grants or the last usage of an old generation do not allow it, or cannot be read. */
export async function refuseDependents(alias: string, old: readonly Generation[], kms: KeyFamilyPort): Promise<void> {
  for (const generation of old) {
    await refuseGrants(alias, generation, kms);
    await kms.lastUsage(generation.keyId);
  }
}
