import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const FOLDER = resolve(__dirname, '../../../../build/local-kms-calls');

/** How calls of one test file ended: for each operation `answered`, or the names of errors. */
export type RecordedCalls = { readonly [operation: string]: readonly string[] };

/** Notes what the tests of one file make of each operation, for the page that tells what is tested where. */
export class CallRecorder {
  private readonly outcomes = new Map<string, Set<string>>();

  public note({ operation, status }: { readonly operation: string; readonly status: string }): void {
    let outcomes = this.outcomes.get(operation);
    if (outcomes === undefined) this.outcomes.set(operation, outcomes = new Set());
    outcomes.add(status);
  }

  /** Leaves what was noted where `readRecordedCalls` finds it. */
  public save(testPath: string): void {
    mkdirSync(FOLDER, { recursive: true });
    const recorded = Object.fromEntries([...this.outcomes].sort().map(([operation, outcomes]) => [operation, [...outcomes].sort()]));
    writeFileSync(join(FOLDER, `${basename(testPath)}.json`), JSON.stringify(recorded));
  }
}

/** What was noted when the tests ran last, by the name of the test file. */
export function readRecordedCalls(): ReadonlyMap<string, RecordedCalls> {
  const files = readdirSync(FOLDER).sort();
  return new Map(files.map((file) => [basename(file, '.json'), JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as RecordedCalls]));
}
