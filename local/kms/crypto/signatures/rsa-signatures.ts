import { constants, privateEncrypt, publicDecrypt } from 'node:crypto';
import { isPssEncodingOf, pssEncode } from './pss-encoding';
import { overDigest, type Hash, type SignatureScheme } from './signature-scheme';
import { modulusBits } from '../encryption/rsa-encryption';

/*
 * node:crypto signs only messages that it hashes itself, and KMS must sign digests of callers. The digest is therefore
 * encoded here as RFC 8017 specifies, and node:crypto does the arithmetic: raising to the private exponent to sign, to
 * the public one to verify.
 */

/** The beginning of a DER `DigestInfo`, which names the hash that follows. */
const DIGEST_INFO: Record<Hash['name'], Buffer> = {
  sha256: Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  sha384: Buffer.from('3041300d060960864801650304020205000430', 'hex'),
  sha512: Buffer.from('3051300d060960864801650304020305000440', 'hex'),
};

export function rsaPkcs1(hash: Hash): SignatureScheme {
  const padding = constants.RSA_PKCS1_PADDING;
  const digestInfo = (digest: Buffer) => Buffer.concat([DIGEST_INFO[hash.name], digest]);
  return overDigest(hash, {
    sign: ({ secret }, digest) => privateEncrypt({ key: secret, padding }, digestInfo(digest)),
    verify: ({ secret }, digest, signature) => orFalse(() => publicDecrypt({ key: secret, padding }, signature).equals(digestInfo(digest))),
  });
}

/** The salt is as long as the digest. */
export function rsaPss(hash: Hash): SignatureScheme {
  const padding = constants.RSA_NO_PADDING;
  return overDigest(hash, {
    sign: ({ secret }, digest) => privateEncrypt({ key: secret, padding }, pssEncode(hash, digest, modulusBits(secret))),
    verify: ({ secret }, digest, signature) =>
      orFalse(() => isPssEncodingOf(hash, digest, publicDecrypt({ key: secret, padding }, signature), modulusBits(secret))),
  });
}

/** node:crypto throws for numbers that cannot be a signature. */
function orFalse(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
