import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { testWith } from '../../../../support/installed';
import { ACCOUNT, aKey, aLocalKms, decryptText, encryptText, REGION } from '../../local-kms-bench';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: ACCOUNT, AWS_SECRET_ACCESS_KEY: 'any', AWS_DEFAULT_REGION: REGION };

/**
 * Decrypts one ciphertext, fails to decrypt it with another context, encrypts another text, and prints the
 * results as JSON.
 */
const BOTO3 = `
import boto3, json, sys, base64
given = json.load(sys.stdin)
kms = boto3.client('kms', endpoint_url=given['endpoint'])
blob = base64.b64decode(given['blob'])
opened = kms.decrypt(CiphertextBlob=blob, EncryptionContext={'from': 'javascript'})
try:
    kms.decrypt(CiphertextBlob=blob, EncryptionContext={'from': 'elsewhere'})
except kms.exceptions.InvalidCiphertextException as error:
    refusal = error.response['Error']
created = kms.describe_key(KeyId=given['key'])['KeyMetadata']['CreationDate']
sealed = kms.encrypt(KeyId=given['key'], Plaintext='sealed by boto3 ☃'.encode(), EncryptionContext={'from': 'python ☃'})
print(json.dumps({
    'opened': opened['Plaintext'].decode(), 'refusal': refusal, 'created': created.timestamp(),
    'blob': base64.b64encode(sealed['CiphertextBlob']).decode(),
}))
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interoperation-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const boto3 = testWith('python3', ['-c', 'import boto3']);
const awsCommand = testWith('aws', ['--version']);

boto3('a ciphertext goes from the SDK for JavaScript to boto3, and one of boto3 comes back', async () => {
  const { kms, server } = await aLocalKms();
  const key = await aKey(kms);
  const blob = Buffer.from(await encryptText(kms, key.KeyId, 'sealed by JavaScript ☃', { from: 'javascript' })).toString('base64');

  const told = JSON.parse(await run('python3', ['-c', BOTO3], JSON.stringify({ endpoint: server.endpoint, key: key.Arn, blob })));

  expect(told).toMatchObject({
    opened: 'sealed by JavaScript ☃',
    refusal: { Code: 'InvalidCiphertextException' },
    created: key.CreationDate!.getTime() / 1000,
  });
  expect(await decryptText(kms, Buffer.from(told.blob, 'base64'), { from: 'python ☃' })).toBe('sealed by boto3 ☃');
});

awsCommand('a ciphertext of the SDK for JavaScript is re-encrypted by the aws command, and opens under the new key', async () => {
  const { kms, server } = await aLocalKms();
  const [source, destination] = [await aKey(kms), await aKey(kms)];
  // A file is read as bytes by every version of the command; text is not.
  const file = join(folder, 'blob');
  writeFileSync(file, await encryptText(kms, source.KeyId, 'a text', { generation: '1' }));

  const told = JSON.parse(await run('aws', [
    '--endpoint-url', server.endpoint, '--output', 'json', 'kms', 're-encrypt',
    '--ciphertext-blob', `fileb://${file}`, '--source-encryption-context', 'generation=1',
    '--destination-key-id', destination.Arn, '--destination-encryption-context', 'generation=2',
  ]));

  expect(told).toMatchObject({ SourceKeyId: source.Arn, KeyId: destination.Arn });
  await kms.disableKey({ KeyId: source.KeyId });
  expect(await decryptText(kms, Buffer.from(told.CiphertextBlob, 'base64'), { generation: '2' })).toBe('a text');
});

async function run(program: string, args: string[], input = ''): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, PYTHONIOENCODING: 'utf-8', ...CREDENTIALS };
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(input);
  const [told, status] = await Promise.all([text(child.stdout), new Promise((resolve) => child.once('close', resolve))]);
  expect(status).toBe(0);
  return told;
}
