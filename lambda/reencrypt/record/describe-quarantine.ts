import type { Pass } from './decide-record';
import { describeProblem } from '../../../src/contract/problem';
import type { QuarantineReason } from '../../../src/contract/runs/reencryption';

/** Describes a quarantined record for the operator: where, what is wrong, what is allowed, what to do. */
export function describeQuarantine(reason: QuarantineReason, given: string, pass: Pick<Pass, 'where' | 'generations'>): string {
  return describeProblem({ where: pass.where, given, ...EXPLANATIONS[reason](pass.generations.all) });
}

/** What to do about records that are quarantined for a reason. */
export function remedyOf(reason: QuarantineReason): string {
  return EXPLANATIONS[reason]([]).remedy;
}

const EXPLANATIONS: {
  [reason in QuarantineReason]: (generations: readonly string[]) => { what: string; allowed: string; remedy: string };
} = {
  'foreign-key': (generations) => ({
    what: 'the blob is encrypted under a key that is not a generation of this family',
    allowed: generations.join(', '),
    remedy: 'find the application that writes this record, and let it use the alias of this family; '
      + 'if the store also holds records of other keys, declare foreignRecords: ForeignRecords.SKIP',
  }),
  'malformed-blob': () => ({
    what: 'the data key attribute does not hold a CiphertextBlob of KMS',
    allowed: 'a CiphertextBlob of 1 to 6144 bytes, as binary or in base64',
    remedy: 'correct dataKeyAttribute of the store, or write the record again with a valid data key',
  }),
  'context-missing': () => ({
    what: 'the encryption context of the record is incomplete',
    allowed: 'a string or a number in every attribute of the encryption context',
    remedy: 'restore the attribute of the record, or correct encryptionContext of the store',
  }),
  'context-or-blob-wrong': () => ({
    what: 'KMS refuses the blob with this encryption context',
    allowed: 'an unchanged CiphertextBlob, with the encryption context with which it was encrypted',
    remedy: 'compare encryptionContext of the store with what the application passes, and declare what older records have as '
      + 'formerEncryptionContexts; restore a damaged record from a backup',
  }),
  'not-writable': () => ({
    what: 'the store refuses to write this record',
    allowed: 'an item of at most 400 KB, with room for a data key that is a few bytes longer, whose indexes accept it',
    remedy: 'make the item smaller, then run the rotation again',
  }),
};
