import { createHash } from 'node:crypto';

const RANDOM_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const MILLISECONDS_A_DAY = 24 * 3_600_000;

/** What happened in a life, line by line. Random ids are left out, so that the same life always has the same trace. */
export class Trace {
  public readonly lines: string[] = [];

  public constructor(private readonly start: number, private readonly now: () => number) {}

  /** Days since the start of the life. */
  public get day(): number {
    return (this.now() - this.start) / MILLISECONDS_A_DAY;
  }

  public add(text: string): void {
    const time = new Date(this.now()).toISOString().slice(11, 16);
    this.lines.push(`${String(Math.floor(this.day)).padStart(4)} ${time}  ${withoutIds(text)}`);
  }

  public get hash(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex').slice(0, 16);
  }
}

/** A text without key ids and request ids, which are random. */
export function withoutIds(text: string): string {
  return text.replace(RANDOM_ID, '<id>');
}
