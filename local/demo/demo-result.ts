import type { KeyState } from '../../lambda/ports/keys';
import type { Certificate } from '../../src/contract/evidence/certificate';

/** The result of the demo. Its members are the fields of `--json`, and part of the interface of the demo. */
export interface DemoResult {
  /** Orders that were written before, during and after the rotation. Orders of the caching tenant share data keys. */
  readonly records: number;
  /** Those of them that were written after the schedule had taken over: during rotation and retirement. */
  readonly writtenDuringRotation: number;
  /** Records that the re-encryption passes wrote back under the new generation. */
  readonly reEncrypted: number;
  /** Records that were under the new generation before a re-encryption pass read them. */
  readonly alreadyCurrent: number;
  /**
   * How often the application changed a record between the worker's read and write. The write of the
   * application was kept.
   */
  readonly writeConflicts: number;
  readonly quarantined: number;
  /** Records that are missing, are not under the new generation, or decrypt to another document than was written. */
  readonly lost: number;
  /** Answered ReEncrypt calls of the re-encryption passes, for each record written back. */
  readonly reEncryptCallsPerRecord: number;
  /** Answered ReEncrypt calls of the census behind the certificate, for each record: it ignores recorded key ids. */
  readonly censusCallsPerRecord: number;
  /** Records that this census found under the old generation. */
  readonly underOldGeneration: number;
  /** Calls of all callers that the local KMS throttled. */
  readonly throttled: number;
  /** Decrypt calls of the worker in the audit log of the local KMS. */
  readonly workerDecryptCalls: number;
  readonly oldGenerationState: KeyState;
  readonly newGenerationState: KeyState;
  /** UpdateAlias calls that took effect, from the audit log of the local KMS. */
  readonly aliasMoves: number;
  /** Re-encryption passes. */
  readonly passes: number;
  /** The certificate of the old generation. */
  readonly certificate: Certificate;
  /** States of both machines that were executed. */
  readonly executedStates: { readonly rotation: readonly string[]; readonly retirement: readonly string[] };
  /** The calls that policies refused in the whole run, in all services: action and caller, each once. */
  readonly refusedCalls: readonly { readonly call: string; readonly expected: boolean }[];
  /** Patterns of calls that policies must refuse, and that were not refused. */
  readonly missingRefusals: readonly string[];
  /** Real time. */
  readonly seconds: number;
  /** Time on the virtual clock until the old generation is pending deletion, with all waits. */
  readonly virtualDays: number;
}

/**
 * Whether no record is lost, quarantined or under the old generation, the worker decrypted nothing, the old key is
 * pending deletion, and policies refused the intended calls only.
 */
export function succeeded(result: DemoResult): boolean {
  return result.lost === 0 && result.quarantined === 0 && result.underOldGeneration === 0 && result.workerDecryptCalls === 0
    && result.oldGenerationState === 'PendingDeletion'
    && result.refusedCalls.every(({ expected }) => expected) && result.missingRefusals.length === 0;
}
