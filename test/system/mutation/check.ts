/**
 * Removes each safety measure in a copy of the project, and fails unless a test notices.
 *
 * Exit status 0 only if every mutant was caught. Run with `npm run -s mutation-check`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MUTANTS, type Mutant } from './mutants';

const ROOT = resolve(__dirname, '..', '..', '..');
const COPIED = ['src', 'lambda', 'local', 'examples', 'docs', 'test', 'package.json', 'tsconfig.json'];
const LINKED = ['node_modules', 'assets'];

const copy = mkdtempSync(join(tmpdir(), 'mutation-check-'));
try {
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  for (const name of LINKED) symlinkSync(join(ROOT, name), join(copy, name));
  const survivors = MUTANTS.filter((mutant) => !isCaught(mutant));
  console.log(`${MUTANTS.length} mutants, ${MUTANTS.length - survivors.length} caught, ${survivors.length} survived`);
  process.exitCode = survivors.length === 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true });
}

function isCaught({ without, file, find, replace, tests }: Mutant): boolean {
  const path = join(copy, file);
  const original = readFileSync(path, 'utf8');
  if (original.split(find).length !== 2) throw new Error(`${file}: mutant "without ${without}" needs this text exactly once: ${find}`);
  writeFileSync(path, original.replace(find, () => replace));
  try {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join('node_modules', 'jest', 'bin', 'jest.js'), tests, '--silent', '--reporters=default'],
      {
        cwd: copy,
        encoding: 'utf8',
      },
    );
    const failed = /^Tests: +(\d+) failed/m.exec(stderr);
    // A suite that does not start proves nothing.
    if (failed === null && status !== 0) throw new Error(`tests ${tests} did not run: ${stderr.slice(0, 2000)}`);
    const caught = status !== 0;
    console.log(`${caught ? 'caught  ' : 'SURVIVED'}  without ${without}${failed === null ? '' : ` (${failed[1]} tests failed)`}`);
    return caught;
  } finally {
    writeFileSync(path, original);
  }
}
