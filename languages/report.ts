import type { LanguageResult } from './in-every-language';
import type { Versions } from './programs/versions';
import { describeProblem } from '../src/contract/problem';

/** What `npm run languages` has found. */
export interface LanguagesReport {
  readonly versions: Versions;
  readonly languages: readonly LanguageResult[];
  /** Languages for which the source of the package was generated, and neither built nor used. */
  readonly generatedOnly: readonly string[];
  readonly seconds: number;
}

/** How the command ends. Missing tools are told apart from a fault of the package: who runs the command decides what they mean. */
export enum ExitStatus {
  ALL_EQUAL = 0,
  NOT_EQUAL = 1,
  TOOLS_MISSING = 3,
}

/** How many differences are shown of each language: a reader who has seen so many wants the files. */
const SHOWN_DIFFERENCES = 20;

/** A fault counts more than a tool that is missing. */
export function exitStatus({ languages }: LanguagesReport): ExitStatus {
  const outcomes = languages.map(({ outcome }) => outcome);
  if (outcomes.some((outcome) => outcome === 'different' || outcome === 'failed')) return ExitStatus.NOT_EQUAL;
  return outcomes.includes('tools missing') ? ExitStatus.TOOLS_MISSING : ExitStatus.ALL_EQUAL;
}

/** The report for people. */
export function reportLines({ versions, languages, generatedOnly, seconds }: LanguagesReport): string[] {
  const rows = languages.map((result) => [
    result.language, result.outcome, count(result.resources), count(result.codeAssets), (result.templateHashes ?? []).map(beginningOf).join(' '),
    `${result.seconds.toFixed(0)} s`,
  ]);
  return [
    `One app, with aws-cdk-lib ${versions.cdk} and constructs ${versions.constructs}; templates and assets against those from TypeScript:`,
    '',
    ...table([['language', 'outcome', 'resources', 'assets', 'template', 'time'], ...rows, ...generatedOnly.map((name) => [name, 'generated, not built', '', '', '', ''])]),
    '',
    ...languages.flatMap(remarks),
    `${seconds.toFixed(0)} seconds in all.`,
  ];
}

function remarks({ language, missing = [], differences = [], failure }: LanguageResult): string[] {
  const more = differences.length - SHOWN_DIFFERENCES;
  return [
    ...missing.map((tool) => describeProblem({ where: language, what: `${tool} is missing`, remedy: 'install it; until then nothing is known about this language here' })),
    ...differences.slice(0, SHOWN_DIFFERENCES).map((difference) => `${language}: ${difference}`),
    ...(more > 0 ? [`${language}: and ${more} more`] : []),
    ...(failure === undefined ? [] : [`${language}: ${failure}`]),
  ];
}

/** Enough of a hash to see that two are the same. */
function beginningOf(hash: string): string {
  return hash.slice(0, 12);
}

function count(number: number | undefined): string {
  return number === undefined ? '' : String(number);
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}`);
}
