import { readCallRecord } from './call-record';
import { interpretUse, kindOfUse } from './interpret-use';
import { useEvidenceKey } from '../../../src/contract/evidence/evidence';
import type { FamilyRoles } from '../../../src/contract/family/family-description';
import type { RetirementPorts } from '../retirement-ports';

/**
 * Records a failed call to KMS if it refers to a generation of the family. An event that is delivered twice
 * is recorded once.
 *
 * A record that lacks a required field is logged with the name of the field and ignored. An error would cause the same
 * event to be delivered again, with the same result.
 */
export async function recordUse(
  alias: string, roles: FamilyRoles, detail: unknown, { kms, evidence, log }: RetirementPorts,
): Promise<void> {
  const call = readCallRecord(detail);
  if ('missing' in call) {
    log.warn('watch-event-invalid', { family: alias, missing: call.missing });
    return;
  }
  // First the check that makes no call: the rule delivers every failed KMS call of the account.
  if (kindOfUse(call, alias, roles) === undefined) return;
  for (const { keyId, use } of interpretUse(call, { alias, aliases: await kms.listAliases(alias) }, roles)) {
    await evidence.writeOnce(useEvidenceKey(keyId, use), use);
    const { operation, errorCode, at, eventId } = use;
    const event = use.kind === 'watch-probe' ? 'watch-probe-recorded' : 'generation-use-recorded';
    log.info(event, { family: alias, keyId, operation, errorCode, at, eventId });
  }
}
