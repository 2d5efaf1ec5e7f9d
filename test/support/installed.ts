import { execFileSync } from 'node:child_process';

/**
 * A test that needs a program of this machine. Without the program the test is skipped, and its name says so.
 * In CI no test is skipped.
 */
export function testWith(program: string, probe: readonly string[]): (name: string, run: () => Promise<void>) => void {
  const present = isInstalled(program, probe) || process.env.CI !== undefined;
  return (name, run) =>
    (present ? test : test.skip)(present ? name : `${name} (skipped: \`${program} ${probe.join(' ')}\` fails here)`, run);
}

function isInstalled(program: string, probe: readonly string[]): boolean {
  try {
    execFileSync(program, probe, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
