import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentProblems } from './contents';
import { testInstallation, type Installation } from './installation';
import { installationProblems, upgradeProblems } from './installation-problems';
import { packProject, type NpmPackage } from '../package/npm-package';
import { MINIMUM, NEWEST } from '../programs/versions';

/** Result of `npm run package-check`. */
export interface PackageReport {
  readonly packed: NpmPackage;
  readonly installations: readonly Installation[];
  readonly problems: readonly string[];
}

/**
 * Packs the package, installs it with the oldest and the newest AWS CDK that it supports, and uses it there.
 *
 * The apps are outside the project, where Node.js and npm find only what is installed with the package.
 */
export async function checkPackage(onProgress: (message: string) => void): Promise<PackageReport> {
  const folder = await mkdtemp(join(tmpdir(), 'package-check-'));
  try {
    onProgress('packing the project');
    const packed = await packProject({ folder, log: join(folder, 'pack.log') });
    onProgress('installing it into an empty app with the minimum aws-cdk-lib, and into another with the newest');
    const [minimum, newest] = await Promise.all([
      testInstallation(join(folder, 'minimum'), packed.tarball, MINIMUM),
      testInstallation(join(folder, 'newest'), packed.tarball, NEWEST),
    ]);
    const problems = [
      ...contentProblems(packed.files),
      ...installationProblems(minimum),
      ...installationProblems(newest),
      ...upgradeProblems(minimum, newest),
    ];
    return { packed, installations: [minimum, newest], problems };
  } finally {
    await rm(folder, { recursive: true });
  }
}
