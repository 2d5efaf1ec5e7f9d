import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startLocalDynamo, type LocalDynamo } from './dynamodb/local-dynamo';
import { IdentityAuthorization } from './iam/authorization';
import { LocalIam } from './iam/local-iam';
import { MemoryDynamo } from './in-process/dynamodb/memory-dynamo';
import type { AttemptFaults } from './in-process/in-process-client';
import { InProcessClients } from './in-process/in-process-clients';
import { loadEvaluator } from './kms/authorization/evaluator';
import { PolicyAuthorizer } from './kms/authorization/policy-authorizer';
import { LocalKms, type LocalKmsOptions } from './kms/local-kms';
import { evidenceClient } from '../lambda/adapters/s3-evidence';
import type { VirtualClock } from './kms/model/time/clock';
import type { FaultRule } from './kms/service/faults/fault-rule';
import { LocalS3 } from './s3/local-s3';
import { LocalSecretsManager } from './secrets-manager/local-secrets-manager';
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
  /** How late KMS shows and enforces changes. @default - immediately */
  readonly delays?: LocalKmsOptions['delays'];
  /** Called after every call to KMS. @default - no listener */
  readonly onKmsCall?: LocalKmsOptions['onCall'];
  /**
   * Clients call the services in this process, without HTTP, and tables are in memory. A year of a family takes a third
   * of the time. `faults` decides about each attempt of a call. Shipped bundles cannot be loaded: they need HTTP.
   *
   * @default - clients call servers
   */
  readonly inProcess?: { readonly faults: AttemptFaults };
}

/**
 * AWS on a laptop: KMS, Secrets Manager, Amazon S3 and DynamoDB as servers of this process, with clients for them, and
 * the IAM that decides about every call. Closing it deletes all data.
 */
export class Laptop {
  public static async open({ seed, faults, clock, delays, onKmsCall, inProcess }: LaptopOptions): Promise<Laptop> {
    const iam = new LocalIam({ account: ACCOUNT, seed });
    const authorizer = new PolicyAuthorizer(loadEvaluator(), iam);
    const kms = await LocalKms.start({ seed, faults, delays, onCall: onKmsCall, clock, authorizer, directory: iam });
    iam.onDeleted = ({ arn, uniqueId }) => kms.forgetPrincipal(arn, uniqueId);
    const authorization = new IdentityAuthorization(iam);
    const { authorize } = authorization;
    const secrets = await LocalSecretsManager.start({ clock: kms.clock, authorize });
    const s3 = await LocalS3.start({ buckets: [], clock: kms.clock, authorize });
    if (inProcess === undefined) {
      return new Laptop(iam, authorization, kms, await startLocalDynamo({ authorize, region: REGION, account: ACCOUNT }), secrets, s3);
    }
    const place = { region: REGION, account: ACCOUNT };
    const dynamo = new MemoryDynamo(place);
    const clients = new InProcessClients({
      kms: kms.service,
      secrets: secrets.service,
      s3,
      dynamo,
      now: () => kms.clock.now(),
      place,
      authorize,
      faults: inProcess.faults,
    });
    return new Laptop(iam, authorization, kms, { endpoint: '', stop: async () => undefined }, secrets, s3, clients, dynamo);
  }

  private constructor(
    public readonly iam: LocalIam,
    /** Decides about requests to all services except KMS. */
    public readonly authorization: IdentityAuthorization,
    public readonly kms: LocalKms,
    public readonly dynamo: LocalDynamo,
    public readonly secrets: LocalSecretsManager,
    public readonly s3: LocalS3,
    /** Present if the services are called in this process. */
    public readonly inProcess?: InProcessClients,
    /** The tables, if they are in memory. */
    public readonly memory?: MemoryDynamo,
  ) {}

  /** @param caller the access key, which is also the name of its role or user in the audit log of the local KMS */
  public kmsClient(caller: string, concurrency: number): KMSClient {
    return this.inProcess?.kms(caller) ?? workerKmsClient(concurrency, { endpoint: this.kms.endpoint, ...identity(caller) });
  }

  public dynamoClient(caller: string, concurrency: number): DynamoDBClient {
    return this.inProcess?.dynamo(caller) ?? workerDynamoClient(concurrency, { endpoint: this.dynamo.endpoint, ...identity(caller) });
  }

  public secretsClient(caller: string): SecretsManagerClient {
    return this.inProcess?.secrets(caller)
      ?? new SecretsManagerClient({ endpoint: this.secrets.endpoint, retryStrategy: new PatientRetries(), ...identity(caller) });
  }

  public s3Client(caller: string): S3Client {
    return this.inProcess?.s3(caller) ?? evidenceClient({ endpoint: this.s3.endpoint, ...identity(caller) });
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
