import { Presets, SingleBar } from 'cli-progress';

/** How a person follows long work. */
export interface Progress {
  /** Something begins that takes a moment and cannot be counted. */
  say(line: string): void;
  /** Something begins that can be counted. */
  count(label: string, total: number): Counter;
}

export interface Counter {
  advance(): void;
  end(): void;
}

/** Nobody watches. */
export const NO_PROGRESS: Progress = { say: () => undefined, count: () => ({ advance: () => undefined, end: () => undefined }) };

/** A bar with the time left on a terminal, plain lines anywhere else. Standard output stays free for results. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  const say = (line: string) => void stream.write(`  ${line}\n`);
  return { say, count: (label, total) => (stream.isTTY ? drawBar(stream, label, total) : printLines(say, label, total)) };
}

function drawBar(stream: NodeJS.WriteStream, label: string, total: number): Counter {
  const bar = new SingleBar({
    stream,
    format: `  ${label.padEnd(24)} {bar} {percentage} %  {value}/{total}  {eta_formatted} left`,
    hideCursor: true,
    // Writers may add records while a pass runs: the bar then stays at its end instead of beginning anew.
    stopOnComplete: false,
    etaBuffer: 200,
    fps: 12,
  }, Presets.shades_classic);
  bar.start(total, 0);
  return { advance: () => bar.increment(), end: () => bar.stop() };
}

/** A line for each fifth of the work, and one at the end. */
function printLines(say: (line: string) => void, label: string, total: number): Counter {
  const startedAt = Date.now();
  const every = Math.max(1, Math.ceil(total / 5));
  let done = 0;
  return {
    advance: () => {
      done += 1;
      if (done % every !== 0 || done >= total) return;
      const left = Math.round(((Date.now() - startedAt) / done) * (total - done) / 1000);
      say(`${label}: ${done} of ${total}, about ${left} s left`);
    },
    end: () => say(`${label}: ${done} done`),
  };
}
