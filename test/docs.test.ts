import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ErrorName } from '../src/contract/error-names';
import { FamilyMetric } from '../src/contract/family/family-metrics';
import { GENERATION_PHASES, GenerationTag } from '../src/contract/family/generation-tags';
import { StoreMetric } from '../src/contract/family/store-metrics';
import { ServiceUser } from '../src/index';

const read = (name: string) => readFileSync(join(resolve(__dirname, '..'), 'docs', name), 'utf8');

/** The first column of a table, without its header. */
function firstColumn(heading: string, page = read('rotating-key.md')): string[] {
  const section = page.split(/^##+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name as string);
}

test('the page on rotating keys lists every tag in the order of the contract, and no other', () => {
  expect(firstColumn('Tags')).toEqual(Object.values(GenerationTag));
});

test('the page on rotating keys lists every phase', () => {
  expect(firstColumn('Phases')).toEqual([...GENERATION_PHASES]);
});

test('the page on rotating keys lists every metric', () => {
  expect(firstColumn('Metrics').sort()).toEqual(Object.values(FamilyMetric).sort());
});

test('the page on rotating keys lists every count of a store', () => {
  expect(firstColumn('Counts of a store').sort()).toEqual(Object.values(StoreMetric).sort());
});

test('the page on service users lists every factory of ServiceUser, and no other', () => {
  const page = read('service-users.md');
  const listed = [...firstColumn('On behalf of their callers', page), ...firstColumn('As service principals', page)];
  // Only the compiler hides the private factory `through`.
  const factories = Object.getOwnPropertyNames(ServiceUser).filter((name) => !['length', 'name', 'prototype', 'through'].includes(name));
  expect(listed.sort()).toEqual(factories.sort());
});

test('the README explains every error name of the contract', () => {
  const readme = readFileSync(join(resolve(__dirname, '..'), 'README.md'), 'utf8');
  const listed = firstColumn('Troubleshooting', readme).filter((name) => !name.startsWith('States.'));
  expect(listed.sort()).toEqual(Object.values(ErrorName).sort());
});
