import { PropagationRetry } from '../key-material/propagation-retry';
import type { Clock } from '../ports/clock';

/** Repeats a step until a new key or permission has propagated in KMS. The step must be safe to repeat. */
export async function retryWhilePropagating<T>(where: string, clock: Clock, step: () => Promise<T>): Promise<T> {
  const retry = new PropagationRetry(where, clock);
  for (;;) {
    const outcome = await retry.during(async () => ({ of: await step() }));
    if (outcome !== 'wait') return outcome.of;
    await retry.wait();
  }
}
