import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ErrorName } from '../src/contract/error-names';
import { FamilyMetric, SecretMetric } from '../src/contract/family/family-metrics';
import { GENERATION_PHASES, GenerationTag } from '../src/contract/family/generation-tags';
import { StoreMetric } from '../src/contract/family/store-metrics';
import { ServiceUser } from '../src/index';

const LAMBDA = join(resolve(__dirname, '..'), 'lambda');
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

test('the page on rotating keys lists every metric of a secret', () => {
  expect(firstColumn('Metrics of a secret').sort()).toEqual(Object.values(SecretMetric).sort());
});

test('the page on rotating keys lists every metric that a function publishes, and no other', () => {
  const enumerations: Record<string, Record<string, string>> = { FamilyMetric, SecretMetric, StoreMetric };
  const sources = readdirSync(LAMBDA, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(LAMBDA, file), 'utf8'));
  const published = sources.flatMap((text) => [...text.matchAll(/\[(\w+Metric)\.(\w+)\]/g)])
    .map(([, enumeration = '', member = '']) => enumerations[enumeration]?.[member] ?? `${enumeration}.${member}`);
  const documented = ['Metrics', 'Counts of a store', 'Metrics of a secret'].flatMap((heading) => firstColumn(heading));
  expect([...new Set(published)].sort()).toEqual(documented.sort());
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
