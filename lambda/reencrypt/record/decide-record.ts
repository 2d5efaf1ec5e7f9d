import { readRecordedKeyId } from './recorded-key-id';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import {
  trustsRecordedKeyIds, writesRecords, type GenerationArns, type PassMode, type QuarantineReason, type RecordOutcome,
} from '../../../src/contract/runs/reencryption';
import type { Tags } from '../../ports/keys';
import type { ReEncryptResponse, ReEncryptPermission } from '../../ports/re-encryption';
import type { RecordContext, StoredRecord, WriteOutcome } from '../../ports/records';

/** The maximum length of a CiphertextBlob in bytes, as documented for KMS Decrypt. */
const MAX_BLOB_LENGTH = 6144;

/** How often a record is read when an application keeps changing it, before it is left to the next pass. */
export const MAX_READS = 5;

/** One ReEncrypt call for one blob. */
export interface ReEncryptCall {
  readonly blob: Uint8Array;
  readonly context: Tags;
  /** If absent, KMS reads the source key from the blob. */
  readonly sourceKeyId?: string;
  /** The contexts to try if KMS refuses this one: those that an older record may have. */
  readonly otherContexts?: readonly Tags[];
  /** The generations that remain to be excluded, before the record is proven to be foreign. The first is the source. */
  readonly toExclude?: readonly string[];
}

/** The next step for one record. Every decision is made in this file, without side effects. */
export type Step =
  | { readonly kind: 're-encrypt'; readonly call: ReEncryptCall }
  /** KMS denied the call. The permissions show whether the record is the cause, or a policy that denies all records. */
  | { readonly kind: 'probe-permissions'; readonly call: ReEncryptCall; readonly refusal: string }
  | { readonly kind: 'write'; readonly blob: Uint8Array }
  | { readonly kind: 'read-again' }
  | { readonly kind: 'finish'; readonly outcome: Exclude<RecordOutcome, 'quarantined'> }
  | { readonly kind: 'quarantine'; readonly reason: QuarantineReason; readonly given: string }
  | { readonly kind: 'stop'; readonly failure: Failure };

/** What a pass does with its records. */
export interface Pass {
  readonly mode: PassMode;
  readonly generations: GenerationArns;
  /** Whether records of other keys are declared to be in the store. */
  readonly skipsForeignRecords?: boolean;
  /** Family and store of the record, for error texts. */
  readonly where: string;
}

/** The step for a record that was just read: count it, quarantine it, or send its blob to KMS. */
export function decideAboutRecord(record: StoredRecord, pass: Pass): Step {
  const { blob, encryptionContext } = record;
  if (blob === 'absent') return countAs('withoutDataKey');
  if (blob === 'malformed') return quarantine('malformed-blob', record.form);
  if (blob.length === 0 || blob.length > MAX_BLOB_LENGTH) return quarantine('malformed-blob', `${blob.length} bytes`);
  const [context, ...others] = [encryptionContext, ...record.formerContexts ?? []]
    .flatMap((each) => (each.kind === 'known' ? [each.context] : []));
  if (context === undefined) return quarantine('context-missing', describeMissing(encryptionContext));
  const otherContexts = others.length === 0 ? undefined : others;
  // A pass that does not trust recorded key ids needs the source key from KMS, for every blob.
  if (!trustsRecordedKeyIds(pass.mode)) return reEncrypt({ blob, context, otherContexts });
  const recorded = readRecordedKeyId(record.recordedKeyId, pass.generations);
  switch (recorded.kind) {
    case 'current': return countAs('alreadyCurrent');
    case 'older': return reEncrypt({ blob, context, otherContexts, sourceKeyId: recorded.keyArn });
    case 'absent':
    case 'unusable': return reEncrypt({ blob, context, otherContexts });
  }
}

function describeMissing(context: RecordContext): string {
  return context.kind === 'missing' ? `no usable attribute ${context.attribute}` : 'none';
}

/** The step after a response of KMS. A write needs a generation as source and the current one as destination. */
export function decideAboutResponse(response: ReEncryptResponse, call: ReEncryptCall, pass: Pass): Step {
  if (response.kind === 'refused') return decideAboutRefusal(response, call, pass);
  const { current, all } = pass.generations;
  if (response.destinationKeyArn !== current) return stop(wrongDestination(response.destinationKeyArn, pass));
  if (!all.includes(response.sourceKeyArn)) return foreign(response.sourceKeyArn, pass);
  if (response.sourceKeyArn === current) return countAs('alreadyCurrent');
  return writesRecords(pass.mode) ? { kind: 'write', blob: response.blob } : countAs(countedAs(response.sourceKeyArn, pass));
}

/** The older generation that a response of KMS names as the key of the blob. Undefined if it names none. */
export function olderGenerationOf(response: ReEncryptResponse, call: ReEncryptCall, { generations }: Pass): string | undefined {
  const older = generations.all.filter((arn) => arn !== generations.current);
  if (response.kind === 'answered') return older.find((arn) => arn === response.sourceKeyArn);
  const named = response.refusal === 'key-not-ready' ? older.find((arn) => response.message.includes(arn)) : undefined;
  // With a recorded key id, KMS has checked only that id.
  return named === call.sourceKeyId ? undefined : named;
}

/** The outcome of a record under an older generation: a census may count only some of the generations. */
function countedAs(generation: string, { mode, generations }: Pass): 'underOldGeneration' | 'underOtherGeneration' {
  const { counted = generations.all } = generations;
  return mode === 'census' && !counted.includes(generation) ? 'underOtherGeneration' : 'underOldGeneration';
}

function decideAboutRefusal(response: ReEncryptResponse & { kind: 'refused' }, call: ReEncryptCall, pass: Pass): Step {
  switch (response.refusal) {
    case 'incorrect-key':
      if (call.toExclude !== undefined) return excludeNext(call.toExclude.slice(1), call);
      return call.sourceKeyId === undefined ? foreign(response.message, pass) : reEncrypt(withoutKeyId(call));
    case 'invalid-ciphertext': {
      const [context, ...otherContexts] = call.otherContexts ?? [];
      if (context !== undefined) return reEncrypt({ ...call, context, otherContexts });
      return quarantine('context-or-blob-wrong', 'InvalidCiphertextException');
    }
    case 'access-denied':
      if (call.toExclude !== undefined) return quarantine('foreign-key', response.message);
      return { kind: 'probe-permissions', call, refusal: response.message };
    case 'key-not-ready':
      return decideAboutKeyState(response.message, call, pass);
  }
}

/** KMS names the key whose state prevents the call. If that key is foreign, the record is foreign, in any key state. */
function decideAboutKeyState(message: string, call: ReEncryptCall, pass: Pass): Step {
  const generation = pass.generations.all.find((arn) => message.includes(arn));
  // A disabled generation was excluded by the census that certified it, when it was enabled.
  if (call.toExclude !== undefined && generation === call.sourceKeyId) return excludeNext(call.toExclude.slice(1), call);
  if (generation === undefined && message.includes('arn:')) {
    return call.sourceKeyId === undefined ? foreign(message, pass) : reEncrypt(withoutKeyId(call));
  }
  // If the recorded key id names a retired generation, KMS has checked only that id, and the blob may need another key.
  if (generation !== undefined && generation === call.sourceKeyId) return reEncrypt(withoutKeyId(call));
  // The blob counts in any state of its key, and the evidence names the key: the run enables it. Only the current
  // generation is needed for every response.
  if (generation !== undefined && generation !== pass.generations.current) return countAs(countedAs(generation, pass));
  return stop(new Failure(ErrorName.KEY_NOT_READY, {
    where: pass.where,
    what: 'a record needs a generation that is not usable',
    given: message,
    allowed: 'state Enabled for each generation under which a record is encrypted',
    remedy: `enable ${generation ?? 'the key'} (if needed, first cancel its deletion or import its key material again), `
      + 'then resume the run',
  }));
}

/** The step after AccessDeniedException, when the permissions from each generation to the current one are known. */
export function decideAboutPermissions(permissions: PermissionTable, call: ReEncryptCall, refusal: string, pass: Pass): Step {
  const denied = findDenied(permissions, pass);
  if (denied !== undefined) return stop(denied);
  // KMS denied the key of the recorded key id, not the key of the blob: another generation may decrypt it.
  if (call.sourceKeyId !== undefined) return reEncrypt(withoutKeyId(call));
  if (pass.skipsForeignRecords !== true || pass.mode !== 'census') return foreign(refusal, pass);
  const { current, all, counted = all } = pass.generations;
  return excludeNext(counted.filter((arn) => arn !== current), call);
}

/**
 * KMS denied the call without naming the key of the blob. That every generation is allowed does not prove that the
 * record is foreign: a policy can deny one encryption context only. A census, on which a deletion is based, therefore
 * names each counted generation as the source, until KMS has refused all of them as the wrong key.
 */
function excludeNext(toExclude: readonly string[], call: ReEncryptCall): Step {
  const [sourceKeyId] = toExclude;
  return sourceKeyId === undefined ? countAs('foreign') : reEncrypt({ ...call, sourceKeyId, toExclude });
}

/** A record under a key that is not a generation of the family, in any state of that key. */
function foreign(given: string, { skipsForeignRecords }: Pass): Step {
  return skipsForeignRecords === true ? countAs('foreign') : quarantine('foreign-key', given);
}

/** The step after a conditional write. */
export function decideAboutWrite(outcome: WriteOutcome, timesRead: number): Step {
  if (typeof outcome === 'object') return quarantine('not-writable', outcome.refused);
  switch (outcome) {
    case 'replaced': return countAs('reEncrypted');
    case 'deleted': return countAs('deleted');
    // Bounded: a record that changes repeatedly is left to the next pass, and counts as not re-encrypted until then.
    case 'changed': return timesRead < MAX_READS ? { kind: 'read-again' } : countAs('underOldGeneration');
  }
}

/** For each generation: whether the worker may re-encrypt from it to the current one. */
export type PermissionTable = ReadonlyMap<string, ReEncryptPermission>;

/** The failure for the first generation that a policy denies, with the policy to change. `undefined` if none does. */
export function findDenied(permissions: PermissionTable, pass: Pick<Pass, 'generations' | 'where'>): Failure | undefined {
  const { current, all } = pass.generations;
  const denied = [current, ...all].find((arn) => permissions.get(arn) === 'denied');
  if (denied === undefined) return undefined;
  const actions = denied === current ? 'kms:ReEncryptFrom and kms:ReEncryptTo' : 'kms:ReEncryptFrom';
  return new Failure(ErrorName.ACCESS_DENIED, {
    where: pass.where,
    what: `the worker may not re-encrypt from ${denied} to ${current}`,
    given: 'AccessDeniedException',
    allowed: 'every generation to the current one',
    remedy: `allow the worker's role ${actions} in the key policy of ${denied}, then resume the run`,
  });
}

function wrongDestination(given: string, pass: Pass): Failure {
  return new Failure(ErrorName.VERIFICATION_FAILED, {
    where: pass.where,
    what: 'KMS re-encrypted to another key than the current generation; the record was not changed',
    given,
    allowed: pass.generations.current,
    remedy: 'check which endpoint the worker uses for AWS KMS, then resume the run',
  });
}

function withoutKeyId({ blob, context, otherContexts }: ReEncryptCall): ReEncryptCall {
  return { blob, context, otherContexts };
}

function reEncrypt(call: ReEncryptCall): Step {
  return { kind: 're-encrypt', call };
}

function countAs(outcome: Exclude<RecordOutcome, 'quarantined'>): Step {
  return { kind: 'finish', outcome };
}

function quarantine(reason: QuarantineReason, given: string): Step {
  return { kind: 'quarantine', reason, given };
}

function stop(failure: Failure): Step {
  return { kind: 'stop', failure };
}
