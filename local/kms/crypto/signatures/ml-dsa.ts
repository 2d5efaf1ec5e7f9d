import { createHash, randomBytes } from 'node:crypto';
import { ml_dsa44, ml_dsa65, ml_dsa87, type SignerWithInternal } from '@noble/post-quantum/ml-dsa';
import type { Message, SignatureScheme } from './signature-scheme';
import type { KeySpec } from '../../protocol/key-spec';
import { withKeyMaterial, type SpecifiedSecret } from '../secrets/specified-secret';

const PARAMETER_SETS: { readonly [Spec in KeySpec]?: SignerWithInternal } = {
  ML_DSA_44: ml_dsa44,
  ML_DSA_65: ml_dsa65,
  ML_DSA_87: ml_dsa87,
};

/**
 * The part of the library that signs mu. Its types omit the last parameter, which declares that the input is mu and not
 * a message.
 */
interface MuSigner {
  sign(secretKey: Uint8Array, mu: Uint8Array, random: Uint8Array, isMu: true): Uint8Array;
  verify(publicKey: Uint8Array, mu: Uint8Array, signature: Uint8Array, isMu: true): boolean;
}

const MU_BYTES = 64;
const RANDOM_BYTES = 32;
/** The prefix of a message that is not hashed before, followed by an empty context. */
const PURE_WITHOUT_CONTEXT = Buffer.of(0, 0);

/**
 * ML-DSA of FIPS 204, with an empty context. Its key material is the seed, from which the key pair is derived
 * for each use.
 *
 * The signed value is mu: 64 bytes derived from the public key and the message. A caller may derive them itself.
 */
export const ML_DSA: SignatureScheme = {
  messageLengths: { RAW: 'any', EXTERNAL_MU: MU_BYTES },
  sign: (key, message) => withKeyMaterial(key.secret, (seed) => {
    const { publicKey, secretKey } = parameterSetOf(key).keygen(seed);
    try {
      return muSignerOf(key).sign(secretKey, muOf(message, publicKey), randomBytes(RANDOM_BYTES), true);
    } finally {
      secretKey.fill(0);
    }
  }),
  verify: (key, message, signature) => {
    const publicKey = mlDsaPublicKey(key);
    return muSignerOf(key).verify(publicKey, muOf(message, publicKey), signature, true);
  },
};

export function mlDsaPublicKey(key: SpecifiedSecret): Uint8Array {
  return withKeyMaterial(key.secret, (seed) => {
    const { publicKey, secretKey } = parameterSetOf(key).keygen(seed);
    secretKey.fill(0);
    return publicKey;
  });
}

function muOf({ type, bytes }: Message, publicKey: Uint8Array): Buffer {
  if (type === 'EXTERNAL_MU') return bytes;
  const shake = () => createHash('shake256', { outputLength: MU_BYTES });
  return shake().update(shake().update(publicKey).digest()).update(PURE_WITHOUT_CONTEXT).update(bytes).digest();
}

function muSignerOf(key: SpecifiedSecret): MuSigner {
  return parameterSetOf(key).internal;
}

function parameterSetOf({ keySpec }: SpecifiedSecret): SignerWithInternal {
  const set = PARAMETER_SETS[keySpec];
  if (set === undefined) throw new Error(`${keySpec} is not an ML-DSA key spec`);
  return set;
}
