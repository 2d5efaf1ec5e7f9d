import type { Language } from './language';

const PACKAGE = 'github.com/cdk-kms-lifecycle/cdk-kms-lifecycle-go/cdkkmslifecycle';

/** Go: the generated module replaces the one that `go` would download. */
export const GO: Language = {
  name: 'Go',
  target: 'go',
  tools: [{ name: 'its toolchain (go)', command: 'go', args: ['version'] }],
  async synthesize({ generated, versions, run }) {
    await run('go', 'mod', 'edit',
      `-require=github.com/aws/aws-cdk-go/awscdk/v2@v${versions.cdk}`,
      `-require=github.com/aws/constructs-go/constructs/v10@v${versions.constructs}`,
      `-require=${PACKAGE}@v0.0.0`,
      `-replace=${PACKAGE}=${generated}/cdkkmslifecycle`);
    await run('go', 'run', '-mod=mod', '.');
  },
};
