import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { explain } from './explain';
import { explanationLines } from './explanation-lines';
import { parseTemplate } from './template';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';

/** The stream that the command prints to. A terminal reports its width. */
export interface Output {
  readonly columns?: number;
  write(text: string): unknown;
}

/** Width of the tables in a file or a pipe, which reports no width. */
const DEFAULT_WIDTH = 140;

const EXAMPLES = `
Synthesize the app, then read what will be deployed:
  $ npx cdk synth --quiet
  $ npx cdk-kms-lifecycle explain cdk.out/Orders.template.json
  $ npx cdk-kms-lifecycle explain cdk.out/Orders.template.json --key OrdersKey4AEFADD0

The table has one row for each principal of each statement: of the key policy, and of the identity policies in the
same template that apply to the key.
A row "IAM policies of account X decide" grants no access by itself. It allows identity policies to take effect,
including those of other stacks.
An explicit Deny overrides every Allow. KMS grants and policies outside the template are not listed.

For scripts, print one JSON object:
  $ npx cdk-kms-lifecycle explain cdk.out/Orders.template.json --json > access.json
  $ jq -r '.keys[].access[] | [.principal, .effect, .operations[]] | @tsv' access.json
`;

/** `explain <template.json>`: lists the access of every principal to the KMS keys of a synthesized template. */
export function explainCommand(output: Output): Command {
  return new Command('explain')
    .description('Lists the principals that may use or manage each KMS key of a synthesized CloudFormation template, with conditions.')
    .argument('<template.json>', 'a template that cdk synth has written to cdk.out')
    .option('--key <logicalId>', 'only the key with this logical id')
    .option('--json', 'print one JSON object instead of tables')
    .addHelpText('after', EXAMPLES)
    .action((file: string, { key, json }: { readonly key?: string; readonly json?: true }) => {
      const explanation = explain(file, parseTemplate(file, read(file)), key);
      const lines = json === true ? [JSON.stringify(explanation)] : explanationLines(explanation, output.columns ?? DEFAULT_WIDTH);
      output.write(`${lines.join('\n')}\n`);
    });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: file,
      what: `template cannot be read (${(error as NodeJS.ErrnoException).code})`,
      remedy: 'name a *.template.json that cdk synth has written to cdk.out',
    }, error);
  }
}
