import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FamilyMetric } from '../src/contract/family-metrics';
import { GENERATION_PHASES, GenerationTag } from '../src/contract/generation-tags';

const page = readFileSync(join(resolve(__dirname, '..'), 'docs', 'rotating-key.md'), 'utf8');

/** The first column of a table, without its head. */
function firstColumn(heading: string): string[] {
  const section = page.split(/^##+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name as string);
}

test('the page on rotating keys tells every tag, in the order of the contract, and no other', () => {
  expect(firstColumn('Tags')).toEqual(Object.values(GenerationTag));
});

test('it tells every phase', () => {
  expect(firstColumn('Phases')).toEqual([...GENERATION_PHASES]);
});

test('it tells every metric', () => {
  expect(firstColumn('Metrics').sort()).toEqual(Object.values(FamilyMetric).sort());
});
