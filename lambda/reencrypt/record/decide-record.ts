import { readKeyIdHint } from './recorded-key-id';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import {
  trustsRecordedKeyIds, writesRecords, type GenerationArns, type PassMode, type QuarantineReason, type RecordOutcome,
} from '../../../src/contract/runs/reencryption';
import type { ReEncryptAnswer, ReEncryptPermission, StoredRecord, Tags } from '../../ports';

/** The longest CiphertextBlob that KMS knows. */
const LONGEST_BLOB = 6144;

/** How often a record is read again because an application was faster, before the next pass takes it. */
export const MOST_READS = 5;

/** A question to KMS about one blob. */
export interface Question {
  readonly blob: Uint8Array;
  readonly context: Tags;
  /** Absent: KMS reads the source key from the blob. */
  readonly sourceKeyId?: string;
}

/** What to do next with one record. Every decision is made here, and none of them touches the world. */
export type Step =
  | { readonly kind: 'ask'; readonly question: Question }
  /** Refused: is that this record's fault, or a policy that is in the way of all of them? */
  | { readonly kind: 'probe-permissions'; readonly question: Question; readonly refusal: string }
  | { readonly kind: 'write'; readonly blob: Uint8Array }
  | { readonly kind: 'read-again' }
  | { readonly kind: 'settle'; readonly outcome: Exclude<RecordOutcome, 'quarantined'> }
  | { readonly kind: 'quarantine'; readonly reason: QuarantineReason; readonly given: string }
  | { readonly kind: 'stop'; readonly failure: Failure };

/** What a pass wants of its records. */
export interface Pass {
  readonly mode: PassMode;
  readonly generations: GenerationArns;
  /** For people: which store of which family the record is in. */
  readonly where: string;
}

/** What to do with a record that was just read: nothing, set it aside, or ask KMS. */
export function decideAboutRecord(record: StoredRecord, pass: Pass): Step {
  const { blob, encryptionContext } = record;
  if (blob === 'absent') return settle('withoutDataKey');
  if (blob === 'malformed') return quarantine('malformed-blob', 'neither bytes nor base64');
  if (blob.length === 0 || blob.length > LONGEST_BLOB) return quarantine('malformed-blob', `${blob.length} bytes`);
  if (encryptionContext.kind === 'missing') return quarantine('context-missing', `no usable attribute ${encryptionContext.attribute}`);
  const { context } = encryptionContext;
  // Where no note is believed, KMS itself must name the source key of every blob.
  if (!trustsRecordedKeyIds(pass.mode)) return ask({ blob, context });
  const hint = readKeyIdHint(record.recordedKeyId, pass.generations);
  switch (hint.kind) {
    case 'current': return settle('alreadyCurrent');
    case 'older': return ask({ blob, context, sourceKeyId: hint.keyArn });
    case 'absent':
    case 'unusable': return ask({ blob, context });
  }
}

/** What KMS's answer means. Nothing is written unless it names a generation as source and the current one as destination. */
export function decideAboutAnswer(answer: ReEncryptAnswer, question: Question, pass: Pass): Step {
  if (answer.kind === 'refused') return decideAboutRefusal(answer, question, pass);
  const { current, all } = pass.generations;
  if (answer.destinationKeyArn !== current) return stop(wrongDestination(answer.destinationKeyArn, pass));
  if (!all.includes(answer.sourceKeyArn)) return quarantine('foreign-key', answer.sourceKeyArn);
  if (answer.sourceKeyArn === current) return settle('alreadyCurrent');
  return writesRecords(pass.mode) ? { kind: 'write', blob: answer.blob } : settle(countedAs(answer.sourceKeyArn, pass));
}

/** How a record that is left under an older generation counts: a census may look for some of them only. */
function countedAs(generation: string, { mode, generations }: Pass): 'underOldGeneration' | 'underOtherGeneration' {
  const { counted = generations.all } = generations;
  return mode === 'census' && !counted.includes(generation) ? 'underOtherGeneration' : 'underOldGeneration';
}

function decideAboutRefusal(answer: ReEncryptAnswer & { kind: 'refused' }, question: Question, pass: Pass): Step {
  switch (answer.refusal) {
    case 'incorrect-key':
      return question.sourceKeyId === undefined ? quarantine('foreign-key', answer.message) : ask(withoutHint(question));
    case 'invalid-ciphertext':
      return quarantine('context-or-blob-wrong', 'InvalidCiphertextException');
    case 'access-denied':
      return { kind: 'probe-permissions', question, refusal: answer.message };
    case 'key-not-ready':
      return decideAboutKeyState(answer.message, question, pass);
  }
}

/** KMS names the key whose state is in the way. A foreign key's state is not our business, its record is. */
function decideAboutKeyState(message: string, question: Question, pass: Pass): Step {
  const generation = pass.generations.all.find((arn) => message.includes(arn));
  if (generation === undefined && message.includes('arn:')) {
    return question.sourceKeyId === undefined ? quarantine('foreign-key', message) : ask(withoutHint(question));
  }
  // A census counts whatever the state of a key: the blob is there. Only the current generation is needed for every answer.
  if (pass.mode === 'census' && generation !== undefined && generation !== pass.generations.current) return settle(countedAs(generation, pass));
  // A note that names a generation which is retired says nothing of the blob: KMS has only looked at the note.
  if (generation !== undefined && generation === question.sourceKeyId) return ask(withoutHint(question));
  return stop(new Failure(ErrorName.KEY_NOT_READY, {
    where: pass.where,
    what: 'a record needs a generation that is not ready',
    given: message,
    allowed: 'generations that are Enabled, as long as a record stands under them',
    remedy: `enable ${generation ?? 'the key'} (cancel its deletion first, or import its material again), then resume the run`,
  }));
}

/** What a refusal for lack of permission means, now that each generation's way to the current one has been tried. */
export function decideAboutPermissions(permissions: PermissionTable, question: Question, refusal: string, pass: Pass): Step {
  const denied = deniedWay(permissions, pass);
  if (denied !== undefined) return stop(denied);
  // The hint was refused, not the blob: KMS may still know the blob under another generation.
  return question.sourceKeyId === undefined ? quarantine('foreign-key', refusal) : ask(withoutHint(question));
}

/** What a write has led to. */
export function decideAboutWrite(outcome: 'replaced' | 'changed' | 'deleted', timesRead: number): Step {
  switch (outcome) {
    case 'replaced': return settle('reEncrypted');
    case 'deleted': return settle('deleted');
    // Bounded: a record that is written all the time is the next pass's, and counted until then.
    case 'changed': return timesRead < MOST_READS ? { kind: 'read-again' } : settle('underOldGeneration');
  }
}

/** For each generation: may the worker take blobs from it to the current one? */
export type PermissionTable = ReadonlyMap<string, ReEncryptPermission>;

/** The first way that a policy has closed, told with the side to open. `undefined` when all are open. */
export function deniedWay(permissions: PermissionTable, pass: Pick<Pass, 'generations' | 'where'>): Failure | undefined {
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
    what: 'KMS re-encrypted to another key than the current generation, nothing was written',
    given,
    allowed: pass.generations.current,
    remedy: 'find out which endpoint answers for AWS KMS, then resume the run',
  });
}

function withoutHint({ blob, context }: Question): Question {
  return { blob, context };
}

function ask(question: Question): Step {
  return { kind: 'ask', question };
}

function settle(outcome: Exclude<RecordOutcome, 'quarantined'>): Step {
  return { kind: 'settle', outcome };
}

function quarantine(reason: QuarantineReason, given: string): Step {
  return { kind: 'quarantine', reason, given };
}

function stop(failure: Failure): Step {
  return { kind: 'stop', failure };
}
