import { awscdk } from 'projen';

/** Bundles a program into one file that needs only Node.js: a command to start, or a library to import. */
export function bundleProgram(project: awscdk.AwsCdkConstructLibrary, entry: string, outfile: string, as: 'command' | 'library'): void {
  project.bundler.addBundle(entry, {
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: false,
    outfile,
    ...(as === 'command' && { executable: true, banner: '#!/usr/bin/env node' }),
    // AGPL-3.0: never bundled.
    externals: ['@cloud-copilot/iam-simulate'],
    esbuildArgs: {
      '--minify': true,
      // State files and snapshots of the local KMS name classes.
      '--keep-names': true,
      '--main-fields': 'module,main',
      '--log-level': 'warning',
    },
  });
}
