import { awscdk } from 'projen';

/** Bundles a program for people's machines into one file that needs nothing but Node.js: a command that they start, or a library that they import. */
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
