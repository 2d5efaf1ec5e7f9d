import { createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import {
  CreateKeyCommand, DecryptCommand, DeleteImportedKeyMaterialCommand, DescribeKeyCommand, EncryptCommand, GetParametersForImportCommand,
  ImportKeyMaterialCommand, ListKeyRotationsCommand, type KeyMetadata, type KMSClient, type RotationsListEntry,
} from '@aws-sdk/client-kms';
import {
  CreateSecretCommand, DescribeSecretCommand, PutSecretValueCommand, SecretsManagerClient, UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { DAY, KmsWorld } from './kms-world';
import { KmsKeyMaterial } from '../../../lambda/adapters/kms/kms-key-material';
import { SecretsManagerMaterial } from '../../../lambda/adapters/secrets-manager';
import { importKeyMaterial, type ImportedMaterial, type ImportPorts } from '../../../lambda/key-material/import-key-material';
import { jsonLog } from '../../../lambda/runtime/log';
import type { LocalKms } from '../../../local/kms/local-kms';
import { LocalSecretsManager } from '../../../local/secrets-manager/local-secrets-manager';
import { virtualSleep } from '../../../local/virtual-sleep';
import type { ImportRequest, RequestedExpiration } from '../../../src/contract/requests/import-request';
import type { Crash } from '../crashing-client';

export const START = new Date('2026-11-01T00:00:00Z');
export { DAY };

/** The members of a request that a test may change. */
export interface ImportOverrides {
  readonly versionId?: string;
  readonly expiration?: RequestedExpiration;
  readonly secretArn?: string;
  readonly wrappingAlgorithm?: string;
}

/** A local KMS, a Secrets Manager, and the ports of an import. */
export class ImportWorld extends KmsWorld {
  public static async open(): Promise<ImportWorld> {
    const kms = await ImportWorld.startKms(START);
    return new ImportWorld(kms, await LocalSecretsManager.start({ clock: kms.clock }));
  }

  public readonly kms: KMSClient;
  public readonly secrets: SecretsManagerClient;

  private constructor(localKms: LocalKms, public readonly localSecrets: LocalSecretsManager) {
    super(localKms);
    this.kms = this.kmsClient('importer');
    this.secrets = this.secretsClient();
  }

  public override async close(): Promise<void> {
    await Promise.all([super.close(), this.localSecrets.stop()]);
  }

  public async newKey(): Promise<string> {
    const { KeyMetadata: key } = await this.kms.send(new CreateKeyCommand({ Origin: 'EXTERNAL' }));
    return key?.Arn as string;
  }

  /** A key without key material (PendingImport), and a secret that holds key material. */
  public async newCase(): Promise<ImportCase> {
    const name = `material-${randomBytes(6).toString('hex')}`;
    const { ARN, VersionId } = await this.secrets.send(new CreateSecretCommand({ Name: name, SecretBinary: randomBytes(32) }));
    return new ImportCase(this, await this.newKey(), ARN as string, VersionId as string);
  }

  public ports(crash?: Crash): ImportPorts & { lines: string[] } {
    const [kms, secrets] = [this.kmsClient('importer'), this.secretsClient()];
    crash?.around(kms);
    crash?.around(secrets);
    const lines: string[] = [];
    return {
      kms: new KmsKeyMaterial(kms),
      secrets: new SecretsManagerMaterial(secrets),
      clock: virtualSleep(this.clock),
      log: jsonLog((line) => lines.push(line)),
      lines,
    };
  }

  /** Removes every label of a version, after which Secrets Manager deletes it. */
  public async deleteSecretVersion(secretArn: string, versionId: string): Promise<void> {
    await this.secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretBinary: randomBytes(32) }));
    const { VersionIdsToStages = {} } = await this.secrets.send(new DescribeSecretCommand({ SecretId: secretArn }));
    for (const VersionStage of VersionIdsToStages[versionId] ?? []) {
      await this.secrets.send(new UpdateSecretVersionStageCommand({ SecretId: secretArn, VersionStage, RemoveFromVersionId: versionId }));
    }
    this.localSecrets.deleteUnlabelledVersions();
  }

  private secretsClient(): SecretsManagerClient {
    return new SecretsManagerClient({ endpoint: this.localSecrets.endpoint, ...IDENTITY });
  }
}

const IDENTITY = { region: 'eu-central-1', credentials: { accessKeyId: 'importer', secretAccessKey: 'not-checked' }, maxAttempts: 1 };

/** One key and its secret. */
export class ImportCase {
  public constructor(
    private readonly world: ImportWorld,
    public readonly keyArn: string,
    public readonly secretArn: string,
    public readonly firstVersion: string,
  ) {}

  public request(overrides: ImportOverrides = {}): ImportRequest {
    return {
      keyArn: this.keyArn,
      secret: { secretArn: overrides.secretArn ?? this.secretArn, versionId: overrides.versionId, encoding: 'binary' },
      expiration: overrides.expiration ?? { kind: 'never' },
      wrappingAlgorithm: overrides.wrappingAlgorithm ?? 'RSAES_OAEP_SHA_256',
      wrappingKeySpec: 'RSA_2048',
    };
  }

  public async import(overrides: ImportOverrides = {}, ports: ImportPorts = this.world.ports()): Promise<ImportedMaterial> {
    return importKeyMaterial(this.request(overrides), ports);
  }

  /** Stores other key material in the secret, with the label AWSCURRENT. */
  public async newVersion(material: Uint8Array = randomBytes(32)): Promise<string> {
    const { VersionId } = await this.world.secrets.send(new PutSecretValueCommand({ SecretId: this.secretArn, SecretBinary: material }));
    return VersionId as string;
  }

  public async key(): Promise<KeyMetadata> {
    const { KeyMetadata: key } = await this.world.kms.send(new DescribeKeyCommand({ KeyId: this.keyArn }));
    return key as KeyMetadata;
  }

  public async materials(): Promise<RotationsListEntry[]> {
    const request = new ListKeyRotationsCommand({ KeyId: this.keyArn, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' });
    const { Rotations } = await this.world.kms.send(request);
    return Rotations ?? [];
  }

  /** Summary of each key material: its state, the version of the secret it is from, and whether it is imported. */
  public async materialSummaries(): Promise<string[]> {
    const materials = await this.materials();
    return materials.map(({ KeyMaterialState, KeyMaterialDescription: description, ImportState }) => {
      expect(description).toMatch(/^secret-version:\S+ secret:arn:/);
      return `${KeyMaterialState} ${description?.split(' ')[0]} ${ImportState}`;
    });
  }

  /** The versions of the secret that have a staging label of this construct. */
  public async labelledVersions(): Promise<string[]> {
    const { VersionIdsToStages = {} } = await this.world.secrets.send(new DescribeSecretCommand({ SecretId: this.secretArn }));
    const isLabelled = (labels: readonly string[]) => labels.some((label) => label.startsWith('cdk-kms-lifecycle'));
    return Object.entries(VersionIdsToStages).filter(([, labels]) => isLabelled(labels)).map(([versionId]) => versionId);
  }

  /** The staging labels of this construct. */
  public async labels(): Promise<string[]> {
    const { VersionIdsToStages = {} } = await this.world.secrets.send(new DescribeSecretCommand({ SecretId: this.secretArn }));
    return Object.values(VersionIdsToStages).flat().filter((label) => label.startsWith('cdk-kms-lifecycle'));
  }

  public async deleteMaterial(keyMaterialId?: string): Promise<void> {
    await this.world.kms.send(new DeleteImportedKeyMaterialCommand({ KeyId: this.keyArn, KeyMaterialId: keyMaterialId }));
  }

  /**
   * Imports known key material as an operator does with the AWS CLI and OpenSSL, without code of this project. Returns
   * its id.
   */
  public async importAsOperator(material: Uint8Array): Promise<string> {
    const { PublicKey, ImportToken } = await this.world.kms.send(new GetParametersForImportCommand({
      KeyId: this.keyArn, WrappingAlgorithm: 'RSAES_OAEP_SHA_1', WrappingKeySpec: 'RSA_2048',
    }));
    const key = createPublicKey({ key: Buffer.from(PublicKey as Uint8Array), format: 'der', type: 'spki' });
    const { KeyMaterialId } = await this.world.kms.send(new ImportKeyMaterialCommand({
      KeyId: this.keyArn, ImportToken, EncryptedKeyMaterial: publicEncrypt(key, material), ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    }));
    return KeyMaterialId as string;
  }

  public async encrypt(text: string): Promise<Uint8Array> {
    const { CiphertextBlob } = await this.world.kms.send(new EncryptCommand({ KeyId: this.keyArn, Plaintext: Buffer.from(text) }));
    return CiphertextBlob as Uint8Array;
  }

  public async decrypt(blob: Uint8Array): Promise<string> {
    const { Plaintext } = await this.world.kms.send(new DecryptCommand({ CiphertextBlob: blob }));
    return Buffer.from(Plaintext as Uint8Array).toString();
  }
}
