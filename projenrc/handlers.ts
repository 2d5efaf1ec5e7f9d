import { awscdk } from 'projen';

/**
 * Bundles every Lambda handler into `assets/` when the package is built, AWS SDK included.
 *
 * Users of every language deploy exactly these files: synthesis bundles nothing, and no handler depends on the version
 * of the AWS SDK in a Lambda runtime.
 */
export function bundleHandlers(project: awscdk.AwsCdkConstructLibrary, handlers: { [asset: string]: string }): void {
  for (const [asset, entrypoint] of Object.entries(handlers)) {
    project.bundler.addBundle(entrypoint, {
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      sourcemap: false,
      // projen writes a bundle to a folder with the path of its entry. Go up one level for each part of that path.
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
