import { succeeded, type DemoResult } from './demo-result';

/** The result as a person likes to read it. */
export function summarize(result: DemoResult): string {
  const intact = result.records - result.lost;
  const lines = [
    '',
    '  alias/orders    generation 0  ───────────►  generation 1',
    `                  ${result.oldGenerationState.padEnd(12)}                ${result.newGenerationState}, and current`,
    '',
    row(intact, `of ${number(result.records)} data keys decrypt under generation 1, and every document of theirs opens`),
    row(result.writtenDuringRotation, 'of them were written while the rotation ran'),
    row(result.reEncrypted, `re-encrypted in ${plural(result.passes, 'pass', 'passes')}, ${result.reEncryptCallsPerRecord.toFixed(2)} answered calls to KMS each`),
    row(result.alreadyCurrent, 'found under generation 1 already'),
    row(result.changedMeanwhile, 'changed by the application between read and write; its write won'),
    row(result.quarantined, 'set aside because nobody could re-encrypt them'),
    row(result.underOldGeneration, 'left under generation 0, by a census that put every blob to KMS'),
    row(result.workerDecryptCalls, 'calls of kms:Decrypt by the worker: no plaintext data key left KMS for the rotation'),
    row(result.throttled, 'calls throttled, and repeated'),
    row(result.lost, 'lost'),
    '',
    `  ${result.seconds.toFixed(1)} seconds here, ${duration(result.virtualSeconds)} on the virtual clock.`,
    succeeded(result) ? '  The old key is disabled, not deleted: EnableKey brings it back at any time.' : '  NOT as it should be: see the counts above.',
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

function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
