import { contentProblems } from '../../languages/package-check/contents';
import type { Installation } from '../../languages/package-check/installation';
import { installationProblems, upgradeProblems } from '../../languages/package-check/installation-problems';

const CONTENT = [
  'package.json', 'README.md', 'API.md', 'LICENSE', '.jsii', 'lib/index.js', 'lib/index.d.ts', 'lib/key/key-spec.js', 'lib/key/key-spec.d.ts',
  'docs/keys.md', 'docs/certificate.schema.json',
  'assets/control/index.js', 'assets/key-material/index.js', 'assets/kms-grant/index.js', 'assets/retirement/index.js', 'assets/worker/index.js',
  'assets/command-line/index.js', 'assets/local-kms/index.js', 'local-kms/index.js', 'local-kms/index.d.ts', 'local-kms/types/local/kms/index.d.ts',
];

describe('what is in the package', () => {
  test('is what users need', () => {
    expect(contentProblems(CONTENT)).toEqual([]);
  });

  test.each([
    'test/docs.test.js', 'lambda/ports.ts', 'src/index.ts', 'lib/index.ts', 'lib/index.js.map', 'assets/control/index.js.map', 'languages/apps/go/main.go',
    'local-kms/types/local/kms/main.ts', '.ci/run', 'tsconfig.json', 'build/languages/log', 'node_modules/esbuild/package.json', 'docs/.DS_Store',
  ])('is not %s', (stranger) => {
    expect(contentProblems([...CONTENT, stranger])).toEqual([expect.stringContaining(`nobody needs, got ${stranger};`)]);
  });

  test.each(['.jsii', 'lib/index.d.ts', 'assets/worker/index.js', 'assets/command-line/index.js', 'local-kms/index.d.ts', 'LICENSE'])('has %s', (needed) => {
    expect(contentProblems(CONTENT.filter((file) => file !== needed))).toEqual([expect.stringContaining(`${needed} is not in it`)]);
  });
});

const INSTALLATION: Installation = {
  versions: { cdk: '2.224.0', constructs: '10.5.0' },
  resourceTypes: new Map([['Ledger', 'AWS::KMS::Key'], ['Orders', 'Custom::RotatingKey'], ['Table', 'AWS::DynamoDB::Table']]),
  codeAssets: 1,
  explainedKeys: ['Orders', 'Ledger'],
  answerOfLocalKms: '{"Keys":[],"Truncated":false}',
  seconds: 1,
};

describe('where the package is installed', () => {
  test('its command line explains every key, and its local KMS answers', () => {
    expect(installationProblems(INSTALLATION)).toEqual([]);
  });

  test.each<[string, Partial<Installation>, RegExp]>([
    ['an app without keys', { resourceTypes: new Map(), explainedKeys: [] }, /has no key/],
    ['a key that is not explained', { explainedKeys: ['Orders'] }, /explain tells of other keys, got Orders; allowed: Ledger, Orders/],
    ['another answer of the local KMS', { answerOfLocalKms: '{}' }, /ListKeys, got \{\}/],
  ])('%s is told', (_, wrong, told) => {
    expect(installationProblems({ ...INSTALLATION, ...wrong })).toEqual([expect.stringMatching(told)]);
  });

  test('a newer AWS CDK may add resources, and replaces none', () => {
    const newer = (types: [string, string][]): Installation => ({ ...INSTALLATION, versions: { cdk: '2.276.0', constructs: '10.8.1' }, resourceTypes: new Map(types) });
    const same = [...INSTALLATION.resourceTypes] as [string, string][];
    expect(upgradeProblems(INSTALLATION, newer([...same, ['Alarm', 'AWS::CloudWatch::Alarm']]))).toEqual([]);
    expect(upgradeProblems(INSTALLATION, newer(same.slice(1)))).toEqual([expect.stringMatching(/2\.224\.0 to 2\.276\.0: the AWS::KMS::Key Ledger would be replaced/)]);
    expect(upgradeProblems(INSTALLATION, newer([...same.slice(0, 2), ['Table', 'AWS::DynamoDB::GlobalTable']]))).toHaveLength(1);
  });
});
