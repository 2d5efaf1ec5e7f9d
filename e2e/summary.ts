import { stepLine } from './harness/scenario';
import type { EndToEndResult } from './run-scenarios';

/** The result as text for a terminal: all steps, the errors of those that failed, and totals. */
export function summarize({ ok, orders, lost, steps }: EndToEndResult): string {
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  const failures = steps.flatMap(({ scenario, step, failure }) => failure === undefined ? [] : [`\n${scenario}: ${step}\n${failure}`]);
  const succeeded = steps.length - failures.length;
  const counts = `${succeeded} of ${steps.length} steps succeeded in ${seconds.toFixed(0)} s, ${orders} orders written, ${lost} lost`;
  return [
    '',
    ...steps.map(stepLine),
    ...failures,
    '',
    `${ok ? 'OK' : 'FAILED'}: ${counts}`,
    '',
  ].join('\n');
}
