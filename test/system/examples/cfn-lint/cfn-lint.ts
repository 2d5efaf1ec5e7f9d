import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What the templates of examples are checked by: it knows the resource types of CloudFormation and what their properties may be. */
const PACKAGE = 'cfn-lint>=1.40,<2';

/**
 * W3005 is about a resource that waits for another one twice: by a reference and by DependsOn. The CDK says it twice for each role of a
 * function and of a state machine, whoever declares them.
 */
const IGNORED = ['W3005'];

/** Why nothing could be checked, which is neither good nor bad news about a template. */
export class CannotCheck extends Error {}

/** Installs cfn-lint in a folder of its own, unless it is there, and returns the program. */
export function installCfnLint(folder: string, python: string): string {
  const program = join(folder, 'bin', 'cfn-lint');
  if (existsSync(program)) return program;
  try {
    execFileSync(python, ['-m', 'venv', folder], { stdio: 'pipe' });
    execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', PACKAGE], { stdio: 'pipe' });
  } catch (error) {
    const reason = (error as Error).message.trim();
    throw new CannotCheck(`cfn-lint could not be installed, got ${reason}; it needs Python 3 with venv, and PyPI; put ${python} on the PATH`);
  }
  return program;
}

/** What cfn-lint says about templates, a line each; empty when they are fine. */
export function lint(program: string, templates: readonly string[]): string[] {
  const { status, stdout, stderr, error } = spawnSync(program, ['--format', 'parseable', '--ignore-checks', ...IGNORED, '--', ...templates], { encoding: 'utf8' });
  const findings = stdout?.split('\n').filter((line) => line !== '') ?? [];
  // A status without a finding is a cfn-lint that has not run.
  if (error !== undefined || status === null || (status !== 0 && findings.length === 0)) throw new CannotCheck(`cfn-lint did not run: ${error?.message ?? stderr}`);
  return findings;
}
