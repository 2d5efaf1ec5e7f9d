import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testWith } from '../../../../support/installed';
import { aLocalKms, anExternalKey, decryptText, describeKey, encryptText } from '../../local-kms-bench';

const PAGE = join(__dirname, '../../../../../docs/local-kms.md');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'walk-byok-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('key material that openssl generated and wrapped can be imported and used', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await anExternalKey(kms);
  const { PublicKey, ImportToken } = await kms.getParametersForImport({
    KeyId,
    WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    WrappingKeySpec: 'RSA_2048',
  });
  writeFileSync(join(folder, 'wrapping-key.der'), PublicKey!);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder });
  openssl('rand', '-out', 'material.bin', '32');
  openssl('pkeyutl', '-encrypt', '-in', 'material.bin', '-out', 'wrapped.bin', '-pubin', '-inkey', 'wrapping-key.der', '-keyform', 'DER',
    '-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt', 'rsa_oaep_md:sha256', '-pkeyopt', 'rsa_mgf1_md:sha256');

  await kms.importKeyMaterial({
    KeyId, ImportToken, EncryptedKeyMaterial: readFileSync(join(folder, 'wrapped.bin')), ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
  });

  expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Enabled' });
  expect(await decryptText(kms, await encryptText(kms, KeyId, 'text'))).toBe('text');
});

testWith('aws', ['--version'])('the walk of docs/local-kms.md, as it is written there, leads to a document that comes back', async () => {
  const { server, as } = await aLocalKms();
  const page = readFileSync(PAGE, 'utf8');
  const [, settings] = /^(export AWS_.*\n)/m.exec(page)!;
  const [, commands] = /<!-- walk -->\n```bash\n([^`]*)```/.exec(page)!;
  const script = `set -euo pipefail\n${settings}${commands}`.replaceAll('http://127.0.0.1:4599', server.endpoint);

  const bash = spawn('bash', { cwd: folder, env: { PATH: process.env.PATH, HOME: process.env.HOME }, stdio: ['pipe', 'pipe', 'inherit'] });
  let told = '';
  bash.stdout.on('data', (chunk) => told += String(chunk));
  bash.stdin.end(script);

  expect(await once(bash, 'close')).toEqual([0, null]);
  expect(told.split('\n').slice(-2)).toEqual(['Enabled', 'a document']);
  const kms = as('111122223333');
  const [key] = (await kms.listKeys({})).Keys!;
  expect(await describeKey(kms, key!.KeyId!)).toMatchObject({ Origin: 'EXTERNAL', KeyState: 'Enabled' });
});
