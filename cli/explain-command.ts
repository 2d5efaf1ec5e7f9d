import { Command, Option } from 'commander';
import { compare } from './compare/compare';
import { explain } from './explain/explain';
import type { NamedTemplate } from './explain/template';
import { readTemplates } from './input/read-templates';
import { briefList } from './output/brief-list';
import { comparisonLines } from './output/comparison-lines';
import { explanationLines } from './output/explanation-lines';
import { ErrorName } from '../src/contract/error-names';
import { Failure } from '../src/contract/failure';
import { ROTATING_KEY_RESOURCE_TYPE } from '../src/contract/family/rotating-key-resource';

/** The stream that the command prints to. A terminal reports its width. */
export interface Output {
  readonly columns?: number;
  write(text: string): unknown;
}

/** The exit status of the process. An error sets 1. */
export interface ExitStatus {
  exitCode?: number | string | null;
}

/** Width of the tables in a file or a pipe: it fits a line of a build log and of a review. */
const WIDTH_WITHOUT_TERMINAL = 160;

/** Exit status if `--fail-on` found what it names. */
export const FOUND = 2;

const EXAMPLES = `
Synthesize the app, then read what will be deployed:
  $ npx cdk synth --quiet
  $ npx cdk-kms-lifecycle explain cdk.out/Orders.template.json
  $ npx cdk-kms-lifecycle explain cdk.out/Orders.template.json --key OrdersKey4AEFADD0
  $ npx cdk-kms-lifecycle explain cdk.out

The table has one row for each principal of each statement: of the key policy, of the identity policies in the same
template that apply to the key, and of its KmsGrant resources in that template.
A row "IAM policies of account X decide" grants no access by itself. It allows identity policies to take effect,
including those of other stacks.
An explicit Deny overrides every Allow. Grants and policies outside the template are not listed. Of a condition with many
values, the first two, the last and the number are printed; --json lists all.

For scripts, print one JSON object:
  $ npx cdk-kms-lifecycle explain cdk.out/Orders.template.json --json > access.json
  $ jq -r '.keys[].access[] | [.principal, .effect, .operations[]] | @tsv' access.json

Compare two templates, or two directories of cdk synth, in a review:
  $ npx cdk-kms-lifecycle explain --compare old/cdk.out cdk.out
  $ npx cdk-kms-lifecycle explain --compare old/cdk.out cdk.out --fail-on broadening
"more": a statement allows what no statement of the old template allowed, or a Deny was removed. "less": the opposite.
A changed condition that is neither wider nor narrower is listed as both. A new key is more access.
Parameters have their defaults. A change that cannot be decided is listed with its reason, and counts as more access: the
definition of a condition, the trust policy of a role, the members of a group, a managed policy or permissions boundary,
an alias, a policy or grant for a key that is not in its template, a value that a policy imports, tags in conditions.
In a directory, every template is read, also those without a key.

Exit status: 0 success, 1 error, 2 if --fail-on broadening is set and a principal may do more.
`;

interface Options {
  readonly key?: string;
  readonly json?: true;
  readonly compare?: string;
  readonly failOn?: 'broadening';
}

/** `explain <template.json>`: lists the access of every principal to the KMS keys of a synthesized template. */
export function explainCommand(output: Output, status: ExitStatus): Command {
  return new Command('explain')
    .description('Lists the principals that may use or manage each KMS key of a synthesized CloudFormation template, with conditions.')
    .argument('<template.json>', 'a template that cdk synth has written to cdk.out, or the directory cdk.out with all templates')
    .addOption(new Option('--key <logicalId>', 'only the key with this logical id').conflicts('compare'))
    .option('--json', 'print one JSON object instead of tables')
    .option('--compare <old>', 'list what principals may do more and less than in this older template or directory')
    .addOption(new Option('--fail-on <change>', 'with --compare: exit with 2 if a principal may do more').choices(['broadening']))
    .addHelpText('after', EXAMPLES)
    .action((file: string, { key, json, compare: old, failOn }: Options) => {
      const print = (value: object, lines: (width: number) => string[]) =>
        output.write(`${(json === true ? [JSON.stringify(value)] : lines(output.columns ?? WIDTH_WITHOUT_TERMINAL)).join('\n')}\n`);
      if (old === undefined) {
        if (failOn !== undefined) throw withoutCompare();
        const explanation = explain(file, readTemplates(file), { logicalId: key, ...(json === true ? {} : { writeList: briefList }) });
        print(explanation, (width) => explanationLines(explanation, width));
        return;
      }
      const comparison = compare(...pairOf(old, file));
      if (comparison.keys.length === 0) throw nothingToCompare(`${old}, ${file}`);
      print(comparison, (width) => comparisonLines(comparison, width));
      if (failOn === 'broadening' && comparison.broadened) status.exitCode = FOUND;
    });
}

/** Two files are one template each, whatever their names are. */
function pairOf(old: string, file: string): [NamedTemplate[], NamedTemplate[]] {
  const pair = [readTemplates(old), readTemplates(file)] as const;
  const [before, after] = pair.map((templates) => templates.every((template) => template.file !== undefined));
  if (before === after) return [...pair];
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: '--compare',
    what: 'a file and a directory cannot be compared',
    given: `${old} and ${file}`,
    allowed: 'two templates, or two directories',
    remedy: 'name the same of both',
  });
}

function withoutCompare(): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: '--fail-on', what: 'there is nothing to compare with', remedy: 'name the older template or directory with --compare',
  });
}

function nothingToCompare(where: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where,
    what: 'neither has a KMS key',
    allowed: `resources of type AWS::KMS::Key, AWS::KMS::ReplicaKey or ${ROTATING_KEY_RESOURCE_TYPE}`,
    remedy: 'name the templates of the stack that declares the key, or directories that contain them',
  });
}
