import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MUTANTS } from './mutants';
import { SIMULATED_MUTANTS } from './simulated-mutants';

const ROOT = resolve(__dirname, '..', '..', '..');

/** The check itself takes minutes and is a command of its own. A text that no longer occurs is found here at once. */
test.each(MUTANTS.map(({ without, file, find }) => ({ without, file, find })))('$file contains $without, once', ({ file, find }) => {
  const source = readFileSync(resolve(ROOT, file), 'utf8');
  expect(source.split(find)).toHaveLength(2);
});

test.each(SIMULATED_MUTANTS)('the simulation and docs/promises.md know a life without $without', ({ without, life, law }) => {
  expect(MUTANTS.map((mutant) => mutant.without)).toContain(without);
  expect(readFileSync(resolve(ROOT, 'docs', 'promises.md'), 'utf8')).toContain(`| ${without} | \`${law}\` |`);
  // The seeds that CI lives.
  if (typeof life === 'number') expect(life).toBeLessThan(200);
  else expect(existsSync(resolve(ROOT, 'simulation', 'corpus', `${life}.json`))).toBe(true);
});
