import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The linter of the example templates. It knows the resource types of CloudFormation and their properties. */
const PACKAGE = 'cfn-lint>=1.40,<2';

/**
 * W3005 reports a resource that depends on another one twice: by a reference and by DependsOn. The CDK writes both for
 * the role of every function and state machine.
 */
const IGNORED = ['W3005'];

/** The reason why nothing could be checked. It is not a finding about a template. */
export class CannotCheck extends Error {}

/** Installs cfn-lint in that folder, unless it is installed, and returns the path of the program. */
export function installCfnLint(folder: string, python: string): string {
  const program = join(folder, 'bin', 'cfn-lint');
  if (existsSync(program)) return program;
  try {
    execFileSync(python, ['-m', 'venv', folder], { stdio: 'pipe' });
    execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', PACKAGE], { stdio: 'pipe' });
  } catch (error) {
    const reason = (error as Error).message.trim();
    throw new CannotCheck(
      `cfn-lint could not be installed, got ${reason}; it needs Python 3 with venv, and PyPI; put ${python} on the PATH`,
    );
  }
  return program;
}

/** The findings of cfn-lint in templates, one line each. */
export function lint(program: string, templates: readonly string[]): string[] {
  const { status, stdout, stderr, error } = spawnSync(
    program,
    ['--format', 'parseable', '--ignore-checks', ...IGNORED, '--', ...templates],
    { encoding: 'utf8' },
  );
  const findings = stdout?.split('\n').filter((line) => line !== '') ?? [];
  // A failure status without a finding means that cfn-lint has not run.
  if (error !== undefined || status === null || (status !== 0 && findings.length === 0)) {
    throw new CannotCheck(`cfn-lint did not run: ${error?.message ?? stderr}`);
  }
  return findings;
}
