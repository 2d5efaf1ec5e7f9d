import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startLocalDynamo, type LocalDynamo } from './dynamodb/local-dynamo';
import { UnconditionalDenyAuthorizer } from './kms/authorization/unconditional-deny-authorizer';
import { LocalKms, type LocalKmsOptions } from './kms/local-kms';
import type { VirtualClock } from './kms/model/time/clock';
import type { FaultRule } from './kms/service/faults/fault-rule';
import { LocalS3 } from './s3/local-s3';
import { LocalSecretsManager } from './secrets-manager/local-secrets-manager';
import { evidenceClient } from '../lambda/adapters/s3-evidence';
import { PatientRetries } from '../lambda/adapters/sdk/patient-retries';
import { workerDynamoClient, workerKmsClient } from '../lambda/adapters/sdk/worker-clients';

export const REGION = 'eu-central-1';
export const ACCOUNT = '111122223333';

export interface LaptopOptions {
  /** Seed of the random numbers that decide when a fault occurs. */
  readonly seed: number;
  readonly faults: readonly FaultRule[];
  /** The clock of all services. @default - a clock that follows the real time */
  readonly clock?: VirtualClock;
  /** Called after every call to KMS. @default - no listener */
  readonly onKmsCall?: LocalKmsOptions['onCall'];
}

/**
 * AWS on a laptop: KMS, Secrets Manager, Amazon S3 and DynamoDB as servers of this process, with clients for them.
 * Closing it deletes all data.
 */
export class Laptop {
  public static async open({ seed, faults, clock, onKmsCall }: LaptopOptions): Promise<Laptop> {
    const kms = await LocalKms.start({ seed, faults, onCall: onKmsCall, clock, authorizer: new UnconditionalDenyAuthorizer() });
    const secrets = await LocalSecretsManager.start({ clock: kms.clock });
    return new Laptop(kms, await startLocalDynamo(), secrets, await LocalS3.start({ buckets: [], clock: kms.clock }));
  }

  private constructor(
    public readonly kms: LocalKms,
    public readonly dynamo: LocalDynamo,
    public readonly secrets: LocalSecretsManager,
    public readonly s3: LocalS3,
  ) {}

  /** @param caller the access key, which is also the name of its role or user in the audit log of the local KMS */
  public kmsClient(caller: string, concurrency: number): KMSClient {
    return workerKmsClient(concurrency, { endpoint: this.kms.endpoint, ...identity(caller) });
  }

  public dynamoClient(caller: string, concurrency: number): DynamoDBClient {
    return workerDynamoClient(concurrency, { endpoint: this.dynamo.endpoint, ...identity(caller) });
  }

  public secretsClient(caller: string): SecretsManagerClient {
    return new SecretsManagerClient({ endpoint: this.secrets.endpoint, retryStrategy: new PatientRetries(), ...identity(caller) });
  }

  public s3Client(caller: string): S3Client {
    return evidenceClient({ endpoint: this.s3.endpoint, ...identity(caller) });
  }

  /**
   * The environment variables with which a handler calls these servers: the variables of AWS, for a handler with this
   * access key.
   */
  public handlerEnvironment(caller: string): { [name: string]: string } {
    const { credentials, region } = identity(caller);
    return {
      AWS_ENDPOINT_URL_KMS: this.kms.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.secrets.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: this.dynamo.endpoint,
      AWS_ENDPOINT_URL_S3: this.s3.endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
  }

  public async close(): Promise<void> {
    await Promise.all([this.kms.stop(), this.dynamo.stop(), this.secrets.stop(), this.s3.stop()]);
  }
}

export function identity(caller: string) {
  return { region: REGION, credentials: { accessKeyId: caller, secretAccessKey: 'unused: the local servers check no signature' } };
}
