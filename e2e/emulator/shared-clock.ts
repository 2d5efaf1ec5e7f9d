import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Clock of the local KMS, of all Lambda functions and of the emulator's responses.
 *
 * It is the clock of the machine plus the number of milliseconds in a file.
 */
export class SharedClock {
  public constructor(public readonly file: string) {
    writeFileSync(file, '0');
  }

  /** Environment variables with which a Node.js process uses this clock. */
  public get environment(): NodeJS.ProcessEnv {
    return { SHARED_CLOCK_FILE: this.file, NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'preload-shared-clock.js'))}` };
  }

  public now(): Date {
    return new Date(Date.now() + this.millisecondsAhead());
  }

  /** Advances the clock. Do not call it while a state machine runs: its waits write the same file. */
  public advanceDays(days: number): void {
    writeFileSync(`${this.file}.next`, String(this.millisecondsAhead() + days * 86_400_000));
    renameSync(`${this.file}.next`, this.file);
  }

  private millisecondsAhead(): number {
    return Number(readFileSync(this.file, 'utf8'));
  }
}
