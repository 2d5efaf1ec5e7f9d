import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as ts from 'typescript';

const ROOT = resolve(__dirname, '..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { [name: string]: string } };

function blocks(page: string, language: string): string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}(?: nofixture)?\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text as string);
}

test('every example in README and docs compiles against what the package exports', () => {
  const pages = ['README.md', ...readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
  const examples = new Map(pages.flatMap((page) => blocks(readFileSync(join(ROOT, page), 'utf8'), 'ts')
    .map((text, index) => [join(ROOT, 'test', `${page.replace('/', '-')}-example-${index}.ts`), text] as const)));
  expect([...examples.keys()].join(' ')).toMatch(/README.*keys/);
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    types: ['node', 'jest'],
    paths: { 'cdk-kms-lifecycle': [join(ROOT, 'src/index.ts')], 'cdk-kms-lifecycle/local-kms': [join(ROOT, 'local/kms/index.ts')] },
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (path) => examples.get(path) ?? readFile(path);
  host.fileExists = (path) => examples.has(path) || fileExists(path);
  host.getSourceFile = (path, language) => {
    const text = host.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, language);
  };
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([...examples.keys()], options, host));
  expect(diagnostics.map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)).toEqual(
    [],
  );
});

test('every npm command in the README exists', () => {
  const commands = [...blocks(readme, 'sh').join('\n').matchAll(/npm (?:run (?:-s )?)?([a-z0-9-]+)/g)].map(([, name]) => name as string);
  expect(commands).toEqual(expect.arrayContaining(['demo', 'test']));
  expect(commands.filter((name) => !['ci', 'install'].includes(name) && scripts[name] === undefined)).toEqual([]);
});
