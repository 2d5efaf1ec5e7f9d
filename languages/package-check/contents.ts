import { describeProblem } from '../../src/contract/problem';

/** Everything that may be published. */
const PUBLISHED: readonly RegExp[] = [
  /^(package\.json|README\.md|API\.md|LICENSE)$/,
  // What the other languages are generated from.
  /^\.jsii$/,
  // Constructs, and their types.
  /^lib\/.+\.(js|d\.ts)$/,
  // The functions that are deployed, and the programs for people's machines.
  /^assets\/[a-z-]+\/index\.js$/,
  // The code around the examples of docstrings, which Construct Hub translates.
  /^rosetta\/default\.ts-fixture$/,
  /^docs\/[a-z-]+\.(md|schema\.json)$/,
  // The local KMS for tests, and its types.
  /^local-kms\/(index\.js|index\.d\.ts|types\/.+\.d\.ts)$/,
];

/** Without these, somebody would notice at once. */
const EXPECTED: readonly string[] = [
  'package.json', 'README.md', 'API.md', 'LICENSE', '.jsii', 'lib/index.js', 'lib/index.d.ts', 'docs/keys.md',
  'assets/control/index.js', 'assets/key-material/index.js', 'assets/kms-grant/index.js', 'assets/retirement/index.js', 'assets/worker/index.js',
  'assets/command-line/index.js', 'assets/local-kms/index.js', 'local-kms/index.js', 'local-kms/index.d.ts',
];

/** What is in the package and should not be: tests, sources of functions, leftovers of a build. And what should be, and is not. */
export function contentProblems(files: readonly string[]): string[] {
  const where = 'package';
  return [
    ...files.filter((file) => !PUBLISHED.some((published) => published.test(file)))
      .map((file) => describeProblem({ where, what: 'a file is in it that nobody needs', given: file, remedy: 'name its folder in npmignore, in .projenrc.ts' })),
    ...EXPECTED.filter((file) => !files.includes(file))
      .map((file) => describeProblem({ where, what: `${file} is not in it`, remedy: 'build it before (npx projen ready-to-pack), and look at .npmignore' })),
  ];
}
