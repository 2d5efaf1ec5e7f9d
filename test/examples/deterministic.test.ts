import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXAMPLES, synthesizeExample, type Surroundings } from '../support/examples';

const ANOTHER_CLOCK = join(__dirname, 'another-clock.js');
const HERE: Surroundings = { environment: { TZ: 'Pacific/Kiritimati', LANG: 'C', LC_ALL: 'C' } };
const ELSEWHERE: Surroundings = {
  workingDirectory: tmpdir(), environment: { TZ: 'America/Adak', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }, preload: ANOTHER_CLOCK,
};

let directory: string;
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'examples-')); });
afterEach(() => { rmSync(directory, { recursive: true }); });

/** Every file of the cloud assembly: templates byte by byte, assets by the hash in their names and by what is in them. */
function assembly(example: string, name: string, surroundings: Surroundings): { readonly [file: string]: string } {
  const outdir = join(directory, name);
  synthesizeExample(example, outdir, surroundings);
  const files = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    // Where the assembly stands is the one thing that may differ.
    return [path.slice(outdir.length + 1), readFileSync(path, 'latin1').replaceAll(outdir, '<outdir>')] as const;
  }).sort());
}

test.each(EXAMPLES)('examples/%s is a pure function of the code: another clock, locale, time zone and directory, byte for byte the same', (example) => {
  const here = assembly(example, 'here', HERE);
  expect(Object.keys(here).filter((file) => file.endsWith('.template.json'))).not.toEqual([]);
  const elsewhere = assembly(example, 'elsewhere', ELSEWHERE);
  expect(Object.keys(elsewhere)).toEqual(Object.keys(here));
  expect(Object.keys(here).filter((file) => elsewhere[file] !== here[file])).toEqual([]);
});

test('elsewhere really is another day', () => {
  const yearsAhead = execFileSync(process.execPath, ['--require', ANOTHER_CLOCK, '-p', `(Date.now() - ${Date.now()}) / 86400e3 / 365`], { encoding: 'utf8' });
  expect(Number(yearsAhead)).toBeGreaterThan(5);
});
