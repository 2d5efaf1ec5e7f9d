import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { explain } from './explain';
import { explanationLines } from './explanation-lines';
import { parseTemplate } from './template';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';

/** Where the command prints, and how wide that is. */
export interface Output {
  readonly columns?: number;
  write(text: string): unknown;
}

/** What a file or a pipe is taken for, which has no width of its own. */
const WIDTH_OF_A_PAGE = 140;

const EXAMPLES = `
Synthesize first; then read what will be deployed:
  $ npx cdk synth --quiet
  $ npx cdk-kms-lifecycle explain cdk.out/Orders.template.json
  $ npx cdk-kms-lifecycle explain cdk.out/Orders.template.json --key OrdersKey4AEFADD0

One row for each principal of each statement: of the key policy, and of the identity policies in the same template that are about the key.
"IAM policies of account X decide" gives nobody anything by itself: it lets identity policies count, also those of other stacks.
Deny wins over Allow. Grants, and policies outside of the template, are not seen here.

For programs, one JSON object:
  $ npx cdk-kms-lifecycle explain cdk.out/Orders.template.json --json | jq -r '.keys[].access[] | [.principal, .effect, .does[]] | @tsv'
`;

/** `explain <template.json>`: who may do what with the keys of a synthesized template. */
export function explainCommand(output: Output): Command {
  return new Command('explain')
    .description('Tells who may do what with each KMS key of a synthesized CloudFormation template, and under which conditions.')
    .argument('<template.json>', 'the template, as cdk synth writes it into cdk.out')
    .option('--key <logicalId>', 'only the key with this logical id')
    .option('--json', 'print one JSON object instead of tables')
    .addHelpText('after', EXAMPLES)
    .action((file: string, { key, json }: { readonly key?: string; readonly json?: true }) => {
      const explanation = explain(file, parseTemplate(file, read(file)), key);
      const lines = json === true ? [JSON.stringify(explanation)] : explanationLines(explanation, output.columns ?? WIDTH_OF_A_PAGE);
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
      remedy: 'name a *.template.json that cdk synth has written into cdk.out',
    }, error);
  }
}
