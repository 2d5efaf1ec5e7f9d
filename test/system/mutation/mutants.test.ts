import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MUTANTS } from './mutants';

/** The check itself takes minutes and is a command of its own. A text that no longer occurs is found here at once. */
test.each(MUTANTS.map(({ without, file, find }) => ({ without, file, find })))('$file contains $without, once', ({ file, find }) => {
  const source = readFileSync(resolve(__dirname, '..', '..', '..', file), 'utf8');
  expect(source.split(find)).toHaveLength(2);
});
