import { succeeded, type DemoResult } from './demo-result';

/** The result as text. */
export function summarize(result: DemoResult): string {
  const intact = result.records - result.lost;
  const { rotation, retirement } = result.executedStates;
  const { hash, census } = result.certificate;
  const reEncryptCalls = result.reEncryptCallsPerRecord.toFixed(2);
  const lines = [
    '',
    '  alias/orders    generation 1  ───────────►  generation 2',
    `                  ${result.oldGenerationState.padEnd(15)}             ${result.newGenerationState}, current`,
    '',
    row(intact, `of ${number(result.records)} records decrypt under generation 2 to the document that was written`),
    row(result.writtenDuringRotation, 'of them were written while generation 1 was rotated and retired'),
    row(
      result.reEncrypted,
      `re-encrypted in ${plural(result.passes, 'pass', 'passes')}, with ${reEncryptCalls} answered ReEncrypt calls for each record`,
    ),
    row(result.alreadyCurrent, 'already under generation 2 when a pass read them'),
    row(result.writeConflicts, 'changed by the application between read and write of the worker; the write of the application was kept'),
    row(result.quarantined, 'quarantined, because they could not be re-encrypted'),
    row(result.underOldGeneration, 'left under generation 1 in the census behind the certificate, which sends every data key to KMS'),
    row(result.workerDecryptCalls, 'Decrypt calls by the worker: the rotation sees no plaintext data key'),
    row(result.throttled, 'calls throttled by KMS, and retried'),
    row(result.lost, 'lost: missing, not under generation 2, or different from what was written'),
    '',
    '  The stack was rolled back at its first deployment, deployed again, destroyed and deployed again, and destroyed and adopted by',
    '  another stack, all with new roles. Calls that policies refused in the whole run:',
    ...result.refusedCalls.map(({ call, expected }) => `    ${expected ? 'expected  ' : 'UNEXPECTED'}  ${call}`),
    ...result.missingRefusals.map((pattern) => `    MISSING     ${pattern}`),
    '',
    `  certificate ${hash.slice(0, 16)}, census of ${census.startedAt.slice(0, 10)}, in the evidence bucket`,
    `  ${rotation.length} states of the rotation machine and ${retirement.length} of the retirement machine were executed`,
    `  ${result.seconds.toFixed(1)} seconds of real time, ${result.virtualDays} days on the virtual clock`,
    succeeded(result)
      ? '  The KMS key of generation 1 is pending deletion. Until its deletion date, CancelKeyDeletion and EnableKey make it usable again.'
      : '  FAILED: see the counts above.',
    '',
  ];
  return lines.join('\n');
}

function row(count: number, words: string): string {
  return `  ${number(count).padStart(9)}  ${words}`;
}

function number(count: number): string {
  return count.toLocaleString('en-US');
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
