import { Presets, SingleBar } from 'cli-progress';

/** Reports the progress of long work. */
export interface Progress {
  /** Reports that a step begins whose work cannot be counted. */
  step(text: string): void;
  /** Reports that a step begins whose work can be counted. */
  count(text: string, total: number): Counter;
}

export interface Counter {
  advance(): void;
  end(): void;
}

/** Reports nothing. */
export const NO_PROGRESS: Progress = { step: () => undefined, count: () => ({ advance: () => undefined, end: () => undefined }) };

/**
 * Progress on standard error, so that standard output holds only the result: on a terminal a bar with the remaining
 * time, otherwise lines.
 */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  const step = (text: string) => void stream.write(`  ${text}\n`);
  return { step, count: (text, total) => (stream.isTTY ? drawBar(stream, text, total) : printLines(step, text, total)) };
}

function drawBar(stream: NodeJS.WriteStream, text: string, total: number): Counter {
  const bar = new SingleBar({
    stream,
    format: `  ${text.padEnd(24)} {bar} {percentage} %  {value}/{total}  {eta_formatted} left`,
    hideCursor: true,
    // Applications can add records while a pass runs: the bar then stays full instead of beginning again.
    stopOnComplete: false,
    etaBuffer: 200,
    fps: 12,
  }, Presets.shades_classic);
  bar.start(total, 0);
  return { advance: () => bar.increment(), end: () => bar.stop() };
}

/** Prints a line for each fifth of the work, and one at the end. */
function printLines(print: (line: string) => void, text: string, total: number): Counter {
  const startedAt = Date.now();
  const every = Math.max(1, Math.ceil(total / 5));
  let done = 0;
  return {
    advance: () => {
      done += 1;
      if (done % every !== 0 || done >= total) return;
      const left = Math.round(((Date.now() - startedAt) / done) * (total - done) / 1000);
      print(`${text}: ${done} of ${total}, about ${left} s left`);
    },
    end: () => print(`${text}: ${done} done`),
  };
}
