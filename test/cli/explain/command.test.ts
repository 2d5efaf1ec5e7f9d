import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aFolder, aTemplate, DELEGATED_TO_IAM, FILE, ROLE_ARN, run } from './a-template';
import { explain } from '../../../cli/explain/explain';
import { parseTemplate } from '../../../cli/explain/template';

describe('the command', () => {
  const folder = aFolder();

  test('prints tables, or one JSON object with the same content', () => {
    const other = { Second: { Type: 'AWS::KMS::Key' } };
    const file = folder.file(FILE, aTemplate(other));
    const tables = run('explain', file);
    expect(tables).toMatchObject({ status: 0, stderr: '' });
    expect(tables.stdout).toContain('Key  AWS::KMS::Key  alias/orders\n');
    expect(tables.stdout).toContain('Second  AWS::KMS::Key\n');

    const { status, stdout } = run('explain', file, '--json', '--key', 'Second');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(explain(file, [{ template: parseTemplate(file, aTemplate(other)) }], { logicalId: 'Second' }));
  });

  test('prints help with examples', () => {
    const { status, stdout } = run('explain', '--help');
    expect(status).toBe(0);
    for (const words of [
      '--key',
      '--json',
      'cdk synth',
      'npx cdk-kms-lifecycle explain cdk.out/Orders.template.json',
      'An explicit Deny overrides every Allow',
    ]) {
      expect(stdout).toContain(words);
    }
  });

  test('reads a template with a byte order mark', () => {
    const file = folder.file('bom.template.json', `\uFEFF${aTemplate()}`);
    expect(run('explain', file)).toMatchObject({ status: 0, stderr: '' });
  });

  test('prints at most 160 columns to a pipe, and a long list of values as its ends and its length; JSON has all values', () => {
    const values = Array.from({ length: 11 }, (_, index) => `tenant-${index + 1}`);
    const statement = (keys: object) => ({
      Effect: 'Allow', Principal: { AWS: ROLE_ARN }, Action: 'kms:Decrypt', Resource: '*', Condition: { StringEquals: keys },
    });
    const file = folder.file('long.template.json', aTemplate({}, {
      Statement: [DELEGATED_TO_IAM, statement({ 'kms:EncryptionContext:a': values }), statement({ 'kms:EncryptionContext:b': values.slice(1) })],
    }));
    const { stdout } = run('explain', file);
    expect(stdout.split('\n').filter((line) => line.length > 160)).toEqual([]);
    const conditions = stdout.replace(/Service +Allow +decrypts|key policy|\s+/g, ' ').replace(/ +/g, ' ');
    expect(conditions).toContain('StringEquals kms:EncryptionContext:a = tenant-1, tenant-2 … tenant-11 (11 values, --json lists all)');
    expect(conditions).toContain(`StringEquals kms:EncryptionContext:b = ${values.slice(1).join(', ')}`);
    expect(JSON.parse(run('explain', file, '--json').stdout)).toMatchObject({
      keys: [{ access: [{}, { conditions: [`StringEquals kms:EncryptionContext:a = ${values.join(', ')}`] }, {}] }],
    });
  });

  test('explains every template of a directory, also of stages, and names each', () => {
    for (const directory of ['all/assembly-Stage', 'all/asset.4f53']) mkdirSync(join(folder.path, directory), { recursive: true });
    for (const name of ['Orders', 'assembly-Stage/Orders', 'asset.4f53/Product']) folder.file(`all/${name}.template.json`, aTemplate());
    folder.file('all/Table.template.json', '{"Resources":{}}');
    folder.file('all/Empty.template.json', '{"Parameters":{},"Rules":{}}');
    folder.file('all/manifest.json', 'no template');
    const { status, stdout, stderr } = run('explain', join(folder.path, 'all'));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => line.includes('AWS::KMS::Key'))).toEqual([
      'Orders.template.json  Key  AWS::KMS::Key  alias/orders',
      'assembly-Stage/Orders.template.json  Key  AWS::KMS::Key  alias/orders',
    ]);
  });

  test('--version prints the version of the package', () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')) as { version: string };
    expect(run('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('prints the error and its remedy, and exits with 1', () => {
    const missing = `${folder.path}/missing.json`;
    expect(run('explain', missing)).toEqual({
      status: 1,
      stdout: '',
      stderr: `${missing}: file does not exist; synthesize the app with cdk synth and name a *.template.json in cdk.out, or cdk.out itself\n`,
    });
    mkdirSync(`${folder.path}/empty`);
    expect(run('explain', `${folder.path}/empty`)).toEqual({
      status: 1,
      stdout: '',
      stderr: `${folder.path}/empty: directory has no template; allowed: a directory with a *.template.json, also in its directories; `
        + 'synthesize the app with cdk synth and name its output directory, cdk.out by default\n',
    });
    expect(run('explain')).toEqual({
      status: 1,
      stdout: '',
      stderr: "cdk-kms-lifecycle: missing required argument 'template.json'; see --help\n",
    });
    expect(run()).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('explain [options] <template.json>') });
  });
});
