import { declaredErrors } from './declared-errors';
import type { RecordedCalls } from './recorded-calls';
import { OPERATIONS } from '../../../../local/kms/operations/operations-table';
import { OPERATION_NAMES } from '../../../../local/kms/protocol/operation-names';
import { STATE_CELLS, STATES } from '../state-cells';

const BEGIN = '<!-- operations: written by `npm run -s local-kms-page` from the calls of the tests -->';
const END = '<!-- end of operations -->';
/** Their calls are random, or refused before an operation receives them: they prove other things. */
const NOT_ABOUT_ONE_OPERATION = new Set(['model-based/model.test.ts', 'protocol/malformed-requests.test.ts']);
/** The tests are not part of the npm package, where this page is read, too. */
const TESTS = 'https://github.com/cdk-kms-lifecycle/cdk-kms-lifecycle/blob/main/test/local/kms';
const STATES_TEST = 'model/states.test.ts';

/** The page with its current table of operations. */
export function withOperations(page: string, recorded: ReadonlyMap<string, RecordedCalls>): string {
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error(`the page must have the lines "${BEGIN}" and "${END}"`);
  return `${before}${BEGIN}\n${operationsTable(recorded)}${END}${after}`;
}

function operationsTable(recorded: ReadonlyMap<string, RecordedCalls>): string {
  const rows = OPERATION_NAMES.map((name) => (name in OPERATIONS ? rowOf(name, recorded) : `| ${name} | no | | | | |`));
  return ['| operation | supported | answers | states tested | errors, and the test of each | declared by AWS, not tested here |',
    '|---|---|---|---|---|---|', ...rows, ''].join('\n');
}

function rowOf(name: string, recorded: ReadonlyMap<string, RecordedCalls>): string {
  const considered = [...recorded].filter(([file]) => !NOT_ABOUT_ONE_OPERATION.has(file));
  const firstTestOf = (outcome: string) => considered.find(([, calls]) => calls[name]?.includes(outcome))?.[0];
  const answered = firstTestOf('answered');
  const dryRun = firstTestOf('DryRunOperationException');
  if (answered === undefined) {
    throw new Error(`${name} is supported, but no test has an answer from it: run all tests of test/local/kms first`);
  }
  const outcomes = new Set(considered.flatMap(([, calls]) => calls[name] ?? []));
  const errors = [...outcomes].filter((outcome) => /Exception$/.test(outcome)).sort();
  const untried = declaredErrors(name).filter((error) => !outcomes.has(error));
  const cells = [
    name,
    dryRun === undefined ? 'yes' : 'yes, with DryRun',
    link('yes', answered),
    statesOf(name),
    errors.map((error) => link(shortName(error), firstTestOf(error) ?? '')).join(', '),
    untried.map(shortName).join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

function statesOf(name: string): string {
  const cells = STATE_CELLS[name];
  if (cells === undefined) return 'no key involved';
  const tried = STATES.filter((_, column) => cells[column] !== 'unreachable').length;
  return link(`${tried} of ${STATES.length}`, STATES_TEST);
}

function link(words: string, file: string): string {
  return `[${words}](${TESTS}/${file})`;
}

function shortName(error: string): string {
  return error.replace(/Exception$/, '');
}
