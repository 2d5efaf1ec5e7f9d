import { cpSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { compareLanguages, sizesOf, type LanguageResult } from './compare-languages';
import { readCloudAssembly, type CloudAssembly } from './package/cloud-assembly';
import { packProject } from './package/npm-package';
import { APPS, ROOT } from './programs/root';
import { run } from './programs/run';
import { COMPARED_VERSIONS } from './programs/versions';
import type { LanguagesReport } from './report';
import { GO } from './toolchains/go';
import { JAVA } from './toolchains/java';
import type { Language } from './toolchains/language';
import { PYTHON } from './toolchains/python';
import { compile, installPackage } from './toolchains/typescript';

/** The languages that are compared with TypeScript. */
export const LANGUAGES: readonly Language[] = [PYTHON, JAVA, GO];

const FOLDER = join(ROOT, 'build', 'languages');

/**
 * Builds the package for each language, synthesizes one app with it, and compares the cloud assemblies.
 *
 * For .NET only the source is generated. This finds names that C# does not allow. No app in C# is compared.
 */
export async function runLanguages(languages: readonly Language[], onProgress: (message: string) => void): Promise<LanguagesReport> {
  const startedAt = Date.now();
  const generated = join(FOLDER, 'generated');
  await rm(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });

  onProgress('generating the source of the package for Python, Java, Go and .NET');
  await generate(generated);
  onProgress('TypeScript: installing the package and synthesizing the app');
  const typeScriptStartedAt = Date.now();
  const expected = await synthesizeTypeScript(join(FOLDER, 'typescript'));
  const seconds = secondsSince(typeScriptStartedAt);
  const typeScript: LanguageResult = { language: 'TypeScript', outcome: 'reference', seconds, ...sizesOf(expected) };
  const versions = COMPARED_VERSIONS;
  const others = await compareLanguages(languages, { folder: FOLDER, generated, versions, expected, onProgress });
  return { versions, languages: [typeScript, ...others], generatedOnly: ['.NET'], seconds: secondsSince(startedAt) };
}

function secondsSince(startedAt: number): number {
  return (Date.now() - startedAt) / 1000;
}

async function generate(generated: string): Promise<void> {
  const pacmak = join(ROOT, 'node_modules', 'jsii-pacmak', 'bin', 'jsii-pacmak');
  const targets = ['--targets', 'python', 'java', 'go', 'dotnet'];
  await run(process.execPath, [pacmak, '--code-only', '--no-npmignore', '--outdir', generated, ...targets], {
    folder: ROOT, log: join(FOLDER, 'generate.log'),
  });
}

async function synthesizeTypeScript(folder: string): Promise<CloudAssembly> {
  const cloudAssembly = join(folder, 'cdk.out');
  mkdirSync(folder, { recursive: true });
  cpSync(join(APPS, 'typescript'), folder, { recursive: true });
  const options = { folder, log: join(folder, 'log'), environment: { CDK_OUTDIR: cloudAssembly } };
  const project = { folder, run: async (command: string, ...args: string[]) => run(command, args, options) };
  const { tarball } = await packProject(options);
  await installPackage(project, tarball, COMPARED_VERSIONS);
  await compile(project);
  await project.run(process.execPath, 'app.js');
  return readCloudAssembly(cloudAssembly);
}
