import { readCallRecord, type CallRecord } from './call-record';
import { cancelUsedDeletion } from './cancel-used-deletion';
import { interpretUse, kindOfUse, type RecordedUse } from './interpret-use';
import { KnownKeys } from './known-keys';
import { useEvidenceKey } from '../../../src/contract/evidence/evidence';
import type { FamilyRoles } from '../../../src/contract/family/family-description';
import { laterNoteName, noteName } from '../../watch/note-name';
import type { RetirementPorts } from '../retirement-ports';

/** Notes that are remembered: one that was written before is not written again. */
const MAX_REMEMBERED_NOTES = 10_000;

/**
 * Records failed calls to KMS that refer to a generation of the family, and cancels the pending deletion of a
 * generation that is called: the next reconcile run can be later than the deletion. Events arrive late, twice, in any
 * order, and in floods.
 */
export class UseRecorder {
  private readonly keys: KnownKeys;
  /** The latest call of each note that was recorded. */
  private readonly recorded = new Map<string, string>();

  public constructor(private readonly ports: Pick<RetirementPorts, 'evidence' | 'clock' | 'log'> & {
    readonly kms: Pick<RetirementPorts['kms'], 'listAliases' | 'describeKey' | 'listTags' | 'tagKey' | 'cancelKeyDeletion'>;
  }) {
    this.keys = new KnownKeys(ports);
  }

  /**
   * Records one call. The same note is written once, and the latest call of each decides about a pending deletion.
   *
   * A record that lacks a required field is logged with the name of the field and ignored. An error would cause the
   * same event to be delivered again, with the same result.
   */
  public async record(alias: string, roles: FamilyRoles, detail: unknown): Promise<void> {
    const call = readCallRecord(detail);
    if ('missing' in call) {
      this.ports.log.warn('watch-event-invalid', { family: alias, missing: call.missing });
      return;
    }
    // First the check that makes no call: the rule delivers every failed KMS call of the account.
    const kind = kindOfUse(call, alias, roles);
    if (kind === undefined) return;
    let uses = await this.interpret(call, alias, roles);
    if (uses.length === 0 && kind === 'watch-probe') {
      // A probe of this family can name a generation that is younger than the cached aliases.
      this.keys.forget(alias);
      uses = await this.interpret(call, alias, roles);
    }
    for (const use of uses) await this.write(alias, use);
  }

  private async interpret(call: CallRecord, alias: string, roles: FamilyRoles): Promise<RecordedUse[]> {
    return interpretUse(call, { alias, ...await this.keys.read(alias) }, roles);
  }

  private async write(alias: string, { keyId, use }: RecordedUse): Promise<void> {
    const key = useEvidenceKey(keyId, use, noteName(use));
    const latest = this.recorded.get(key);
    if (latest !== undefined && use.at <= latest) return;
    const outcome = latest === undefined ? await this.ports.evidence.writeOnce(key, use) : 'exists';
    // Before the note is remembered: if it fails, the event is delivered again, and the deletion is cancelled then. A
    // deletion can be scheduled between two calls of an hour, which have one note.
    if (use.kind === 'use' && await cancelUsedDeletion(alias, { keyId, use }, this.ports) && outcome === 'exists') {
      await this.ports.evidence.writeOnce(useEvidenceKey(keyId, use, laterNoteName(use)), use);
    }
    if (this.recorded.size >= MAX_REMEMBERED_NOTES) this.recorded.clear();
    this.recorded.set(key, use.at);
    if (outcome === 'exists') return;
    const { operation, errorCode, at, eventId } = use;
    const event = use.kind === 'watch-probe' ? 'watch-probe-recorded' : 'generation-use-recorded';
    this.ports.log.info(event, { family: alias, keyId, operation, errorCode, at, eventId });
  }
}
