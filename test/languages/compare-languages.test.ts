import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareLanguages, type LanguageResult } from '../../languages/compare-languages';
import { readCloudAssembly, type CloudAssembly } from '../../languages/package/cloud-assembly';
import { MINIMUM } from '../../languages/programs/versions';
import { ExitStatus, exitStatus, reportLines } from '../../languages/report';
import type { BuildContext, Language } from '../../languages/toolchains/language';

const VERSIONS = { cdk: '2.240.0', constructs: '10.5.0' };
const TEMPLATE = { Resources: { Key: { Type: 'AWS::KMS::Key', Properties: { Enabled: true } } } };
const ASSETS = { files: { abc: { source: { packaging: 'zip' } }, def: { source: { packaging: 'file' } } } };

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'languages-test-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

/** A language that synthesizes its app with this function. */
function aLanguage(synthesize: Language['synthesize'], tools: Language['tools'] = []): Language {
  return { name: 'Go', target: 'go', tools, synthesize };
}

const cloudAssemblyOf = (context: BuildContext): string => join(context.folder, 'cdk.out');

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
  compareLanguages(languages, {
    folder, generated: join(folder, 'generated'), versions: VERSIONS, expected: expected(), onProgress: () => undefined,
  });

const reportOf = (languages: LanguageResult[]) => ({ versions: VERSIONS, languages, generatedOnly: ['.NET'], seconds: 1 });

test('a language with the same template and assets is equal', async () => {
  const results = await compare(aLanguage(async (context) => { write(cloudAssemblyOf(context)); }));
  expect(results).toEqual([{
    language: 'Go', outcome: 'equal', seconds: expect.any(Number), resources: 1, codeAssets: 1, templateHashes: ['def'], differences: [],
  }]);
  expect(exitStatus(reportOf(results))).toBe(ExitStatus.ALL_EQUAL);
});

test.each<[string, object, object, string]>([
  ['another template', { Resources: { Key: { Type: 'AWS::KMS::Key', Properties: { Enabled: false } } } }, ASSETS,
    'Shop.template.json.Resources.Key.Properties.Enabled: got false, expected true'],
  ['another asset', TEMPLATE, { files: { xyz: ASSETS.files.abc, def: ASSETS.files.def } },
    'Shop.assets.json.files.xyz: got {"source":{"packaging":"zip"}}, expected nothing'],
])('%s is different, and the report shows the path', async (_, template, assets, difference) => {
  const results = await compare(aLanguage(async (context) => { write(cloudAssemblyOf(context), template, assets); }));
  expect(results).toMatchObject([{ outcome: 'different', differences: expect.arrayContaining([difference]) as object }]);
  expect(exitStatus(reportOf(results))).toBe(ExitStatus.NOT_EQUAL);
  expect(reportLines(reportOf(results)).join('\n')).toContain(`Go: ${difference}`);
});

test('a missing stack is different', async () => {
  const results = await compare(aLanguage(async (context) => { mkdirSync(cloudAssemblyOf(context)); }));
  expect(results).toMatchObject([{ outcome: 'different', resources: 0 }]);
});

test('a build that fails shows the end of its log, and the other languages still have a result', async () => {
  const results = await compare(
    aLanguage(async ({ run }) => { await run(process.execPath, '-e', 'console.error("does not compile"); process.exit(2)'); }),
    { ...aLanguage(async (context) => { write(cloudAssemblyOf(context)); }), name: 'Java', target: 'java' },
  );
  const failure = expect.stringMatching(/ended with 2.*\n.*\ndoes not compile$/s) as string;
  expect(results).toMatchObject([{ outcome: 'failed', failure }, { outcome: 'equal' }]);
  expect(exitStatus(reportOf(results))).toBe(ExitStatus.NOT_EQUAL);
});

describe('missing tools', () => {
  const node = { name: 'Node.js (node)', command: process.execPath, args: ['--version'] };
  const nothing = { name: 'Nothing (no-such-command)', command: 'no-such-command', args: [] };
  const broken = { name: 'Broken (node)', command: process.execPath, args: ['-e', 'process.exit(1)'] };

  test('are reported by name, the language is not built, and the exit status differs from that of a fault', async () => {
    const synthesize = jest.fn();
    const results = await compare(aLanguage(synthesize, [node, nothing, broken]));
    expect(results).toMatchObject([{ outcome: 'tools missing', missing: ['Nothing (no-such-command)', 'Broken (node)'] }]);
    expect(synthesize).not.toHaveBeenCalled();
    expect(exitStatus(reportOf(results))).toBe(ExitStatus.TOOLS_MISSING);
    expect(reportLines(reportOf(results)).join('\n')).toContain('Go: Nothing (no-such-command) is missing; install it');
  });

  test('do not hide a fault of another language', async () => {
    const results = await compare(aLanguage(async () => undefined, [nothing]), aLanguage(async () => { throw new Error('fault'); }));
    expect(exitStatus(reportOf(results))).toBe(ExitStatus.NOT_EQUAL);
  });
});

test('each language has its app, its generated source, and a log', async () => {
  await compare(aLanguage(async ({ folder: own, generated, run }) => {
    expect(generated).toBe(join(folder, 'generated', 'go'));
    await run(process.execPath, '-e', 'console.log(process.env.CDK_OUTDIR, require("fs").readdirSync("."))');
    write(join(own, 'cdk.out'));
  }));
  const log = readFileSync(join(folder, 'go', 'log'), 'utf8');
  expect(log).toContain(join(folder, 'go', 'cdk.out'));
  expect(log).toContain('shop_stack.go');
});

test('the minimum AWS CDK is one version, not a range', () => {
  expect(MINIMUM.cdk).toMatch(/^2\.\d+\.\d+$/);
  expect(MINIMUM.constructs).toMatch(/^10\.\d+\.\d+$/);
});
