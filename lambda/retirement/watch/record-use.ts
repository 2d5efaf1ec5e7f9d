import { readCallRecord } from './call-record';
import { interpretUse, kindOfUse } from './interpret-use';
import { useEvidenceKey } from '../../../src/contract/evidence/evidence';
import type { FamilyRoles } from '../../../src/contract/family/family-description';
import type { RetirementPorts } from '../retirement-ports';

/**
 * Notes a failed call to KMS, if it was about a generation of the family. The same event may come twice: it is noted once.
 *
 * What cannot be understood is logged by name and let go: an event that is refused would come again, and again.
 */
export async function recordUse(alias: string, roles: FamilyRoles, detail: unknown, { kms, evidence, log }: RetirementPorts): Promise<void> {
  const call = readCallRecord(detail);
  if ('lacks' in call) {
    log.warn('watch-event-not-understood', { family: alias, lacks: call.lacks });
    return;
  }
  // Asked first, since it costs nothing: every failed call of the account comes by here.
  if (kindOfUse(call, alias, roles) === undefined) return;
  for (const { keyId, use } of interpretUse(call, { alias, aliases: await kms.listAliases(alias) }, roles)) {
    await evidence.writeOnce(useEvidenceKey(keyId, use), use);
    const { operation, errorCode, at, eventId } = use;
    log.info(use.kind === 'echo' ? 'echo-heard' : 'generation-asked-for', { family: alias, keyId, operation, errorCode, at, eventId });
  }
}
