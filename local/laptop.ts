import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startLocalDynamo, type LocalDynamo } from './dynamodb/local-dynamo';
import { PatientRetries } from '../lambda/adapters/patient-retries';
import { workerDynamoClient, workerKmsClient } from '../lambda/adapters/worker-clients';
import { UnconditionalDenyAuthorizer } from './kms/authorization/unconditional-deny-authorizer';
import { VirtualClock } from './kms/clock';
import type { FaultRule } from './kms/faults/fault-rule';
import { LocalKms } from './kms/local-kms';
import { LocalSecretsManager } from './secrets-manager/local-secrets-manager';

export const REGION = 'eu-central-1';
export const ACCOUNT = '111122223333';

/** Who calls, as the audit log of the local KMS tells them apart: one access key for each role. */
export type Role = 'deployment' | 'application' | 'control' | 'worker' | 'key-material-handler';

/** AWS on a laptop: a KMS, a Secrets Manager and a DynamoDB engine in this process, all gone when it is closed. */
export class Laptop {
  public static async open(options: { seed: number; faults: readonly FaultRule[]; auditCapacity?: number }): Promise<Laptop> {
    const kms = await LocalKms.start({ ...options, clock: new VirtualClock(), authorizer: new UnconditionalDenyAuthorizer() });
    return new Laptop(kms, await startLocalDynamo(), await LocalSecretsManager.start({ clock: kms.clock }));
  }

  private constructor(public readonly kms: LocalKms, public readonly dynamo: LocalDynamo, public readonly secrets: LocalSecretsManager) {}

  public kmsClient(role: Role, concurrency: number): KMSClient {
    return workerKmsClient(concurrency, { endpoint: this.kms.endpoint, ...identity(role) });
  }

  public dynamoClient(role: Role, concurrency: number): DynamoDBClient {
    return workerDynamoClient(concurrency, { endpoint: this.dynamo.endpoint, ...identity(role) });
  }

  public secretsClient(role: Role): SecretsManagerClient {
    return new SecretsManagerClient({ endpoint: this.secrets.endpoint, retryStrategy: new PatientRetries(), ...identity(role) });
  }

  /** What a shipped handler finds in its environment: AWS's own variables, pointing here. */
  public handlerEnvironment(): { [name: string]: string } {
    const { credentials, region } = identity('key-material-handler');
    return {
      AWS_ENDPOINT_URL_KMS: this.kms.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.secrets.endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
  }

  public async close(): Promise<void> {
    await Promise.all([this.kms.stop(), this.dynamo.stop(), this.secrets.stop()]);
  }
}

function identity(role: Role) {
  return { region: REGION, credentials: { accessKeyId: role, secretAccessKey: 'unused: the local engines check no signature' } };
}
