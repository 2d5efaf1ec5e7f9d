import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCloudAssembly, resourceTypes } from '../package/cloud-assembly';
import { run } from '../programs/program';
import { APPS, ROOT } from '../programs/root';
import type { Versions } from '../programs/versions';
import { compile, installPackage } from '../toolchains/type-script';

/** The CLI that users of the AWS CDK have. */
const CDK = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');

/** What the package did in an empty app. */
export interface Installation {
  /** What npm has chosen. */
  readonly versions: Versions;
  /** The type of each resource of the app, by its logical id. */
  readonly resourceTypes: ReadonlyMap<string, string>;
  readonly codeAssets: number;
  /** The logical ids of the keys that the command line of the package explains. */
  readonly explainedKeys: readonly string[];
  /** What the local KMS of the package answers when it is asked for its keys. */
  readonly answerOfLocalKms: string;
  readonly seconds: number;
}

/** Installs the package into an empty app, compiles the app with all types that it leads to, and uses all that the package has. */
export async function tryInstallation(folder: string, tarball: string, versions: Versions): Promise<Installation> {
  const began = Date.now();
  const cloudAssembly = join(folder, 'cdk.out');
  mkdirSync(folder);
  cpSync(join(APPS, 'typescript'), folder, { recursive: true });
  // The CDK CLI keeps nothing outside the folder, and tells nobody that it was here.
  const environment = { CDK_HOME: join(folder, 'cdk-home'), CDK_DISABLE_CLI_TELEMETRY: 'true' };
  const surroundings = { folder, log: join(folder, 'log'), environment };
  const use = async (command: string, ...args: string[]) => run(command, args, surroundings);

  const installed = await installPackage({ folder, run: use }, tarball, versions);
  await compile({ folder, run: use });
  await use(process.execPath, CDK, 'synth', '--quiet', '--app', 'node app.js', '--output', cloudAssembly, '--no-notices', '--no-version-reporting');
  const explanation = await use(commandOf(folder, 'cdk-kms-lifecycle'), 'explain', join(cloudAssembly, 'Shop.template.json'), '--json');
  await use(commandOf(folder, 'local-kms'), '--help');
  const answerOfLocalKms = await use(process.execPath, 'ask-local-kms.mjs');

  const assembly = readCloudAssembly(cloudAssembly);
  return {
    versions: installed,
    resourceTypes: resourceTypes(assembly),
    codeAssets: assembly.codeAssets,
    explainedKeys: (JSON.parse(explanation) as { keys: { logicalId: string }[] }).keys.map(({ logicalId }) => logicalId),
    answerOfLocalKms,
    seconds: (Date.now() - began) / 1000,
  };
}

function commandOf(folder: string, name: string): string {
  return join(folder, 'node_modules', '.bin', name);
}
