import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CannotCheck, installCfnLint, lint } from './cfn-lint';
import { EXAMPLES, synthesizeExample } from '../../../support/examples';

const FOLDER = resolve(__dirname, '../../../../build/cfn-lint');
const BROKEN = join(__dirname, 'broken.template.json');

/**
 * `npm run -s cfn-lint`: checks every template of every example.
 *
 * Ends with 0 when all are fine, with 1 when one is not, and with 2 when nothing could be checked.
 */
function main(): void {
  const directory = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
  try {
    const program = installCfnLint(FOLDER, process.env.PYTHON ?? 'python3');
    // A check that cannot fail is none: this template has a key spec that there is not, and refers to a resource that is not there.
    const foundInBroken = lint(program, [BROKEN]).join('\n');
    if (!['E3030', 'E1010'].every((rule) => foundInBroken.includes(rule))) throw new CannotCheck(`cfn-lint let a broken template pass: ${foundInBroken}`);

    const templates = EXAMPLES.flatMap((example) => synthesizedTemplates(example, join(directory, example)));
    const findings = lint(program, templates);
    for (const finding of findings) process.stderr.write(`${finding}\n`);
    if (findings.length > 0) process.exitCode = 1;
    else process.stdout.write(`cfn-lint finds nothing in the ${templates.length} templates of ${EXAMPLES.join(', ')}\n`);
  } catch (error) {
    if (!(error instanceof CannotCheck)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function synthesizedTemplates(example: string, directory: string): string[] {
  synthesizeExample(example, directory);
  const templates = readdirSync(directory).filter((file) => file.endsWith('.template.json'));
  if (templates.length === 0) throw new CannotCheck(`examples/${example} has left no template`);
  return templates.map((file) => join(directory, file));
}

main();
