import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const REPOSITORY = 'https://github.com/cdk-kms-lifecycle/cdk-kms-lifecycle/';
/** Pages that users find in the npm package, and on Construct Hub, where no repository surrounds them. */
const PACKAGED = [
  'README.md',
  'API.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const tracked = new Set(
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' }).split('\n'),
);

interface Link {
  readonly page: string;
  readonly target: string;
}

const links = [...PACKAGED, 'CONTRIBUTING.md'].flatMap((page) => linksOf(page));

test('links are found', () => {
  expect(links).toContainEqual({ page: 'README.md', target: `${REPOSITORY}blob/main/docs/keys.md` });
  expect(problem({ page: 'docs/keys.md', target: '../src/index.ts' })).toBe('docs/keys.md: ../src/index.ts is not in the package');
  expect(problem({ page: 'docs/keys.md', target: `${REPOSITORY}blob/main/src/nowhere.ts` })).toMatch(/does not exist in the repository/);
  expect(problem({ page: 'README.md', target: `${REPOSITORY}blob/main/docs/keys.md#no-such-heading` })).toMatch(/has no such heading/);
  expect(problem({ page: 'README.md', target: '#terms' })).toBeUndefined();
});

test('no link leads nowhere', () => {
  expect(links.flatMap((link) => problem(link) ?? [])).toEqual([]);
});

/** What is wrong with a link. Pages of other sites are not visited. */
function problem({ page, target }: Link): string | undefined {
  if (/^https?:/.test(target) && !target.startsWith(REPOSITORY)) return undefined;
  const [path = '', heading] = localPath(page, target).split('#');
  if (!exists(path)) return `${page}: ${target} does not exist in the repository`;
  if (!target.startsWith(REPOSITORY) && PACKAGED.includes(page) && !isPackaged(path)) return `${page}: ${target} is not in the package`;
  if (heading !== undefined && path.endsWith('.md') && !headingsOf(path).includes(heading)) return `${page}: ${target} has no such heading`;
  return undefined;
}

function localPath(page: string, target: string): string {
  if (target.startsWith(REPOSITORY)) return target.slice(REPOSITORY.length).replace(/^(blob|tree)\/main\//, '');
  return target.startsWith('#') ? `${page}${target}` : normalize(join(dirname(page), target));
}

function exists(path: string): boolean {
  return path === '' || tracked.has(path) || [...tracked].some((file) => file.startsWith(`${path}/`));
}

function isPackaged(path: string): boolean {
  return PACKAGED.includes(path) || path.startsWith('docs/') || path === 'LICENSE';
}

function linksOf(page: string): Link[] {
  const text = read(page).replace(/```[\s\S]*?```/g, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/<(https?:[^>\s]+)>/g)].map(([, target]) => target as string);
  return targets.map((target) => ({ page, target }));
}

/** The anchors of a page: those that GitHub derives from headings, and those that are written as HTML. */
function headingsOf(page: string): string[] {
  const derived = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/ /g, '-'),
  );
  return [...derived, ...[...read(page).matchAll(/id="([^"]+)"/g)].map(([, id]) => id as string)];
}

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}
