import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The time that the local KMS, all Lambda functions and the answers of the emulator go by: that of the machine, and as far ahead as a file says. */
export class SharedClock {
  public constructor(public readonly file: string) {
    writeFileSync(file, '0');
  }

  /** What a process of Node has to find in its environment to live by this time. */
  public get environment(): NodeJS.ProcessEnv {
    return { SHARED_CLOCK_FILE: this.file, NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'preload-shared-clock.js'))}` };
  }

  public now(): Date {
    return new Date(Date.now() + this.millisecondsAhead());
  }

  /** Lets days pass. While a state machine waits it writes the file, too: better let them pass when none does. */
  public advanceDays(days: number): void {
    writeFileSync(`${this.file}.next`, String(this.millisecondsAhead() + days * 86_400_000));
    renameSync(`${this.file}.next`, this.file);
  }

  private millisecondsAhead(): number {
    return Number(readFileSync(this.file, 'utf8'));
  }
}
