import { awscdk } from 'projen';

/** The command `local-kms` of the published package: one file that needs nothing but Node.js. */
export const LOCAL_KMS = 'assets/local-kms/index.js';

/** Bundles the local KMS, so that people can start it wherever this package is installed. */
export function bundleLocalKms(project: awscdk.AwsCdkConstructLibrary): void {
  project.bundler.addBundle('local/kms/main.ts', {
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: false,
    outfile: '../../../local-kms/index.js',
    executable: true,
    banner: '#!/usr/bin/env node',
    // AGPL-3.0: never bundled.
    externals: ['@cloud-copilot/iam-simulate'],
    esbuildArgs: {
      '--minify': true,
      // State files name classes.
      '--keep-names': true,
      '--main-fields': 'module,main',
      '--log-level': 'warning',
    },
  });
}
