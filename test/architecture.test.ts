import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { preProcessFile } from 'typescript';

const ROOT = resolve(__dirname, '..');
const FOLDERS = ['src', 'lambda', 'cli', 'local', 'e2e', 'bench', 'simulation', 'languages', 'examples', 'projenrc'];

interface SourceFile {
  /** From the root of the project: `src/index.ts`. */
  readonly path: string;
  readonly lines: number;
  /** Packages by name, own files by path from the root without extension. */
  readonly imports: readonly string[];
}

const files = FOLDERS.flatMap((folder) => readFolder(folder));

test('the source folders are found', () => {
  expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['src/index.ts', 'lambda/ports/keys.ts']));
  expect(importsOf('lambda/adapters/kms/kms-family.ts')).toEqual(expect.arrayContaining(['@aws-sdk/client-kms', 'lambda/ports/keys']));
});

describe('imports follow the layers', () => {
  test.each<[string, RegExp, RegExp]>([
    [
      'code that users import uses neither the AWS SDK nor code that runs in the account',
      /^src\//,
      /^(@aws-sdk\/|@smithy\/|lambda\/|local\/|cli\/|examples\/)/,
    ],
    [
      'code that runs in the account imports neither the CDK nor local code',
      /^(lambda|cli)\//,
      /^(aws-cdk-lib|constructs|local\/|examples\/|src\/(?!contract\/))/,
    ],
    [
      'only adapters, stores and entries import the AWS SDK',
      /^lambda\/(?!(adapters|stores)\/)(?!.*\.lambda\.ts$)/,
      /^(@aws-sdk\/|@smithy\/)/,
    ],
    [
      'a core imports no adapter and no store: the entry passes them to it',
      /^lambda\/(?!(adapters|stores)\/)(?!.*\.lambda\.ts$)/,
      /^lambda\/(adapters|stores)\//,
    ],
    ['examples use what the package exports', /^examples\//, /^(@aws-sdk\/|lambda\/|local\/|src\/(?!index$))/],
  ])('%s', (_, importers, forbidden) => {
    expect(violations(importers, (imported) => forbidden.test(imported))).toEqual([]);
  });

  test('the contract imports nothing but itself', () => {
    expect(violations(/^src\/contract\//, (imported) => !imported.startsWith('src/contract/'))).toEqual([]);
  });

  test('the contract is not exported to users', () => {
    expect(importsOf('src/index.ts').filter((imported) => imported.startsWith('src/contract'))).toEqual([]);
  });
});

test('no file imports itself through others', () => {
  const graph = new Map(files.map(({ path, imports }) => [withoutExtension(path), imports.flatMap((imported) => fileOf(imported) ?? [])]));
  expect(cycles(graph)).toEqual([]);
});

describe('folders', () => {
  test('no folder imports itself through others', () => {
    expect(cycles(folderGraph(files))).toEqual([]);
  });

  test('a cycle of folders is found, of any length', () => {
    const importing = (path: string, imported: string): SourceFile => ({ path, lines: 1, imports: [imported] });
    const cycle = [
      importing('src/one/a.ts', 'src/two/b'),
      importing('src/two/b.ts', 'src/three/c'),
      importing('src/three/c.ts', 'src/one/d'),
    ];
    expect(cycles(folderGraph(cycle))).toEqual(['src/one -> src/two -> src/three -> src/one']);
    expect(cycles(folderGraph(cycle.slice(1)))).toEqual([]);
  });

  test('a folder holds at most 15 files', () => {
    const held = new Map<string, number>();
    for (const { path } of files) held.set(dirname(path), (held.get(dirname(path)) ?? 0) + 1);
    expect(Math.max(...held.values())).toBeGreaterThan(5);
    expect([...held].filter(([, count]) => count > 15).map(([folder, count]) => `${folder}: ${count}`)).toEqual([]);
  });
});

test('a file is one idea: none is longer than 300 lines', () => {
  expect(files.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
});

test('neither src nor lambda builds an ARN from parts', () => {
  const typed = files.filter(({ path }) => /^(src|lambda)\//.test(path) && /['"`]arn:aws/.test(withoutComments(read(path))));
  expect(typed.map(({ path }) => path)).toEqual([]);
});

function violations(importers: RegExp, forbidden: (imported: string) => boolean): string[] {
  return files
    .filter(({ path }) => importers.test(path))
    .flatMap(({ path, imports }) => imports.filter(forbidden).map((imported) => `${path} imports ${imported}`));
}

/**
 * Every cycle of a graph, written as a path from a node back to itself. A cycle is reported once, from the node at
 * which it is entered.
 */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const visit = (node: string, way: readonly string[]): void => {
    if (way.includes(node)) found.push([...way.slice(way.indexOf(node)), node].join(' -> '));
    if (finished.has(node) || way.includes(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...way, node]);
    finished.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}

/** Which folder imports which other ones. A folder is the one that directly contains a file. */
function folderGraph(sources: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  const graph = new Map<string, Set<string>>();
  for (const { path, imports } of sources) {
    const folder = dirname(path);
    const others = imports
      .filter((imported) => FOLDERS.includes(imported.split('/')[0]!))
      .map((imported) => dirname(fileOf(imported) ?? imported));
    graph.set(folder, new Set([...graph.get(folder) ?? [], ...others.filter((other) => other !== folder)]));
  }
  return new Map([...graph].map(([folder, others]) => [folder, [...others]]));
}

/** The file behind an import, without its extension: a folder means its index. */
function fileOf(imported: string): string | undefined {
  return [imported, `${imported}/index`].find((candidate) => files.some(({ path }) => withoutExtension(path) === candidate));
}

function withoutExtension(path: string): string {
  return path.replace(/\.ts$/, '');
}

function importsOf(path: string): readonly string[] {
  return files.find((file) => file.path === path)?.imports ?? [];
}

function readFolder(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.includes('node_modules') && !name.includes('cdk.out'))
    .map((name) => readSource(join(folder, name)));
}

function readSource(path: string): SourceFile {
  const text = read(path);
  const imports = preProcessFile(text, true, true).importedFiles.map(({ fileName }) =>
    fileName.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), fileName)) : fileName);
  return { path, lines: text.split('\n').length, imports };
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}
