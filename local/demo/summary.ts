import { succeeded, type DemoResult } from './demo-result';

/** The result as a person likes to read it. */
export function summarize(result: DemoResult): string {
  const intact = result.records - result.lost;
  const lines = [
    '',
    '  alias/orders    generation 1  ───────────►  generation 2',
    `                  ${result.oldGenerationState.padEnd(15)}             ${result.newGenerationState}, and current`,
    '',
    row(intact, `of ${number(result.records)} data keys decrypt under generation 2, and every document of theirs opens`),
    row(result.writtenDuringRotation, 'of them were written while generation 1 was replaced and retired'),
    row(result.reEncrypted, `re-encrypted in ${plural(result.passes, 'pass', 'passes')}, ${result.reEncryptCallsPerRecord.toFixed(2)} answered calls to KMS each`),
    row(result.alreadyCurrent, 'found under generation 2 already'),
    row(result.writeConflicts, 'changed by the application between read and write; its write won'),
    row(result.quarantined, 'set aside because nobody could re-encrypt them'),
    row(result.underOldGeneration, 'left under generation 1, by the census behind the certificate, which put every blob to KMS'),
    row(result.workerDecryptCalls, 'calls of kms:Decrypt by the worker: no plaintext data key left KMS for the rotation'),
    row(result.throttled, 'calls throttled, and repeated'),
    row(result.lost, 'lost'),
    '',
    `  certificate ${result.certificate.hash.slice(0, 16)}, census of ${result.certificate.census.startedAt.slice(0, 10)}, in the evidence bucket`,
    `  ${result.crossedStates.rotation.length} states of the rotation and ${result.crossedStates.retirement.length} of the retirement machine were executed`,
    `  ${result.seconds.toFixed(1)} seconds here, ${result.virtualDays} days on the virtual clock.`,
    succeeded(result) ? '  The old key waits for its deletion. Until that day, CancelKeyDeletion and EnableKey bring it back.' : '  NOT as it should be: see the counts above.',
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
