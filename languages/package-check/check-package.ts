import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentProblems } from './contents';
import { tryInstallation, type Installation } from './installation';
import { installationProblems, upgradeProblems } from './installation-problems';
import { packProject, type NpmPackage } from '../package/npm-package';
import { MINIMUM, NEWEST } from '../programs/versions';

/** What `npm run package-check` has found. */
export interface PackageReport {
  readonly packed: NpmPackage;
  readonly installations: readonly Installation[];
  readonly problems: readonly string[];
}

/**
 * Packs the package, installs it beside the oldest and the newest AWS CDK that it says it works with, and uses it there.
 *
 * The apps stand outside of the project, where Node.js and npm find nothing that was not installed with the package.
 */
export async function checkPackage(tell: (progress: string) => void): Promise<PackageReport> {
  const folder = await mkdtemp(join(tmpdir(), 'package-check-'));
  try {
    tell('packs the project');
    const packed = await packProject({ folder, log: join(folder, 'pack.log') });
    tell('installs it into an empty app beside the minimum of aws-cdk-lib, and into another beside the newest');
    const [minimum, newest] = await Promise.all([
      tryInstallation(join(folder, 'minimum'), packed.tarball, MINIMUM),
      tryInstallation(join(folder, 'newest'), packed.tarball, NEWEST),
    ]);
    const problems = [
      ...contentProblems(packed.files), ...installationProblems(minimum), ...installationProblems(newest), ...upgradeProblems(minimum, newest),
    ];
    return { packed, installations: [minimum, newest], problems };
  } finally {
    await rm(folder, { recursive: true });
  }
}
