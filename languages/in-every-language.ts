import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from './differences';
import { readCloudAssembly, type CloudAssembly } from './package/cloud-assembly';
import { run } from './programs/program';
import { APPS } from './programs/root';
import { missingTools } from './programs/tool';
import type { Versions } from './programs/versions';
import type { Language } from './toolchains/language';

/** What became of the app in one language. */
export interface LanguageResult {
  readonly language: string;
  readonly outcome: 'what is expected' | 'equal' | 'different' | 'failed' | 'tools missing';
  readonly seconds: number;
  readonly resources?: number;
  readonly codeAssets?: number;
  readonly templateHashes?: readonly string[];
  /** Where the templates or assets are not those of TypeScript. */
  readonly differences?: readonly string[];
  /** What would have to be installed. */
  readonly missing?: readonly string[];
  /** Why it failed. */
  readonly failure?: string;
}

/** What a result tells of the templates and assets themselves. */
export function sizesOf({ resources, codeAssets, templateHashes }: CloudAssembly): Pick<LanguageResult, 'resources' | 'codeAssets' | 'templateHashes'> {
  return { resources, codeAssets, templateHashes };
}

/** What all languages have in common. */
export interface Comparison {
  /** Where each language gets a folder of its own. */
  readonly folder: string;
  /** Where jsii has generated the source of the package, a folder for each language. */
  readonly generated: string;
  readonly versions: Versions;
  /** What the same app became in TypeScript. */
  readonly expected: CloudAssembly;
  tell(progress: string): void;
}

/**
 * Uses the package from each language, and compares what the app becomes. All are under way at the same time, since each spends most of its
 * time on one core or on the network. None keeps another from its result.
 */
export async function compareLanguages(languages: readonly Language[], comparison: Comparison): Promise<LanguageResult[]> {
  return Promise.all(languages.map(async (language) => {
    const began = Date.now();
    const result = await resultOf(language, comparison);
    const seconds = (Date.now() - began) / 1000;
    comparison.tell(`${language.name}: ${result.outcome}, after ${seconds.toFixed(0)} s`);
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

async function synthesize(language: Language, { folder: parent, generated, versions, tell }: Comparison): Promise<CloudAssembly> {
  const folder = join(parent, language.target);
  const cloudAssembly = join(folder, 'cdk.out');
  mkdirSync(folder, { recursive: true });
  cpSync(join(APPS, language.target), folder, { recursive: true });
  tell(`${language.name}: builds the package, and synthesizes the app with it`);
  const surroundings = { folder, log: join(folder, 'log'), environment: { CDK_OUTDIR: cloudAssembly } };
  await language.synthesize({
    folder, versions, generated: join(generated, language.target), run: async (command, ...args) => run(command, args, surroundings),
  });
  return readCloudAssembly(cloudAssembly);
}
