import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MUTANTS } from './mutants';

const ROOT = resolve(__dirname, '..', '..', '..');

test.each(MUTANTS)('the measure of the mutant "without $without" occurs exactly once in $file', ({ file, find }) => {
  expect(readFileSync(join(ROOT, file), 'utf8').split(find)).toHaveLength(2);
});
