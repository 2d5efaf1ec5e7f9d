import type { KeyState } from '../../lambda/ports';
import type { Certificate } from '../../src/contract/evidence/certificate';

/** What the demo found. Its members are the fields of `--json`, and part of its interface. */
export interface DemoResult {
  /** Orders, each with a data key of its own or shared with others of its tenant: written before, during and after the rotation. */
  readonly records: number;
  readonly writtenDuringRotation: number;
  /** Records that the re-encryption passes wrote back under the new generation. */
  readonly reEncrypted: number;
  /** Records that the re-encryption passes found there already. */
  readonly alreadyCurrent: number;
  /** Times that the application changed a record between the worker's read and write; its write won. */
  readonly writeConflicts: number;
  readonly quarantined: number;
  /** Records that in the end are missing, not under the new generation, or do not open to what was written. */
  readonly lost: number;
  /** Answered ReEncrypt calls of the re-encryption passes, for each record written back. */
  readonly reEncryptCallsPerRecord: number;
  /** Answered ReEncrypt calls of the certifying census, for each record: it believes no recorded key id. */
  readonly censusCallsPerRecord: number;
  /** What the certifying census found under the old generation. */
  readonly underOldGeneration: number;
  /** Calls, of anybody, that the local KMS throttled. */
  readonly throttled: number;
  /** Decrypt calls that the re-encryption worker made, by the audit log of the local KMS. */
  readonly workerDecryptCalls: number;
  readonly oldGenerationState: KeyState;
  readonly newGenerationState: KeyState;
  /** UpdateAlias calls that took effect, by the audit log of the local KMS. */
  readonly aliasMoves: number;
  /** Re-encryption passes. */
  readonly passes: number;
  /** The proof on which the old generation was retired. */
  readonly certificate: Certificate;
  /** The states of both machines that were executed. */
  readonly crossedStates: { readonly rotation: readonly string[]; readonly retirement: readonly string[] };
  /** On this machine. */
  readonly seconds: number;
  /** On the virtual clock, all waits included. */
  readonly virtualDays: number;
}

/** Nothing lost, nothing left behind, nothing set aside, and the old generation on its way out. */
export function succeeded(result: DemoResult): boolean {
  return result.lost === 0 && result.quarantined === 0 && result.underOldGeneration === 0 && result.workerDecryptCalls === 0
    && result.oldGenerationState === 'PendingDeletion';
}
