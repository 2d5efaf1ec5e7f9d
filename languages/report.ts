import type { LanguageResult } from './compare-languages';
import type { Versions } from './programs/versions';
import { describeProblem } from '../src/contract/problem';

/** Result of `npm run languages`. */
export interface LanguagesReport {
  readonly versions: Versions;
  readonly languages: readonly LanguageResult[];
  /** Languages for which the source of the package was generated, but not built or used. */
  readonly generatedOnly: readonly string[];
  readonly seconds: number;
}

/** Exit status of the command. Missing tools are not a fault of the package: the caller decides how to treat them. */
export enum ExitStatus {
  ALL_EQUAL = 0,
  NOT_EQUAL = 1,
  TOOLS_MISSING = 3,
}

/** With more differences than this in one language, the files themselves are easier to read. */
const MAX_DIFFERENCES = 20;

/** A difference or a failed build takes precedence over missing tools. */
export function exitStatus({ languages }: LanguagesReport): ExitStatus {
  const outcomes = languages.map(({ outcome }) => outcome);
  if (outcomes.some((outcome) => outcome === 'different' || outcome === 'failed')) return ExitStatus.NOT_EQUAL;
  return outcomes.includes('tools missing') ? ExitStatus.TOOLS_MISSING : ExitStatus.ALL_EQUAL;
}

/** The report as text for a terminal. */
export function reportLines({ versions, languages, generatedOnly, seconds }: LanguagesReport): string[] {
  const rows = languages.map((result) => [
    result.language, result.outcome, count(result.resources), count(result.codeAssets),
    (result.templateHashes ?? []).map(shortHash).join(' '), `${result.seconds.toFixed(0)} s`,
  ]);
  return [
    `One app, with aws-cdk-lib ${versions.cdk} and constructs ${versions.constructs}; templates and assets compared with TypeScript:`,
    '',
    ...table([
      ['language', 'outcome', 'resources', 'assets', 'template', 'time'],
      ...rows,
      ...generatedOnly.map((name) => [name, 'generated, not built', '', '', '', '']),
    ]),
    '',
    ...languages.flatMap(remarks),
    `${seconds.toFixed(0)} s in total`,
  ];
}

function remarks({ language, missing = [], differences = [], failure }: LanguageResult): string[] {
  const more = differences.length - MAX_DIFFERENCES;
  return [
    ...missing.map((tool) => describeProblem({
      where: language, what: `${tool} is missing`, remedy: 'install it; this language was not tested',
    })),
    ...differences.slice(0, MAX_DIFFERENCES).map((difference) => `${language}: ${difference}`),
    ...(more > 0 ? [`${language}: and ${more} more`] : []),
    ...(failure === undefined ? [] : [`${language}: ${failure}`]),
  ];
}

/** Enough of a hash to compare two by eye. */
function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

function count(number: number | undefined): string {
  return number === undefined ? '' : String(number);
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}`);
}
