import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { EXAMPLES, EXAMPLES_FOLDER, synthesizeExample, type Surroundings } from '../../support/examples';

const ANOTHER_CLOCK = join(__dirname, 'another-clock.js');
const HERE: Surroundings = { environment: { TZ: 'Pacific/Kiritimati', LANG: 'C', LC_ALL: 'C' } };
const ELSEWHERE: Surroundings = {
  workingDirectory: tmpdir(),
  environment: {
    TZ: 'America/Adak', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', CDK_DEFAULT_ACCOUNT: '111122223333', CDK_DEFAULT_REGION: 'eu-central-1',
  },
  preload: ANOTHER_CLOCK,
};

let directory: string;
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'examples-')); });
afterEach(() => { rmSync(directory, { recursive: true }); });

/** Every file of the cloud assembly with its content: templates and assets. */
function assembly(example: string, name: string, surroundings: Surroundings): { readonly [file: string]: string } {
  const outdir = join(directory, name);
  synthesizeExample(example, outdir, surroundings);
  const files = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    // Only the path of the assembly may differ.
    return [path.slice(outdir.length + 1), readFileSync(path, 'latin1').replaceAll(outdir, '<outdir>')] as const;
  }).sort());
}

/** The files of the assembly, and the names of those that differ elsewhere. */
function compare(example: string): { readonly here: { readonly [file: string]: string }; readonly different: string[] } {
  const here = assembly(example, 'here', HERE);
  const elsewhere = assembly(example, 'elsewhere', ELSEWHERE);
  const files = [...new Set([...Object.keys(here), ...Object.keys(elsewhere)])];
  return { here, different: files.filter((file) => elsewhere[file] !== here[file]) };
}

describe.each(EXAMPLES)('examples/%s is a pure function of the code', (example) => {
  test('the assembly is identical with another clock, locale, time zone, directory and account, including the code of functions', () => {
    const { here, different } = compare(example);
    expect(Object.keys(here).filter((file) => file.endsWith('.template.json'))).not.toEqual([]);
    expect(different).toEqual([]);
    // A missing context value would be taken from an account through cdk.context.json.
    expect(JSON.parse(here['manifest.json'] as string)).not.toHaveProperty('missing');
  });
});

test('an app that depends on any of these is noticed', () => {
  const { different } = compare(relative(EXAMPLES_FOLDER, join(__dirname, 'impure')));
  expect(different.filter((file) => file.endsWith('.template.json')).sort()).toEqual(
    ['Clock', 'Directory', 'Environment', 'Locale', 'TimeZone'].map((stack) => `${stack}.template.json`));
});
