import {
  DescribeKeyCommand, GetParametersForImportCommand, ImportKeyMaterialCommand, paginateListKeyRotations, RotateKeyOnDemandCommand,
  type AlgorithmSpec, type KMSClient, type RotationsListEntry, type WrappingKeySpec,
} from '@aws-sdk/client-kms';
import { callKms, isKmsError } from './kms-errors';
import { describeKeyMetadata } from './kms-key-description';
import type { KeyMaterial, KeyMaterialPort, WrappedMaterial, WrappingParameters } from '../../ports/key-material';
import type { KeyDescription } from '../../ports/keys';

/** Imports key material into AWS KMS. */
export class KmsKeyMaterial implements KeyMaterialPort {
  public constructor(private readonly client: KMSClient) {}

  public async describeKey(keyArn: string): Promise<KeyDescription> {
    return callKms(keyArn, async () => {
      const response = await this.client.send(new DescribeKeyCommand({ KeyId: keyArn }));
      return describeKeyMetadata(response.KeyMetadata);
    });
  }

  public async listKeyMaterials(keyArn: string): Promise<KeyMaterial[]> {
    return callKms(keyArn, async () => {
      const materials: KeyMaterial[] = [];
      const request = { KeyId: keyArn, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' } as const;
      for await (const page of paginateListKeyRotations({ client: this.client, pageSize: 1000 }, request)) {
        materials.push(...(page.Rotations ?? []).map(toKeyMaterial));
      }
      return materials;
    });
  }

  public async getParametersForImport(keyArn: string, wrappingAlgorithm: string, wrappingKeySpec: string): Promise<WrappingParameters> {
    return callKms(keyArn, async () => {
      const { PublicKey, ImportToken } = await this.client.send(new GetParametersForImportCommand({
        KeyId: keyArn,
        WrappingAlgorithm: wrappingAlgorithm as AlgorithmSpec,
        WrappingKeySpec: wrappingKeySpec as WrappingKeySpec,
      }));
      return { publicKey: PublicKey as Uint8Array, importToken: ImportToken as Uint8Array };
    });
  }

  public async importKeyMaterial(material: WrappedMaterial): Promise<{ keyMaterialId?: string } | 'wrong-material'> {
    return callKms(material.keyArn, async () => {
      try {
        const { KeyMaterialId } = await this.client.send(new ImportKeyMaterialCommand({
          KeyId: material.keyArn,
          ImportToken: material.importToken,
          EncryptedKeyMaterial: material.encryptedKeyMaterial,
          ImportType: material.importType,
          KeyMaterialId: material.keyMaterialId,
          KeyMaterialDescription: material.description,
          // Always set: the default of KMS is that material expires.
          ExpirationModel: material.validTo === undefined ? 'KEY_MATERIAL_DOES_NOT_EXPIRE' : 'KEY_MATERIAL_EXPIRES',
          ValidTo: material.validTo,
        }));
        return { keyMaterialId: KeyMaterialId };
      } catch (error) {
        if (isKmsError(error, 'IncorrectKeyMaterialException')) return 'wrong-material';
        throw error;
      }
    });
  }

  public async rotateKeyOnDemand(keyArn: string): Promise<void> {
    await callKms(keyArn, async () => this.client.send(new RotateKeyOnDemandCommand({ KeyId: keyArn })));
  }
}

function toKeyMaterial(entry: RotationsListEntry): KeyMaterial {
  return {
    keyMaterialId: entry.KeyMaterialId as string,
    use: entry.KeyMaterialState as KeyMaterial['use'],
    imported: entry.ImportState === 'IMPORTED',
    description: entry.KeyMaterialDescription,
    validTo: entry.ValidTo,
  };
}
