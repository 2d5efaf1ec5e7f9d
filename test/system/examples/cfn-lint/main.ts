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
 * Exit status 0 without findings, 1 with findings, and 2 when nothing could be checked.
 */
function main(): void {
  const directory = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
  try {
    const program = installCfnLint(FOLDER, process.env.PYTHON ?? 'python3');
    // Proves that the check can fail: this template has an invalid key spec and refers to a missing resource.
    const foundInBroken = lint(program, [BROKEN]).join('\n');
    if (!['E3030', 'E1010'].every((rule) => foundInBroken.includes(rule))) {
      throw new CannotCheck(`cfn-lint accepted a broken template: ${foundInBroken}`);
    }

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
