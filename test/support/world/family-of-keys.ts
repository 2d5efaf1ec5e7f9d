import { createHash } from 'node:crypto';
import {
  CancelKeyDeletionCommand, CreateKeyCommand, DecryptCommand, DisableKeyCommand, EnableKeyCommand, GenerateDataKeyCommand,
  ScheduleKeyDeletionCommand, type KMSClient, type KMSClientConfig,
} from '@aws-sdk/client-kms';
import { KmsReEncryption } from '../../../lambda/adapters/kms/kms-reencryption';
import { workerKmsClient } from '../../../lambda/adapters/sdk/worker-clients';
import type { Tags } from '../../../lambda/ports/keys';
import { ALLOW_WITHIN_THE_ACCOUNT, type AuthorizationRequest } from '../../../local/kms/authorization/authorizer';
import { LocalKms, type LocalKmsOptions } from '../../../local/kms/local-kms';
import type { GenerationArns } from '../../../src/contract/runs/reencryption';

/** A data key: the ciphertext that an application stores, and a hash of the plaintext to compare it. */
export interface DataKey {
  readonly blob: Uint8Array;
  readonly plaintextHash: string;
}

/** A local KMS with the generations of a family. The last one is current. */
export class FamilyOfKeys {
  public static async start(generations = 2, options: LocalKmsOptions = {}): Promise<FamilyOfKeys> {
    const denied = new Set<string>();
    const authorizer = {
      decide: (request: AuthorizationRequest) => {
        const { action, key, caller } = request;
        const refused = caller.accessKey === 'worker' && denied.has(`${action} ${key?.arn}`);
        return refused ? { because: 'because no policy allows it' } : ALLOW_WITHIN_THE_ACCOUNT.decide(request);
      },
    };
    const family = new FamilyOfKeys(await LocalKms.start({ authorizer, ...options }), denied);
    for (let generation = 0; generation < generations; generation++) family.arns.push(await family.aKey());
    return family;
  }

  /** Every generation, oldest first. */
  public readonly arns: string[] = [];
  public readonly worker: KMSClient;
  public readonly port: KmsReEncryption;
  private readonly application: KMSClient;
  private readonly foreigner: KMSClient;

  private constructor(public readonly kms: LocalKms, private readonly denied: Set<string>) {
    this.worker = this.clientOf('worker');
    this.application = this.clientOf('application');
    this.foreigner = this.clientOf('999988887777');
    this.port = new KmsReEncryption(this.worker);
  }

  public get generations(): GenerationArns {
    return { current: this.arn(this.arns.length), all: this.arns };
  }

  /** The ARN of generation 1, 2, ... */
  public arn(generation: number): string {
    return this.arns[generation - 1] as string;
  }

  /** Creates a key of this account that is not a generation. */
  public async aKey(): Promise<string> {
    return (await this.application.send(new CreateKeyCommand({}))).KeyMetadata?.Arn as string;
  }

  /** A data key of this account. */
  public async dataKey(keyArn: string, context: Tags = {}): Promise<DataKey> {
    return generate(this.application, keyArn, context);
  }

  /** A data key of another account, whose key policy allows no other account. */
  public async foreignDataKey(context: Tags = {}): Promise<DataKey> {
    const key = await this.foreigner.send(new CreateKeyCommand({}));
    return generate(this.foreigner, key.KeyMetadata?.Arn as string, context);
  }

  /**
   * Decrypts a data key as the application does: the key under which it is encrypted, and the hash of the plaintext.
   */
  public async open(blob: Uint8Array, context: Tags = {}): Promise<{ keyArn: string; plaintextHash: string }> {
    const { KeyId, Plaintext } = await this.application.send(new DecryptCommand({ CiphertextBlob: blob, EncryptionContext: context }));
    return { keyArn: KeyId as string, plaintextHash: hash(Plaintext as Uint8Array) };
  }

  public async disable(keyArn: string): Promise<void> {
    await this.application.send(new DisableKeyCommand({ KeyId: keyArn }));
  }

  public async scheduleDeletion(keyArn: string): Promise<void> {
    await this.application.send(new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: 7 }));
  }

  /** Enables a key again that is disabled or pending deletion. */
  public async enableAgain(keyArn: string): Promise<void> {
    await this.application.send(new CancelKeyDeletionCommand({ KeyId: keyArn })).catch(() => undefined);
    await this.application.send(new EnableKeyCommand({ KeyId: keyArn }));
  }

  /** Denies an action to the worker only. */
  public deny(action: 'kms:ReEncryptFrom' | 'kms:ReEncryptTo', keyArn: string): void {
    this.denied.add(`${action} ${keyArn}`);
  }

  /** The number of ReEncrypt calls of the worker that KMS answered with a ciphertext. */
  public answered(): number {
    return this.kms.audit.count({ operation: 'ReEncrypt', accessKey: 'worker', status: 'answered' });
  }

  public async stop(): Promise<void> {
    for (const client of [this.worker, this.application, this.foreigner]) client.destroy();
    await this.kms.stop();
  }

  /** A client of this KMS. The access key identifies the caller. */
  public clientOf(accessKeyId: string, configuration: KMSClientConfig = {}): KMSClient {
    const credentials = { accessKeyId, secretAccessKey: 'test' };
    return workerKmsClient(40, { endpoint: this.kms.endpoint, region: 'eu-west-1', credentials, ...configuration });
  }
}

async function generate(client: KMSClient, keyArn: string, context: Tags): Promise<DataKey> {
  const request = new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: context });
  const { CiphertextBlob, Plaintext } = await client.send(request);
  return { blob: CiphertextBlob as Uint8Array, plaintextHash: hash(Plaintext as Uint8Array) };
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
