import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { preProcessFile } from 'typescript';

const ROOT = resolve(__dirname, '..');
const HOUSE = ['src', 'lambda', 'cli', 'local', 'languages', 'examples', 'projenrc'];

interface SourceFile {
  /** From the root of the project: `src/index.ts`. */
  readonly path: string;
  readonly lines: number;
  /** Packages by name, own files by path from the root without extension. */
  readonly imports: readonly string[];
}

const files = HOUSE.flatMap((folder) => readFolder(folder));

test('there is a house to look at', () => {
  expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['src/index.ts', 'lambda/ports.ts']));
  expect(importsOf('lambda/adapters/kms-family.ts')).toEqual(expect.arrayContaining(['@aws-sdk/client-kms', 'lambda/ports']));
});

describe('the layers hold', () => {
  test.each<[string, RegExp, RegExp]>([
    ['what users declare knows neither the AWS SDK nor what runs in the account', /^src\//, /^(@aws-sdk\/|@smithy\/|lambda\/|local\/|cli\/|examples\/)/],
    ['what runs in the account knows neither the CDK nor what runs on a laptop', /^(lambda|cli)\//, /^(aws-cdk-lib|constructs|local\/|examples\/|src\/(?!contract\/))/],
    ['only adapters and entries know the AWS SDK', /^lambda\/(?!adapters\/)(?!.*\.lambda\.ts$)/, /^(@aws-sdk\/|@smithy\/)/],
    ['cores do not reach for an adapter: it is handed to them', /^lambda\/(?!adapters\/)(?!.*\.lambda\.ts$)/, /^lambda\/adapters\//],
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

test('no file imports itself on a way round', () => {
  const graph = new Map(files.map(({ path, imports }) => [path.replace(/\.ts$/, ''), imports]));
  const circles: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, way: string[]): void => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' -> '));
    if (finished.has(file) || way.includes(file)) return;
    (graph.get(file) ?? graph.get(`${file}/index`) ?? []).forEach((imported) => visit(imported, [...way, file]));
    finished.add(file);
  };
  [...graph.keys()].forEach((file) => visit(file, []));
  expect(circles).toEqual([]);
});

test('a file is one idea: none is longer than 400 lines', () => {
  expect(files.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
});

test('no ARN is put together by hand where users declare keys, nor where they are worked on', () => {
  const typed = files.filter(({ path }) => /^(src|lambda)\//.test(path) && /['"`]arn:aws/.test(withoutComments(read(path))));
  expect(typed.map(({ path }) => path)).toEqual([]);
});

function violations(importers: RegExp, forbidden: (imported: string) => boolean): string[] {
  return files
    .filter(({ path }) => importers.test(path))
    .flatMap(({ path, imports }) => imports.filter(forbidden).map((imported) => `${path} imports ${imported}`));
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
