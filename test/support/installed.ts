import { execFileSync } from 'node:child_process';

/**
 * A test that needs a program of this machine. Where it is missing the test is left out and says so in its name;
 * where everything is proven (CI) nothing may be left out.
 */
export function testWith(program: string, probe: readonly string[]): (name: string, run: () => Promise<void>) => void {
  const present = isInstalled(program, probe) || process.env.CI !== undefined;
  return (name, run) => (present ? test : test.skip)(present ? name : `${name} (left out: \`${program} ${probe.join(' ')}\` fails here)`, run);
}

function isInstalled(program: string, probe: readonly string[]): boolean {
  try {
    execFileSync(program, probe, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
