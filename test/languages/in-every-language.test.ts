import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareLanguages, type LanguageResult } from '../../languages/in-every-language';
import { readCloudAssembly, type CloudAssembly } from '../../languages/package/cloud-assembly';
import { MINIMUM } from '../../languages/programs/versions';
import { ExitStatus, exitStatus, reportLines } from '../../languages/report';
import type { Language, Workplace } from '../../languages/toolchains/language';

const VERSIONS = { cdk: '2.240.0', constructs: '10.5.0' };
const TEMPLATE = { Resources: { Key: { Type: 'AWS::KMS::Key', Properties: { Enabled: true } } } };
const ASSETS = { files: { abc: { source: { packaging: 'zip' } }, def: { source: { packaging: 'file' } } } };

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'languages-test-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

/** A language whose app becomes just that. */
function aLanguage(synthesize: Language['synthesize'], tools: Language['tools'] = []): Language {
  return { name: 'Go', target: 'go', tools, synthesize };
}

const cloudAssemblyOf = (workplace: Workplace): string => join(workplace.folder, 'cdk.out');

function write(cloudAssembly: string, template: object = TEMPLATE, assets: object = ASSETS): void {
  mkdirSync(cloudAssembly, { recursive: true });
  writeFileSync(join(cloudAssembly, 'Shop.template.json'), JSON.stringify(template));
  writeFileSync(join(cloudAssembly, 'Shop.assets.json'), JSON.stringify(assets));
  writeFileSync(join(cloudAssembly, 'manifest.json'), JSON.stringify({ trace: folder }));
}

function expected(): CloudAssembly {
  write(join(folder, 'expected'));
  return readCloudAssembly(join(folder, 'expected'));
}

const compare = async (...languages: Language[]): Promise<LanguageResult[]> =>
  compareLanguages(languages, { folder, generated: join(folder, 'generated'), versions: VERSIONS, expected: expected(), tell: () => undefined });

const reportOf = (languages: LanguageResult[]) => ({ versions: VERSIONS, languages, generatedOnly: ['.NET'], seconds: 1 });

test('the same template and the same assets are equal', async () => {
  const results = await compare(aLanguage(async (workplace) => { write(cloudAssemblyOf(workplace)); }));
  expect(results).toEqual([{
    language: 'Go', outcome: 'equal', seconds: expect.any(Number), resources: 1, codeAssets: 1, templateHashes: ['def'], differences: [],
  }]);
  expect(exitStatus(reportOf(results))).toBe(ExitStatus.ALL_EQUAL);
});

test.each<[string, object, object, string]>([
  ['another template', { Resources: { Key: { Type: 'AWS::KMS::Key', Properties: { Enabled: false } } } }, ASSETS, 'Shop.template.json.Resources.Key.Properties.Enabled: false, and not true'],
  ['another asset', TEMPLATE, { files: { xyz: ASSETS.files.abc, def: ASSETS.files.def } }, 'Shop.assets.json.files.xyz: {"source":{"packaging":"zip"}}, and not nothing'],
])('%s is not equal, and the path is told', async (_, template, assets, told) => {
  const results = await compare(aLanguage(async (workplace) => { write(cloudAssemblyOf(workplace), template, assets); }));
  expect(results).toMatchObject([{ outcome: 'different', differences: expect.arrayContaining([told]) as object }]);
  expect(exitStatus(reportOf(results))).toBe(ExitStatus.NOT_EQUAL);
  expect(reportLines(reportOf(results)).join('\n')).toContain(`Go: ${told}`);
});

test('a stack that is missing is not equal', async () => {
  const results = await compare(aLanguage(async (workplace) => { mkdirSync(cloudAssemblyOf(workplace)); }));
  expect(results).toMatchObject([{ outcome: 'different', resources: 0 }]);
});

test('a build that fails shows the end of its log, and keeps no other language from its result', async () => {
  const results = await compare(
    aLanguage(async ({ run }) => { await run(process.execPath, '-e', 'console.error("does not compile"); process.exit(2)'); }),
    { ...aLanguage(async (workplace) => { write(cloudAssemblyOf(workplace)); }), name: 'Java', target: 'java' },
  );
  expect(results).toMatchObject([{ outcome: 'failed', failure: expect.stringMatching(/ended with 2.*\n.*\ndoes not compile$/s) as string }, { outcome: 'equal' }]);
  expect(exitStatus(reportOf(results))).toBe(ExitStatus.NOT_EQUAL);
});

describe('tools that are missing', () => {
  const node = { name: 'Node.js (node)', command: process.execPath, args: ['--version'] };
  const nothing = { name: 'Nothing (no-such-command)', command: 'no-such-command', args: [] };
  const broken = { name: 'Broken (node)', command: process.execPath, args: ['-e', 'process.exit(1)'] };

  test('are told by name, nothing is tried without them, and the exit status tells them from a fault', async () => {
    const synthesize = jest.fn();
    const results = await compare(aLanguage(synthesize, [node, nothing, broken]));
    expect(results).toMatchObject([{ outcome: 'tools missing', missing: ['Nothing (no-such-command)', 'Broken (node)'] }]);
    expect(synthesize).not.toHaveBeenCalled();
    expect(exitStatus(reportOf(results))).toBe(ExitStatus.TOOLS_MISSING);
    expect(reportLines(reportOf(results)).join('\n')).toContain('Go: Nothing (no-such-command) is missing; install it');
  });

  test('excuse no fault of another language', async () => {
    const results = await compare(aLanguage(async () => undefined, [nothing]), aLanguage(async () => { throw new Error('fault'); }));
    expect(exitStatus(reportOf(results))).toBe(ExitStatus.NOT_EQUAL);
  });
});

test('each language has its app, its generated source, and a log of what was done', async () => {
  await compare(aLanguage(async ({ folder: own, generated, run }) => {
    expect(generated).toBe(join(folder, 'generated', 'go'));
    await run(process.execPath, '-e', 'console.log(process.env.CDK_OUTDIR, require("fs").readdirSync("."))');
    write(join(own, 'cdk.out'));
  }));
  const log = readFileSync(join(folder, 'go', 'log'), 'utf8');
  expect(log).toContain(join(folder, 'go', 'cdk.out'));
  expect(log).toContain('shop_stack.go');
});

test('the oldest AWS CDK is a version, and no range', () => {
  expect(MINIMUM.cdk).toMatch(/^2\.\d+\.\d+$/);
  expect(MINIMUM.constructs).toMatch(/^10\.\d+\.\d+$/);
});
