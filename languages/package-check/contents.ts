import { describeProblem } from '../../src/contract/problem';

/** Files that may be published. */
const PUBLISHED: readonly RegExp[] = [
  /^(package\.json|README\.md|API\.md|LICENSE)$/,
  // Source from which jsii generates the other languages.
  /^\.jsii$/,
  // Constructs and their types.
  /^lib\/.+\.(js|d\.ts)$/,
  // Lambda functions that are deployed, and commands.
  /^assets\/[a-z-]+\/index\.js$/,
  // Code around the examples of docstrings, which Construct Hub translates.
  /^rosetta\/default\.ts-fixture$/,
  /^docs\/[a-z-]+\.(md|schema\.json)$/,
  // The local KMS for tests, and its types.
  /^local-kms\/(index\.js|index\.d\.ts|types\/.+\.d\.ts)$/,
];

/** Files without which the package does not work. */
const EXPECTED: readonly string[] = [
  'package.json', 'README.md', 'API.md', 'LICENSE', '.jsii', 'lib/index.js', 'lib/index.d.ts', 'docs/keys.md',
  'assets/control/index.js', 'assets/key-material/index.js', 'assets/kms-grant/index.js', 'assets/retirement/index.js',
  'assets/worker/index.js', 'assets/command-line/index.js', 'assets/local-kms/index.js', 'local-kms/index.js', 'local-kms/index.d.ts',
];

/** Files that must not be published (tests, sources of functions, build output), and files that are missing. */
export function contentProblems(files: readonly string[]): string[] {
  const where = 'package';
  return [
    ...files.filter((file) => !PUBLISHED.some((published) => published.test(file)))
      .map((file) => describeProblem({
        where, what: 'a file must not be published', given: file, remedy: 'exclude its folder in npmignore, in .projenrc.ts',
      })),
    ...EXPECTED.filter((file) => !files.includes(file))
      .map((file) => describeProblem({
        where, what: `${file} is missing`, remedy: 'build it first (npx projen ready-to-pack), and check .npmignore',
      })),
  ];
}
