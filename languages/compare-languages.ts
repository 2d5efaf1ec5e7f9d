import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from './differences';
import { readCloudAssembly, type CloudAssembly } from './package/cloud-assembly';
import { APPS } from './programs/root';
import { run } from './programs/run';
import { missingTools } from './programs/tool';
import type { Versions } from './programs/versions';
import type { Language } from './toolchains/language';

/** Result of the app in one language. */
export interface LanguageResult {
  readonly language: string;
  /** `reference` is TypeScript, with which the other languages are compared. */
  readonly outcome: 'reference' | 'equal' | 'different' | 'failed' | 'tools missing';
  readonly seconds: number;
  readonly resources?: number;
  readonly codeAssets?: number;
  readonly templateHashes?: readonly string[];
  /** Where templates or assets differ from those of TypeScript. */
  readonly differences?: readonly string[];
  /** Tools that must be installed before this language can be compared. */
  readonly missing?: readonly string[];
  /** Why the build or the synthesis failed. */
  readonly failure?: string;
}

type AssemblySizes = Pick<LanguageResult, 'resources' | 'codeAssets' | 'templateHashes'>;

/** The part of a result that describes the cloud assembly. */
export function sizesOf({ resources, codeAssets, templateHashes }: CloudAssembly): AssemblySizes {
  return { resources, codeAssets, templateHashes };
}

/** Input of the comparison, the same for every language. */
export interface Comparison {
  /** Folder in which each language has its own folder. */
  readonly folder: string;
  /** Sources of the package that jsii has generated, with a folder for each language. */
  readonly generated: string;
  readonly versions: Versions;
  /** Cloud assembly of the app in TypeScript. */
  readonly expected: CloudAssembly;
  onProgress(message: string): void;
}

/**
 * Uses the package in each language, and compares the cloud assembly of its app with the expected one.
 *
 * All languages run at the same time, because each spends most of its time on one core or on the network. If one fails,
 * the others still have a result.
 */
export async function compareLanguages(languages: readonly Language[], comparison: Comparison): Promise<LanguageResult[]> {
  return Promise.all(languages.map(async (language) => {
    const startedAt = Date.now();
    const result = await resultOf(language, comparison);
    const seconds = (Date.now() - startedAt) / 1000;
    comparison.onProgress(`${language.name}: ${result.outcome} after ${seconds.toFixed(0)} s`);
    return { language: language.name, seconds, ...result };
  }));
}

async function resultOf(language: Language, comparison: Comparison): Promise<Omit<LanguageResult, 'language' | 'seconds'>> {
  const missing = missingTools(language.tools);
  if (missing.length > 0) return { outcome: 'tools missing', missing };
  try {
    const assembly = await synthesize(language, comparison);
    const found = differences(assembly.files, comparison.expected.files);
    return { outcome: found.length === 0 ? 'equal' : 'different', ...sizesOf(assembly), differences: found };
  } catch (error) {
    return { outcome: 'failed', failure: (error as Error).message };
  }
}

async function synthesize(language: Language, { folder: parent, generated, versions, onProgress }: Comparison): Promise<CloudAssembly> {
  const folder = join(parent, language.target);
  const cloudAssembly = join(folder, 'cdk.out');
  mkdirSync(folder, { recursive: true });
  cpSync(join(APPS, language.target), folder, { recursive: true });
  onProgress(`${language.name}: building the package and synthesizing the app`);
  const options = { folder, log: join(folder, 'log'), environment: { CDK_OUTDIR: cloudAssembly } };
  await language.synthesize({
    folder, versions, generated: join(generated, language.target), run: async (command, ...args) => run(command, args, options),
  });
  return readCloudAssembly(cloudAssembly);
}
