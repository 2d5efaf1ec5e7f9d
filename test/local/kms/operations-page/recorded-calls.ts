import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';

const TESTS = resolve(__dirname, '..');
const FOLDER = resolve(__dirname, '../../../../build/local-kms-calls');
/** Replaces `/` in the name of a record: all records are in one folder. */
const SLASH = '--';

/** The results of the calls of one test file: for each operation `answered`, or the names of errors. */
export type RecordedCalls = { readonly [operation: string]: readonly string[] };

/** Records the results of each operation in the tests of one file, for the page that lists what is tested where. */
export class CallRecorder {
  private readonly outcomes = new Map<string, Set<string>>();

  public record({ operation, status }: { readonly operation: string; readonly status: string }): void {
    let outcomes = this.outcomes.get(operation);
    if (outcomes === undefined) this.outcomes.set(operation, outcomes = new Set());
    outcomes.add(status);
  }

  /** Writes the results to the folder of `readRecordedCalls`. */
  public save(testPath: string): void {
    mkdirSync(FOLDER, { recursive: true });
    const recorded = Object.fromEntries([...this.outcomes].sort().map(([operation, outcomes]) => [operation, [...outcomes].sort()]));
    const file = relative(TESTS, testPath);
    // The page lists the tests of the local KMS only; other tests use it, too.
    if (file.startsWith('..')) return;
    writeFileSync(join(FOLDER, `${file.replaceAll('/', SLASH)}.json`), JSON.stringify(recorded));
  }
}

/** Outcomes that the last run of the tests has recorded, by the path of the test file below `test/local/kms`. */
export function readRecordedCalls(): ReadonlyMap<string, RecordedCalls> {
  const files = readdirSync(FOLDER).sort();
  return new Map(
    files.map((file) => [
      basename(file, '.json').replaceAll(SLASH, '/'),
      JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as RecordedCalls,
    ]),
  );
}
