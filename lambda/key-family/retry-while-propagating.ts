import { PropagationRetry } from '../key-material/propagation-retry';
import type { Clock } from '../ports';

/** Takes a step again until what has only just been made or allowed is seen by KMS. The step must bear being repeated. */
export async function retryWhilePropagating<T>(where: string, clock: Clock, step: () => Promise<T>): Promise<T> {
  const patience = new PropagationRetry(where, clock);
  for (;;) {
    const outcome = await patience.during(async () => ({ of: await step() }));
    if (outcome !== 'wait') return outcome.of;
    await patience.wait();
  }
}
