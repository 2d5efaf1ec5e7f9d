import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCloudAssembly, resourceTypes } from '../package/cloud-assembly';
import { APPS, ROOT } from '../programs/root';
import { run } from '../programs/run';
import type { Versions } from '../programs/versions';
import { compile, installPackage } from '../toolchains/typescript';

/** The CDK CLI of npm. */
const CDK = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');

/** Results of the package in an empty app. */
export interface Installation {
  /** Versions that npm has selected. */
  readonly versions: Versions;
  /** Type of each resource of the app, by logical id. */
  readonly resourceTypes: ReadonlyMap<string, string>;
  readonly codeAssets: number;
  /** Logical ids of the keys that the command `explain` of the package lists. */
  readonly explainedKeys: readonly string[];
  /** Response of the local KMS of the package to ListKeys. */
  readonly localKmsResponse: string;
  readonly seconds: number;
}

/** Installs the package into an empty app, compiles the app, and uses constructs, commands and the local KMS. */
export async function testInstallation(folder: string, tarball: string, versions: Versions): Promise<Installation> {
  const startedAt = Date.now();
  const cloudAssembly = join(folder, 'cdk.out');
  mkdirSync(folder);
  cpSync(join(APPS, 'typescript'), folder, { recursive: true });
  // The CDK CLI writes only to the folder, and sends no telemetry.
  const environment = { CDK_HOME: join(folder, 'cdk-home'), CDK_DISABLE_CLI_TELEMETRY: 'true' };
  const options = { folder, log: join(folder, 'log'), environment };
  const runHere = async (command: string, ...args: string[]) => run(command, args, options);

  const installed = await installPackage({ folder, run: runHere }, tarball, versions);
  await compile({ folder, run: runHere });
  await runHere(process.execPath, CDK, 'synth', '--quiet', '--no-notices', '--no-version-reporting',
    '--app', 'node app.js', '--output', cloudAssembly);
  const explanation = await runHere(commandOf(folder, 'cdk-kms-lifecycle'), 'explain', join(cloudAssembly, 'Shop.template.json'), '--json');
  await runHere(commandOf(folder, 'local-kms'), '--help');
  const localKmsResponse = await runHere(process.execPath, 'list-keys.mjs');

  const assembly = readCloudAssembly(cloudAssembly);
  return {
    versions: installed,
    resourceTypes: resourceTypes(assembly),
    codeAssets: assembly.codeAssets,
    explainedKeys: (JSON.parse(explanation) as { keys: { logicalId: string }[] }).keys.map(({ logicalId }) => logicalId),
    localKmsResponse,
    seconds: (Date.now() - startedAt) / 1000,
  };
}

function commandOf(folder: string, name: string): string {
  return join(folder, 'node_modules', '.bin', name);
}
