import { contentProblems } from '../../languages/package-check/contents';
import type { Installation } from '../../languages/package-check/installation';
import { installationProblems, upgradeProblems } from '../../languages/package-check/installation-problems';

const CONTENT = [
  'package.json', 'README.md', 'API.md', 'LICENSE', '.jsii',
  'lib/index.js', 'lib/index.d.ts', 'lib/key/key-spec.js', 'lib/key/key-spec.d.ts',
  'docs/keys.md', 'docs/certificate.schema.json',
  'assets/control/index.js', 'assets/key-material/index.js', 'assets/kms-grant/index.js', 'assets/retirement/index.js',
  'assets/worker/index.js', 'assets/command-line/index.js', 'assets/local-kms/index.js',
  'local-kms/index.js', 'local-kms/index.d.ts', 'local-kms/types/local/kms/index.d.ts',
];

describe('the package', () => {
  test('has all files that users need', () => {
    expect(contentProblems(CONTENT)).toEqual([]);
  });

  test.each([
    'test/docs.test.js', 'lambda/ports/keys.ts', 'src/index.ts', 'lib/index.ts', 'lib/index.js.map', 'assets/control/index.js.map',
    'languages/apps/go/main.go', 'local-kms/types/local/kms/main.ts', '.ci/run', 'tsconfig.json', 'build/languages/log',
    'node_modules/esbuild/package.json', 'docs/.DS_Store',
  ])('does not have %s', (unwanted) => {
    expect(contentProblems([...CONTENT, unwanted])).toEqual([expect.stringContaining(`must not be published, got ${unwanted};`)]);
  });

  test.each([
    '.jsii', 'lib/index.d.ts', 'assets/worker/index.js', 'assets/command-line/index.js', 'local-kms/index.d.ts', 'LICENSE',
  ])('has %s', (needed) => {
    expect(contentProblems(CONTENT.filter((file) => file !== needed))).toEqual([expect.stringContaining(`${needed} is missing`)]);
  });
});

const INSTALLATION: Installation = {
  versions: { cdk: '2.224.0', constructs: '10.5.0' },
  resourceTypes: new Map([['Ledger', 'AWS::KMS::Key'], ['Orders', 'Custom::RotatingKey'], ['Table', 'AWS::DynamoDB::Table']]),
  codeAssets: 1,
  explainedKeys: ['Orders', 'Ledger'],
  localKmsResponse: '{"Keys":[],"Truncated":false}',
  seconds: 1,
};

describe('the installed package', () => {
  test('explains every key, and its local KMS responds', () => {
    expect(installationProblems(INSTALLATION)).toEqual([]);
  });

  test.each<[string, Partial<Installation>, RegExp]>([
    ['an app without keys', { resourceTypes: new Map(), explainedKeys: [] }, /has no key/],
    ['a key that is not explained', { explainedKeys: ['Orders'] },
      /explain does not list the keys of the template, got Orders; allowed: Ledger, Orders/],
    ['another response of the local KMS', { localKmsResponse: '{}' }, /ListKeys is not an empty list, got \{\}/],
  ])('%s is a problem', (_, wrong, message) => {
    expect(installationProblems({ ...INSTALLATION, ...wrong })).toEqual([expect.stringMatching(message)]);
  });

  test('a newer AWS CDK may add resources, but must not replace one', () => {
    const versions = { cdk: '2.276.0', constructs: '10.8.1' };
    const newer = (types: [string, string][]): Installation => ({ ...INSTALLATION, versions, resourceTypes: new Map(types) });
    const same = [...INSTALLATION.resourceTypes] as [string, string][];
    expect(upgradeProblems(INSTALLATION, newer([...same, ['Alarm', 'AWS::CloudWatch::Alarm']]))).toEqual([]);
    const replaced = /2\.224\.0 to 2\.276\.0: the AWS::KMS::Key Ledger would be replaced/;
    expect(upgradeProblems(INSTALLATION, newer(same.slice(1)))).toEqual([expect.stringMatching(replaced)]);
    expect(upgradeProblems(INSTALLATION, newer([...same.slice(0, 2), ['Table', 'AWS::DynamoDB::GlobalTable']]))).toHaveLength(1);
  });
});
