import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withOperations } from './operations-page';
import { readRecordedCalls } from './recorded-calls';

const ROOT = resolve(__dirname, '../../../..');
const PAGE = join(ROOT, 'docs', 'local-kms.md');

/**
 * `npm run -s local-kms-page`, after the tests: writes the table of operations. With `--check` it only reports whether
 * the table is current.
 */
function main(): void {
  const recorded = new Map([...readRecordedCalls()].filter(([file]) => existsSync(join(ROOT, 'test/local/kms', file))));
  const present = readFileSync(PAGE, 'utf8');
  const page = withOperations(present, recorded);
  if (page === present) {
    process.stdout.write('docs/local-kms.md is current\n');
  } else if (process.argv.includes('--check')) {
    process.stderr.write(
      'docs/local-kms.md does not match the calls of the tests: run npm run -s local-kms-page after npm test, and commit it\n',
    );
    process.exitCode = 1;
  } else {
    writeFileSync(PAGE, page);
    process.stdout.write('docs/local-kms.md is written\n');
  }
}

main();
