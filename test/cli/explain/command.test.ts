import { readFileSync } from 'node:fs';
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
    expect(JSON.parse(stdout)).toEqual(explain(file, parseTemplate(file, aTemplate(other)), 'Second'));
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

  test('prints each row as one line to a pipe, so that names can be found in it', () => {
    const sid = `Users${'EncryptAndDecrypt'.repeat(12)}`;
    const statement = { Sid: sid, Effect: 'Allow', Principal: { AWS: ROLE_ARN }, Action: 'kms:Decrypt', Resource: '*' };
    const file = folder.file('long.template.json', aTemplate({}, { Statement: [DELEGATED_TO_IAM, statement] }));
    expect(run('explain', file).stdout).toContain('Service             Allow   decrypts');
    expect(run('explain', file).stdout).toContain(`key policy: ${sid}\n`);
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
      stderr: `${missing}: template cannot be read (ENOENT); name a *.template.json that cdk synth has written to cdk.out\n`,
    });
    expect(run('explain')).toEqual({
      status: 1,
      stdout: '',
      stderr: "cdk-kms-lifecycle: missing required argument 'template.json'; see --help\n",
    });
    expect(run()).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('explain [options] <template.json>') });
  });
});
