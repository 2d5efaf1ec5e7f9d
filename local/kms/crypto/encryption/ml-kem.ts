import { ml_kem1024, ml_kem512, ml_kem768, type KEM } from '@noble/post-quantum/ml-kem';
import { invalidCiphertext } from '../../protocol/errors';
import type { KeySpec } from '../../protocol/key-spec';
import { withKeyMaterial, type SpecifiedSecret } from '../secrets/specified-secret';

/** A parameter set of FIPS 203, and the length of an encapsulated secret. */
interface ParameterSet {
  readonly kem: KEM;
  readonly encapsulatedBytes: number;
}

const PARAMETER_SETS: { readonly [Spec in KeySpec]?: ParameterSet } = {
  ML_KEM_512: { kem: ml_kem512, encapsulatedBytes: 768 },
  ML_KEM_768: { kem: ml_kem768, encapsulatedBytes: 1088 },
  ML_KEM_1024: { kem: ml_kem1024, encapsulatedBytes: 1568 },
};

/** Creates a shared secret of 32 bytes, and the encapsulated form from which only the private key recovers it. */
export function encapsulateSecret(key: SpecifiedSecret): { sharedSecret: Uint8Array; encapsulated: Uint8Array } {
  const { sharedSecret, cipherText } = parameterSetOf(key).kem.encapsulate(mlKemPublicKey(key));
  return { sharedSecret, encapsulated: cipherText };
}

/** As FIPS 203 requires, an altered form of the right length is not an error: it yields another secret. */
export function decapsulateSecret(key: SpecifiedSecret, encapsulated: Uint8Array): Uint8Array {
  const { kem, encapsulatedBytes } = parameterSetOf(key);
  if (encapsulated.length !== encapsulatedBytes) throw invalidCiphertext();
  return withKeyMaterial(key.secret, (seed) => {
    const { secretKey } = kem.keygen(seed);
    try {
      return kem.decapsulate(encapsulated, secretKey);
    } finally {
      secretKey.fill(0);
    }
  });
}

/** The public key. The key material is the seed, from which the key pair is derived for each use. */
export function mlKemPublicKey(key: SpecifiedSecret): Uint8Array {
  return withKeyMaterial(key.secret, (seed) => {
    const { publicKey, secretKey } = parameterSetOf(key).kem.keygen(seed);
    secretKey.fill(0);
    return publicKey;
  });
}

function parameterSetOf({ keySpec }: SpecifiedSecret): ParameterSet {
  const set = PARAMETER_SETS[keySpec];
  if (set === undefined) throw new Error(`${keySpec} is not an ML-KEM key spec`);
  return set;
}
