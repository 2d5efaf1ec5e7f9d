import { constants, generateKeyPairSync, privateDecrypt, randomBytes } from 'node:crypto';
import { wrap } from '../../../lambda/key-material/wrap';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const DER = publicKey.export({ type: 'spki', format: 'der' });

test.each([
  ['RSAES_OAEP_SHA_256', 'sha256'],
  ['RSAES_OAEP_SHA_1', 'sha1'],
])('%s is OAEP with %s, and the private key decrypts it', (algorithm, oaepHash) => {
  const material = randomBytes(32);
  const wrapped = wrap(material, DER, algorithm);
  expect(privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, wrapped)).toEqual(material);
});

test.each(['RSAES_PKCS1_V1_5', 'RSA_AES_KEY_WRAP_SHA_256', 'toString'])('the algorithm %s is refused', (algorithm) => {
  expect(() => wrap(randomBytes(32), DER, algorithm)).toThrow(/algorithm is not supported for symmetric key material/);
});
