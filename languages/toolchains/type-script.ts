import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../programs/root';
import { NODE_TYPES, type Versions } from '../programs/versions';

/** Where an app in TypeScript is built. */
export interface EmptyFolder {
  readonly folder: string;
  run(command: string, ...args: string[]): Promise<unknown>;
}

/** Installs the package into a folder, beside an AWS CDK, as its users do; and answers which versions npm has chosen. */
export async function installPackage({ folder, run }: EmptyFolder, tarball: string, { cdk, constructs }: Versions): Promise<Versions> {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name: 'shop', version: '0.0.0', private: true })}\n`);
  await run('npm', 'install', '--no-audit', '--no-fund', '--loglevel=error',
    tarball, `aws-cdk-lib@${cdk}`, `constructs@${constructs}`, `@types/node@${NODE_TYPES}`);
  return { cdk: versionOf(folder, 'aws-cdk-lib'), constructs: versionOf(folder, 'constructs') };
}

/** Compiles what stands in the folder. All types that it leads to are checked, those of the package and of the AWS CDK, too. */
export async function compile({ run }: EmptyFolder): Promise<void> {
  await run(process.execPath, join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '--project', '.');
}

function versionOf(folder: string, dependency: string): string {
  const file = join(folder, 'node_modules', dependency, 'package.json');
  if (!existsSync(file)) throw new Error(`${dependency} was not installed into ${folder}`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
