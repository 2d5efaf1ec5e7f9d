import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { GetParametersForImportCommand, ImportKeyMaterialCommand, type KMSClient } from '@aws-sdk/client-kms';

/** Imports key material as another tool does. By default it never expires, and has no description. */
export async function importMaterial(
  kms: KMSClient, KeyId: string, ValidTo?: Date, material: Uint8Array = randomBytes(32), KeyMaterialDescription?: string,
): Promise<void> {
  const { ImportToken, PublicKey } = await kms.send(new GetParametersForImportCommand({
    KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048',
  }));
  const key = createPublicKey({ key: Buffer.from(PublicKey as Uint8Array), format: 'der', type: 'spki' });
  const EncryptedKeyMaterial = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, material);
  const expiration = ValidTo === undefined
    ? { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const } : { ExpirationModel: 'KEY_MATERIAL_EXPIRES' as const, ValidTo };
  await kms.send(new ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, KeyMaterialDescription, ...expiration }));
}
