import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../programs/root';
import { NODE_TYPES, type Versions } from '../programs/versions';

/** Folder of an app in TypeScript. */
export interface TypeScriptProject {
  readonly folder: string;
  run(command: string, ...args: string[]): Promise<unknown>;
}

/** Installs the package and an AWS CDK into a folder, as users do. Returns the versions that npm has selected. */
export async function installPackage(project: TypeScriptProject, tarball: string, { cdk, constructs }: Versions): Promise<Versions> {
  const { folder, run } = project;
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name: 'shop', version: '0.0.0', private: true })}\n`);
  await run('npm', 'install', '--no-audit', '--no-fund', '--loglevel=error',
    tarball, `aws-cdk-lib@${cdk}`, `constructs@${constructs}`, `@types/node@${NODE_TYPES}`);
  return { cdk: versionOf(folder, 'aws-cdk-lib'), constructs: versionOf(folder, 'constructs') };
}

/** Compiles the folder. The types of the package and of the AWS CDK are checked, too. */
export async function compile({ run }: TypeScriptProject): Promise<void> {
  await run(process.execPath, join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '--project', '.');
}

function versionOf(folder: string, dependency: string): string {
  const file = join(folder, 'node_modules', dependency, 'package.json');
  if (!existsSync(file)) throw new Error(`${dependency} was not installed into ${folder}`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
