import type { Pass } from './decide-record';
import { describeProblem } from '../../../src/contract/problem';
import type { QuarantineReason } from '../../../src/contract/runs/reencryption';

/** Tells a person about a record that was set aside: where, what is wrong, what is allowed, what to do. */
export function describeQuarantine(reason: QuarantineReason, given: string, pass: Pick<Pass, 'where' | 'generations'>): string {
  return describeProblem({ where: pass.where, given, ...EXPLANATIONS[reason](pass.generations.all) });
}

const EXPLANATIONS: { [reason in QuarantineReason]: (generations: readonly string[]) => { what: string; allowed: string; remedy: string } } = {
  'foreign-key': (generations) => ({
    what: 'the blob was made by a key that is no generation of this family',
    allowed: generations.join(', '),
    remedy: 'find out who wrote this record; move it to the store of its own key, or write it anew under this one',
  }),
  'malformed-blob': () => ({
    what: 'the data key attribute holds nothing that KMS could have made',
    allowed: 'a CiphertextBlob of 1 to 6144 bytes, as binary or in padded base64',
    remedy: 'write the record anew, or remove the attribute',
  }),
  'context-missing': () => ({
    what: 'the encryption context of the record cannot be put together',
    allowed: 'text or a number in every attribute that the context is made of',
    remedy: 'bring the attribute back to the record, or correct encryptionContext of the store',
  }),
  'context-or-blob-wrong': () => ({
    what: 'KMS refuses blob and encryption context together',
    allowed: 'a blob as KMS made it, with the very context it was made with',
    remedy: 'compare encryptionContext of the store with what the application passes, or restore the record from a backup',
  }),
};
