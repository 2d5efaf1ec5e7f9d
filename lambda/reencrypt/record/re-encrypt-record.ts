import {
  decideAboutResponse, decideAboutPermissions, decideAboutRecord, decideAboutWrite, olderGenerationOf, type Pass, type PermissionTable,
  type Step,
} from './decide-record';
import { describeQuarantine } from './describe-quarantine';
import { readRecordedKeyId } from './recorded-key-id';
import type { QuarantineEntry } from '../../../src/contract/evidence/evidence';
import type { RecordOutcome } from '../../../src/contract/runs/reencryption';
import type { ReEncryptionPort } from '../../ports/re-encryption';
import type { RecordStorePort, StoredRecord } from '../../ports/records';

/** The ports for the work on one record. */
export interface RecordPorts {
  readonly kms: ReEncryptionPort;
  readonly store: RecordStorePort;
  /** From which generations the worker may re-encrypt now. */
  readonly probePermissions: () => Promise<PermissionTable>;
}

/** The result for one record. */
export interface RecordResult {
  readonly outcome: RecordOutcome;
  readonly quarantine?: QuarantineEntry;
  /** The older generation under which the record was. */
  readonly foundUnder?: string;
  readonly writeConflicts: number;
  readonly unusableKeyId: boolean;
  /** One request id for each response of KMS. */
  readonly requestIds: readonly string[];
}

/** Processes one record: calls KMS and the store, and leaves every decision to decide-record. */
export async function reEncryptRecord(record: StoredRecord, pass: Pass, ports: RecordPorts): Promise<RecordResult> {
  const requestIds: string[] = [];
  let timesRead = 1;
  let foundUnder: string | undefined;
  let current = record;
  const end = (outcome: RecordOutcome, quarantine?: QuarantineEntry): RecordResult => ({
    outcome, quarantine, foundUnder, requestIds, writeConflicts: timesRead - 1, unusableKeyId: hasUnusableKeyId(current, pass),
  });

  let step: Step = decideAboutRecord(current, pass);
  for (;;) {
    switch (step.kind) {
      case 're-encrypt': {
        const { call } = step;
        const response = await ports.kms.reEncrypt({
          blob: call.blob,
          sourceKeyId: call.sourceKeyId,
          destinationKeyArn: pass.generations.current,
          encryptionContext: call.context,
        });
        requestIds.push(response.requestId);
        foundUnder = olderGenerationOf(response, call, pass) ?? foundUnder;
        step = decideAboutResponse(response, call, pass);
        break;
      }
      case 'probe-permissions':
        step = decideAboutPermissions(await ports.probePermissions(), step.call, step.refusal, pass);
        break;
      case 'write':
        step = decideAboutWrite(await ports.store.replaceIfUnchanged(current, step.blob, pass.generations.current), timesRead);
        break;
      case 'read-again': {
        const now = await ports.store.read(record.locator);
        timesRead += 1;
        if (now === undefined) return end('deleted');
        current = now;
        step = decideAboutRecord(current, pass);
        break;
      }
      case 'finish':
        return end(step.outcome);
      case 'quarantine':
        return end('quarantined', {
          locator: record.locator,
          reason: step.reason,
          detail: describeQuarantine(step.reason, step.given, pass),
        });
      case 'stop':
        throw step.failure;
    }
  }
}

function hasUnusableKeyId(record: StoredRecord, pass: Pass): boolean {
  return record.blob !== 'absent' && readRecordedKeyId(record.recordedKeyId, pass.generations).kind === 'unusable';
}
