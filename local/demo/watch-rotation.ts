import type { Counter, Progress } from './progress';
import type { ProgressPort } from '../../lambda/ports';
import type { RotationWatcher } from '../engine/rotation-engine';

/** Shows a rotation: a line for each step, and a count for the two that go through the records. */
export function watchRotation(progress: Progress, expectedRecords: () => number): RotationWatcher & ProgressPort & { end(): void } {
  let counter: Counter | undefined;
  const end = () => {
    counter?.end();
    counter = undefined;
  };
  return {
    stepStarted: (step, detail) => {
      end();
      const label = detail === undefined ? step : `${step}, ${detail}`;
      if (step === 're-encrypt' || step === 'census') counter = progress.count(label, expectedRecords());
      else progress.say(label);
    },
    recordDone: () => counter?.advance(),
    end,
  };
}
