import { awscdk } from 'projen';

/**
 * Bundles every Lambda handler into `assets/` when the package is built, AWS SDK included.
 *
 * Users, in every language, deploy exactly these files: synthesis bundles nothing, and no handler depends on
 * the SDK version that a Lambda runtime happens to ship.
 */
export function bundleHandlers(project: awscdk.AwsCdkConstructLibrary, handlers: { [asset: string]: string }): void {
  for (const [asset, entrypoint] of Object.entries(handlers)) {
    project.bundler.addBundle(entrypoint, {
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      sourcemap: false,
      // projen writes a bundle to a folder that repeats the path of its entry: one level up for each part of that path.
      outfile: `${'../'.repeat(entrypoint.split('/').length)}${asset}/index.js`,
      esbuildArgs: {
        '--minify': true,
        '--keep-names': true,
        '--main-fields': 'module,main',
        '--log-level': 'warning',
      },
    });
  }
}
