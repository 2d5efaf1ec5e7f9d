import { awscdk, type Task } from 'projen';
import { bundleProgram } from './program';

/** The command `local-kms` of the published package: one file that needs only Node.js. */
export const LOCAL_KMS = 'assets/local-kms/index.js';

/**
 * The module that tests import as `cdk-kms-lifecycle/local-kms`: `index.d.ts` is written manually, the types to which
 * it refers are generated.
 */
const LIBRARY = 'local-kms';

/**
 * Bundles the local KMS, so that users can start it, and their tests can run it, wherever this package is installed.
 *
 * Returns the task that writes its types.
 */
export function bundleLocalKms(project: awscdk.AwsCdkConstructLibrary): Task {
  bundleProgram(project, 'local/kms/main.ts', '../../../local-kms/index.js', 'command');
  bundleProgram(project, 'local/kms/index.ts', `../../../../${LIBRARY}/index.js`, 'library');

  const emitTypes = project.addTask('local-kms-types', {
    description: 'Writes the types of the local KMS, for tests that import it from the published package',
    exec: 'tsc local/kms/index.ts --ignoreConfig --declaration --emitDeclarationOnly --strict --esModuleInterop --skipLibCheck '
      + `--target es2022 --module node16 --types node --rootDir . --outDir ${LIBRARY}/types`,
  });
  project.postCompileTask.spawn(emitTypes);
  project.gitignore.addPatterns(`/${LIBRARY}/index.js`, `/${LIBRARY}/types/`);
  project.npmignore?.include(`/${LIBRARY}/`);
  return emitTypes;
}
