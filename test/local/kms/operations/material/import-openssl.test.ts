import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeySpec, KeyUsageType, KMS, MacAlgorithmSpec, SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import { aLocalKms, describeKey, encryptText, refusalOf } from '../../local-kms-bench';

/*
 * Everything that an operator does outside of KMS is done here with OpenSSL, as AWS's guide shows it:
 * generating key material, wrapping it, and using it. Nothing of it is our own code, so that both sides cannot
 * agree on the same mistake.
 */
const MESSAGE = Buffer.from('order 4711: two apples');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-openssl-'));
  writeFileSync(join(folder, 'message'), MESSAGE);
  openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem');
  openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem');
  for (const kind of ['rsa', 'ec']) {
    openssl(`pkcs8 -topk8 -nocrypt -in ${kind}.pem -outform DER -out ${kind}.material`);
    openssl(`pkey -in ${kind}.pem -pubout -outform DER -out ${kind}.public`);
    openssl(`dgst -sha256 -sign ${kind}.pem -out ${kind}.signature message`);
  }
  openssl('rand -out secret.material 32');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function openssl(command: string): string {
  return execFileSync('openssl', command.split(' '), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
}

const file = (name: string): Buffer => readFileSync(join(folder, name));

const OAEP = (digest: string) => `-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:${digest} -pkeyopt rsa_mgf1_md:${digest}`;

/** Each wraps the file `<name>.material` with the public key of KMS in `wrapping.public`. */
const WRAP = {
  RSAES_OAEP_SHA_1: (name: string) => wrapDirectly(name, 'sha1'),
  RSAES_OAEP_SHA_256: (name: string) => wrapDirectly(name, 'sha256'),
  RSA_AES_KEY_WRAP_SHA_1: (name: string) => wrapThroughAesKey(name, 'sha1'),
  RSA_AES_KEY_WRAP_SHA_256: (name: string) => wrapThroughAesKey(name, 'sha256'),
};
type Algorithm = keyof typeof WRAP;

function wrapDirectly(name: string, digest: string): Buffer {
  openssl(`pkeyutl -encrypt -in ${name}.material -out wrapped -inkey wrapping.public -keyform DER -pubin ${OAEP(digest)}`);
  return file('wrapped');
}

function wrapThroughAesKey(name: string, digest: string): Buffer {
  openssl('rand -out aes.key 32');
  openssl(`enc -id-aes256-wrap-pad -iv A65959A6 -K ${file('aes.key').toString('hex')} -in ${name}.material -out wrapped-material`);
  openssl(`pkeyutl -encrypt -in aes.key -out wrapped-aes.key -inkey wrapping.public -keyform DER -pubin ${OAEP(digest)}`);
  return Buffer.concat([file('wrapped-aes.key'), file('wrapped-material')]);
}

async function aKeyFromOpenssl(kms: KMS, name: string, algorithm: Algorithm, KeySpec: KeySpec, KeyUsage: KeyUsageType): Promise<string> {
  const KeyId = (await kms.createKey({ KeySpec, KeyUsage, Origin: 'EXTERNAL' })).KeyMetadata!.KeyId!;
  await importAgain(kms, KeyId, name, algorithm);
  expect(await describeKey(kms, KeyId)).toMatchObject({ KeyState: 'Enabled' });
  return KeyId;
}

async function importAgain(kms: KMS, KeyId: string, name: string, WrappingAlgorithm: Algorithm): Promise<void> {
  const { ImportToken, PublicKey } = await kms.getParametersForImport({ KeyId, WrappingAlgorithm, WrappingKeySpec: 'RSA_2048' });
  writeFileSync(join(folder, 'wrapping.public'), PublicKey!);
  await kms.importKeyMaterial({
    KeyId, ImportToken, EncryptedKeyMaterial: WRAP[WrappingAlgorithm](name), ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
  });
}

test.each<Algorithm>(['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'])(
  'symmetric material: %s carries the very bytes, and no others pass for them',
  async (algorithm) => {
    const { kms } = await aLocalKms();
    const KeyId = await aKeyFromOpenssl(kms, 'secret', algorithm, 'SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT');
    const CiphertextBlob = await encryptText(kms, KeyId, 'text');
    await kms.deleteImportedKeyMaterial({ KeyId });
    openssl('rand -out other.material 32');

    expect(await refusalOf(importAgain(kms, KeyId, 'other', algorithm))).toBe('IncorrectKeyMaterialException: UnknownError');
    await importAgain(kms, KeyId, 'secret', algorithm);

    expect(Buffer.from((await kms.decrypt({ CiphertextBlob })).Plaintext!).toString()).toBe('text');
  },
);

const PAIRS: [string, KeySpec, SigningAlgorithmSpec, Algorithm][] = [
  ['rsa', 'RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 'RSA_AES_KEY_WRAP_SHA_1'],
  ['rsa', 'RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 'RSA_AES_KEY_WRAP_SHA_256'],
  ['ec', 'ECC_NIST_P256', 'ECDSA_SHA_256', 'RSA_AES_KEY_WRAP_SHA_1'],
  ['ec', 'ECC_NIST_P256', 'ECDSA_SHA_256', 'RSA_AES_KEY_WRAP_SHA_256'],
  ['ec', 'ECC_NIST_P256', 'ECDSA_SHA_256', 'RSAES_OAEP_SHA_1'],
  ['ec', 'ECC_NIST_P256', 'ECDSA_SHA_256', 'RSAES_OAEP_SHA_256'],
];

test.each(PAIRS)('a private key (%s, %s, %s, %s) is the same key with every wrapping algorithm', async (name, keySpec, _, algorithm) => {
  const { kms } = await aLocalKms();
  const KeyId = await aKeyFromOpenssl(kms, name, algorithm, keySpec, 'SIGN_VERIFY');
  for (const [, , , again] of PAIRS.filter(([other]) => other === name)) await importAgain(kms, KeyId, name, again);
});

test.each(PAIRS)(
  'a private key (%s, %s, %s, %s) verifies what OpenSSL signed with it, and OpenSSL verifies what KMS signs',
  async (name, keySpec, SigningAlgorithm, algorithm) => {
    const { kms } = await aLocalKms();
    const KeyId = await aKeyFromOpenssl(kms, name, algorithm, keySpec, 'SIGN_VERIFY');

    expect(Buffer.from((await kms.getPublicKey({ KeyId })).PublicKey!)).toEqual(file(`${name}.public`));
    expect(await kms.verify({ KeyId, Message: MESSAGE, SigningAlgorithm, Signature: file(`${name}.signature`) })).toMatchObject({
      SignatureValid: true,
    });
    writeFileSync(join(folder, 'signature'), (await kms.sign({ KeyId, Message: MESSAGE, SigningAlgorithm })).Signature!);
    expect(openssl(`dgst -sha256 -verify ${name}.public -keyform DER -signature signature message`)).toBe('Verified OK\n');
  },
);

test.each<Algorithm>(['RSA_AES_KEY_WRAP_SHA_1', 'RSA_AES_KEY_WRAP_SHA_256'])(
  'an RSA key imported with %s decrypts what OpenSSL encrypted with its public half', async (algorithm) => {
    const { kms } = await aLocalKms();
    const KeyId = await aKeyFromOpenssl(kms, 'rsa', algorithm, 'RSA_2048', 'ENCRYPT_DECRYPT');
    openssl(`pkeyutl -encrypt -in message -out ciphertext -inkey rsa.public -keyform DER -pubin ${OAEP('sha256')}`);

    const { Plaintext } = await kms.decrypt({ KeyId, CiphertextBlob: file('ciphertext'), EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' });

    expect(Buffer.from(Plaintext!)).toEqual(MESSAGE);
  });

test.each<Algorithm>(['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'])(
  'an HMAC key imported with %s makes the codes that OpenSSL makes', async (algorithm) => {
    const { kms } = await aLocalKms();
    const KeyId = await aKeyFromOpenssl(kms, 'secret', algorithm, 'HMAC_256', 'GENERATE_VERIFY_MAC');
    const MacAlgorithm: MacAlgorithmSpec = 'HMAC_SHA_256';

    const { Mac } = await kms.generateMac({ KeyId, Message: MESSAGE, MacAlgorithm });

    const expected = openssl(`dgst -sha256 -mac HMAC -macopt hexkey:${file('secret.material').toString('hex')} -r message`).split(' ')[0];
    expect(Buffer.from(Mac!).toString('hex')).toBe(expected);
  });
