import { cpSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { compareLanguages, sizesOf, type LanguageResult } from './in-every-language';
import { readCloudAssembly, type CloudAssembly } from './package/cloud-assembly';
import { packProject } from './package/npm-package';
import { run } from './programs/program';
import { APPS, ROOT } from './programs/root';
import { IN_EVERY_LANGUAGE } from './programs/versions';
import type { LanguagesReport } from './report';
import { GO } from './toolchains/go';
import { JAVA } from './toolchains/java';
import type { Language } from './toolchains/language';
import { PYTHON } from './toolchains/python';
import { compile, installPackage } from './toolchains/type-script';

/** The languages that are compared with TypeScript. */
export const LANGUAGES: readonly Language[] = [PYTHON, JAVA, GO];

const FOLDER = join(ROOT, 'build', 'languages');

/**
 * Builds the package for each language, uses it from there, and compares what one app becomes.
 *
 * The source for .NET is generated, which finds what could not be said in it; there is nothing to compare it by.
 */
export async function runLanguages(languages: readonly Language[], tell: (progress: string) => void): Promise<LanguagesReport> {
  const began = Date.now();
  const generated = join(FOLDER, 'generated');
  await rm(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });

  tell('generates the source of the package in Python, Java, Go and .NET');
  await generate(generated);
  tell('TypeScript: installs the package, and synthesizes the app with it');
  const beganTypeScript = Date.now();
  const expected = await fromTypeScript(join(FOLDER, 'typescript'));
  const typeScript: LanguageResult = { language: 'TypeScript', outcome: 'what is expected', seconds: secondsSince(beganTypeScript), ...sizesOf(expected) };
  const versions = IN_EVERY_LANGUAGE;
  const others = await compareLanguages(languages, { folder: FOLDER, generated, versions, expected, tell });
  return { versions, languages: [typeScript, ...others], generatedOnly: ['.NET'], seconds: secondsSince(began) };
}

function secondsSince(began: number): number {
  return (Date.now() - began) / 1000;
}

async function generate(generated: string): Promise<void> {
  const pacmak = join(ROOT, 'node_modules', 'jsii-pacmak', 'bin', 'jsii-pacmak');
  await run(process.execPath, [pacmak, '--code-only', '--no-npmignore', '--outdir', generated, '--targets', 'python', 'java', 'go', 'dotnet'], {
    folder: ROOT, log: join(FOLDER, 'generate.log'),
  });
}

async function fromTypeScript(folder: string): Promise<CloudAssembly> {
  const cloudAssembly = join(folder, 'cdk.out');
  mkdirSync(folder, { recursive: true });
  cpSync(join(APPS, 'typescript'), folder, { recursive: true });
  const surroundings = { folder, log: join(folder, 'log'), environment: { CDK_OUTDIR: cloudAssembly } };
  const app = { folder, run: async (command: string, ...args: string[]) => run(command, args, surroundings) };
  const { tarball } = await packProject(surroundings);
  await installPackage(app, tarball, IN_EVERY_LANGUAGE);
  await compile(app);
  await app.run(process.execPath, 'app.js');
  return readCloudAssembly(cloudAssembly);
}
