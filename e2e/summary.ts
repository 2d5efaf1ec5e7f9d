import type { StoriesResult } from './run-stories';
import { stepLine } from './story/story';

/** The result as a person likes to read it: all steps, why the failed ones did not hold, and what it comes to. */
export function summarize({ ok, orders, lost, steps }: StoriesResult): string {
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  const failures = steps.flatMap(({ story, step, failure }) => failure === undefined ? [] : [`\n${story}: ${step}\n${failure}`]);
  return [
    '',
    ...steps.map(stepLine),
    ...failures,
    '',
    `${steps.length - failures.length} of ${steps.length} steps held, ${orders} orders written, ${lost} lost, ${seconds.toFixed(0)} s${ok ? '' : '. NOT as it should be.'}`,
    '',
  ].join('\n');
}
