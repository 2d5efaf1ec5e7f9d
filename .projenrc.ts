import { awscdk, javascript } from 'projen';
import { bundleHandlers } from './projenrc/handlers';
import { bundleLocalKms, LOCAL_KMS } from './projenrc/local-kms';
import { bundleProgram } from './projenrc/program';

/** The command line of the published package. */
const COMMAND_LINE = 'assets/command-line/index.js';

const description =
  'AWS KMS keys for CDK apps, from creation to deletion: secure key policies, imported key material (BYOK), ' +
  'rotation with every stored data key re-encrypted, and retirement only when nothing depends on them.';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-kms-lifecycle',
  description,
  author: 'cdk-kms-lifecycle maintainers',
  authorAddress: 'maintainers@cdk-kms-lifecycle.example',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-kms-lifecycle/cdk-kms-lifecycle.git',
  license: 'Apache-2.0',
  stability: 'experimental',
  keywords: ['aws', 'kms', 'byok', 'key-rotation', 'key-policy', 'encryption', 're-encrypt', 'imported-key-material'],
  defaultReleaseBranch: 'main',

  cdkVersion: '2.224.0',
  constructsVersion: '10.5.0',
  jsiiVersion: '~6.0.16',
  typescriptVersion: '~6.0.3',
  jestOptions: {
    jestVersion: '30.5.2',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    passWithNoTests: false,
    jestConfig: {
      collectCoverage: false,
      // Ends a test that hangs. It does not measure a test: a loaded machine needs many times as long as an idle one.
      testTimeout: 45 * 60_000,
      // The process that distributes the tests is idle. With the default, one of two cores would be idle, too.
      maxWorkers: '100%',
      // Jest leaves an AsyncLocalStorage behind for each test file, and every promise of the process pays for all of
      // them: without new processes, late files take two to three times as long.
      workerIdleMemoryLimit: '500MB',
      modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/lib/', '<rootDir>/build/'],
    },
  },
  tsJestOptions: { transformOptions: {} },
  minNodeVersion: '20.0.0',
  bin: { 'cdk-kms-lifecycle': COMMAND_LINE, 'local-kms': LOCAL_KMS },
  projenrcTs: true,
  projenVersion: '0.103.25',
  packageManager: javascript.NodePackageManager.NPM,

  publishToPypi: { distName: 'cdk-kms-lifecycle', module: 'cdk_kms_lifecycle' },
  publishToMaven: {
    javaPackage: 'io.github.cdkkmslifecycle',
    mavenGroupId: 'io.github.cdk-kms-lifecycle',
    mavenArtifactId: 'cdk-kms-lifecycle',
  },
  publishToGo: { moduleName: 'github.com/cdk-kms-lifecycle/cdk-kms-lifecycle-go', packageName: 'cdkkmslifecycle' },
  publishToNuget: { dotNetNamespace: 'CdkKmsLifecycle', packageId: 'CdkKmsLifecycle' },

  // `.ci/run` builds and tests on any machine. Releases are not automated yet.
  github: false,
  release: false,
  depsUpgrade: false,
  pullRequestTemplate: false,

  eslintOptions: {
    dirs: ['src'],
    // Their imports are bundled, or are not published.
    devdirs: ['cli', 'lambda', 'local', 'bench', 'simulation', 'e2e', 'languages', 'examples', 'test', 'projenrc'],
    commandOptions: { fix: false },
  },

  devDeps: [
    '@aws-crypto/client-node@^5.0.2',
    '@aws-sdk/client-cloudformation@^3.1150.0',
    '@aws-sdk/client-dynamodb@^3.1150.0',
    '@aws-sdk/client-kms@^3.1164.0',
    '@aws-sdk/client-lambda@^3.1150.0',
    '@aws-sdk/client-s3@^3.1150.0',
    '@aws-sdk/client-scheduler@^3.1150.0',
    '@aws-sdk/client-secrets-manager@^3.1150.0',
    '@aws-sdk/client-sfn@^3.1150.0',
    // Evaluates policies in tests. AGPL-3.0: never bundled, and never imported by published code.
    '@cloud-copilot/iam-simulate@0.1.173',
    // Newer versions are ES modules only, which the test runner cannot load.
    '@noble/curves@^1.9.7',
    '@noble/post-quantum@0.4.1',
    '@types/cli-progress',
    '@types/node@^20',
    'asl-validator@^4',
    // The newest version on npm has another major version, which does not support this aws-cdk-lib.
    'aws-cdk@2.1148.1',
    'aws-cdk-lib@2.224.0',
    // 2.38 requires a newer version of constructs than this library, and 3 requires a newer AWS CDK.
    'cdk-nag@2.37.55',
    'cli-progress',
    'commander@^14',
    'dynalite@4.0.0',
    'esbuild@0.28.2',
    'fast-check',
    'p-limit@^3',
    'tsx',
  ],
  bundlerOptions: { esbuildVersion: '0.28.2' },
  gitignore: ['/assets/', '/build/', 'cdk.out/', '__pycache__/', '.DS_Store'],
});

// projen derives the versions of these two from jestVersion, but they have other version numbers.
project.addDevDeps('@types/jest@^30', 'ts-jest@29.4.15');

// test/tsconfig.json checks all folders. It extends the top-level tsconfig.json, which has only what jsii compiles.
project.tsconfigDev.addInclude('../cli/**/*.ts');
project.tsconfigDev.addInclude('../lambda/**/*.ts');
project.tsconfigDev.addInclude('../local/**/*.ts');
project.tsconfigDev.addInclude('../bench/**/*.ts');
project.tsconfigDev.addInclude('../simulation/**/*.ts');
project.tsconfigDev.addInclude('../e2e/**/*.ts');
project.tsconfigDev.addInclude('../examples/**/*.ts');
project.tsconfigDev.addInclude('../languages/**/*.ts');
// The apps import the package by its name, and are compiled where it is installed.
project.tsconfigDev.addExclude('../languages/apps');
const strictness = ['noUncheckedIndexedAccess', 'isolatedModules', 'noImplicitOverride'];
for (const option of strictness) project.tsconfigDev.file.addOverride(`compilerOptions.${option}`, true);
// Each folder that jsii does not compile has its own list of folders whose types it may import.
compileFolder('cli', ['../lambda/**/*.ts', '../src/contract/**/*.ts']);
compileFolder('lambda', ['../src/contract/**/*.ts']);
compileFolder('local', ['../lambda/**/*.ts', '../src/**/*.ts', '../examples/**/*.ts']);
compileFolder('bench', ['../local/**/*.ts', '../lambda/**/*.ts', '../src/**/*.ts']);
compileFolder('simulation', ['../local/**/*.ts', '../lambda/**/*.ts', '../src/**/*.ts']);
compileFolder('e2e', ['../local/**/*.ts', '../lambda/**/*.ts', '../src/**/*.ts', '../examples/**/*.ts']);
compileFolder('examples', ['../src/**/*.ts']);
compileFolder('languages', ['../src/contract/**/*.ts'], ['apps']);
const maxLength = { code: 140, comments: 120, ignoreUrls: true, ignoreRegExpLiterals: true };
project.eslint?.addRules({ '@stylistic/max-len': ['error', maxLength] });
// Names of tests and expected texts are sentences, which are not cut.
project.eslint?.addOverride({
  files: ['test/**'],
  rules: { '@stylistic/max-len': ['error', { ...maxLength, ignoreStrings: true, ignoreTemplateLiterals: true }] },
});
// The linter cannot resolve the package that these apps import.
project.eslint?.addOverride({ files: ['languages/apps/**'], rules: { 'import/no-unresolved': 'off', 'import/order': 'off' } });

project.npmignore?.exclude(
  '/.ci/', '/bench/', '/build/', '/cli/', '/e2e/', '/examples/', '/lambda/', '/languages/', '/local/', '/projenrc/', '/simulation/',
  '/CONTRIBUTING.md', 'cdk.out/', '/.gitattributes',
);
project.npmignore?.include('/assets/');

bundleHandlers(project, {
  'control': 'lambda/control/control.lambda.ts',
  'key-material': 'lambda/key-material/key-material.lambda.ts',
  'kms-grant': 'lambda/kms-grant/kms-grant.lambda.ts',
  'retirement': 'lambda/retirement/function/retirement.lambda.ts',
  'worker': 'lambda/reencrypt/worker.lambda.ts',
});

bundleProgram(project, 'cli/main.ts', '../../command-line/index.js', 'command');
const localKmsTypes = bundleLocalKms(project);

const typeCheck = project.addTask('type-check', {
  description: 'Checks the types of all folders: src, lambda, cli, local, examples, tests and others',
  steps: [{ exec: 'tsc --noEmit -p test/tsconfig.json' }, { exec: 'tsc --noEmit -p lambda/tsconfig.json' }],
});
// A test compiles against the published types.
typeCheck.prependSpawn(localKmsTypes);
project.testTask.prependSpawn(project.bundler.bundleTask);
project.testTask.prependSpawn(typeCheck);

// Construct Hub translates the examples of README.md and of docstrings, so each one must compile. `rosetta/` contains
// the code around them.
project.package.addField('jsii', { ...project.package.manifest.jsii, metadata: { jsii: { rosetta: { strict: true } } } });
const examples = project.addTask('examples', {
  description: 'Compiles every example of README.md and of the docstrings, as Construct Hub does',
  exec: 'jsii-rosetta extract --strict .',
});
project.postCompileTask.spawn(examples);
project.gitignore.addPatterns('/.jsii.tabl.json');
project.npmignore?.exclude('/.jsii.tabl.json');

const readyToPack = project.addTask('ready-to-pack', { description: 'Builds all files of the published package' });
for (const task of [project.preCompileTask, project.compileTask, localKmsTypes]) readyToPack.spawn(task);

// The demo, the local KMS and the benchmarks also print JSON for scripts: a task runner would add its own output.
const run = 'node --import tsx';
project.package.setScript('bundle', 'projen bundle');
project.package.setScript('demo', `projen bundle 1>&2 && ${run} local/demo/main.ts`);
project.package.setScript('e2e', `projen bundle 1>&2 && ${run} e2e/main.ts`);
project.package.setScript('mutation-check', `${run} test/system/mutation/check.ts`);
project.package.setScript('mutation-simulation', `${run} test/system/mutation/simulated.ts`);
project.package.setScript('local-kms-page', `${run} test/local/kms/operations-page/main.ts`);
project.package.setScript('cfn-lint', `${run} test/system/examples/cfn-lint/main.ts`);
project.package.setScript('explain', `${run} cli/main.ts explain`);
project.package.setScript('local-kms', `${run} local/kms/main.ts`);
project.package.setScript('bench', `${run} bench/main.ts`);
project.package.setScript('simulate', `${run} simulation/main.ts`);
project.package.setScript('languages', `projen ready-to-pack 1>&2 && ${run} languages/main.ts`);
project.package.setScript('package-check', `projen ready-to-pack 1>&2 && ${run} languages/package-check/main.ts`);

// ES modules can import only these paths of the package. Tools read `.jsii` and `package.json` by their paths.
project.package.addField('exports', {
  '.': { types: './lib/index.d.ts', default: './lib/index.js' },
  './local-kms': { types: './local-kms/index.d.ts', default: './local-kms/index.js' },
  './.jsii': './.jsii',
  './package.json': './package.json',
});
project.package.addField('overrides', { 'unrs-resolver': '1.12.2' });
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');
project.tasks.addEnvironment('JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION', '1');
project.tasks.addEnvironment('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');

project.synth();

function compileFolder(folder: string, dependencies: string[], excluded: string[] = []): void {
  const tsconfig = new javascript.TypescriptConfig(project, {
    fileName: `${folder}/tsconfig.json`,
    include: ['**/*.ts', ...dependencies],
    exclude: ['node_modules', ...excluded],
    compilerOptions: { ...project.tsconfig?.compilerOptions, rootDir: '..', outDir: undefined, types: ['node'], noEmit: true },
  });
  for (const option of strictness) tsconfig.file.addOverride(`compilerOptions.${option}`, true);
}
