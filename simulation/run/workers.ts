import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Outcome } from './live';

/** A life allocates much that it drops at once: a larger young generation is collected less often. */
const MANY_SHORT_LIVED_OBJECTS = ['--max-semi-space-size=64'];

export interface Lives {
  readonly seeds: readonly number[];
  readonly years: number;
  readonly processes: number;
  /** Begins no other life after one that breaks a law. */
  readonly failFast: boolean;
}

/** Lives the lives of many seeds in processes, each of which takes the next seed when it has finished one. */
export async function liveAll(
  { seeds, years, processes, failFast }: Lives, onOutcome: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = [...seeds];
  await Promise.all(Array.from({ length: Math.min(processes, seeds.length) }, async () => {
    // One process for each worker, with the loader of TypeScript that this process has.
    const worker = fork(join(__dirname, 'worker.ts'), { execArgv: [...process.execArgv, ...MANY_SHORT_LIVED_OBJECTS] });
    try {
      for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
        const outcome = await liveOne(worker, seed, years);
        outcomes.push(outcome);
        onOutcome(outcome);
        if (failFast && outcome.broken.length > 0) waiting.length = 0;
      }
    } finally {
      worker.kill();
    }
  }));
  return outcomes.sort((one, other) => one.seed - other.seed);
}

async function liveOne(worker: ChildProcess, seed: number, years: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the process of seed ${seed} ended with status ${code}`));
    worker.once('exit', ended);
    worker.once('message', (outcome: Outcome) => {
      worker.off('exit', ended);
      resolve(outcome);
    });
    worker.send({ seed, years });
  });
}
