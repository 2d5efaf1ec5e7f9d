import { randomUUID } from 'node:crypto';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as kms from '@aws-sdk/client-kms';
import * as s3 from '@aws-sdk/client-s3';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as sfn from '@aws-sdk/client-sfn';
import type { MemoryDynamo } from './dynamodb/memory-dynamo';
import { callInProcess, type AttemptFaults } from './in-process-client';
import { jsonService, type JsonProtocol } from './json-service';
import { s3Objects } from './s3-objects';
import { sdkError, type SdkPackage } from './sdk/sdk-error';
import { PatientRetries } from '../../lambda/adapters/sdk/patient-retries';
import type { Authorize, AwsRequest } from '../iam/authorization';
import { dynamoRequest, s3Request } from '../iam/requests';
import type { WireService } from '../kms/protocol/wire-service';
import type { LocalS3 } from '../s3/local-s3';

const KMS: JsonProtocol = {
  target: 'TrentService.',
  scope: 'kms',
  blobs: new Set(['CiphertextBlob', 'Plaintext', 'PublicKey', 'ImportToken']),
  dates: new Set([
    'CreationDate', 'DeletionDate', 'KeyCreationDate', 'LastUpdatedDate', 'ParametersValidTo', 'RotationDate', 'Timestamp',
    'TrackingStartDate', 'ValidTo',
  ]),
};

const SECRETS_MANAGER: JsonProtocol = {
  target: 'secretsmanager.',
  scope: 'secretsmanager',
  blobs: new Set(['SecretBinary']),
  dates: new Set(['CreatedDate']),
  added: (operation) => (['CreateSecret', 'PutSecretValue'].includes(operation) ? { ClientRequestToken: randomUUID() } : {}),
};

const STEP_FUNCTIONS: JsonProtocol = {
  target: 'AWSStepFunctions.', scope: 'states', blobs: new Set(), dates: new Set(['startDate', 'stopDate']),
};

/** The services of this process. */
export interface Services {
  readonly kms: WireService;
  readonly secrets: WireService;
  readonly s3: LocalS3;
  readonly dynamo: MemoryDynamo;
  readonly now: () => Date;
  /** Where the services are. */
  readonly place: { readonly region: string; readonly account: string };
  /** Decides which caller may send which request. KMS, Secrets Manager and Step Functions decide themselves. */
  readonly authorize: Authorize;
  readonly faults: AttemptFaults;
}

/** Clients of the SDK that call the services of this process without HTTP. */
export class InProcessClients {
  private readonly retries = new PatientRetries();

  public constructor(private readonly services: Services) {}

  public kms(caller: string): kms.KMSClient {
    const sdk = packageOf(kms, kms.KMSServiceException);
    return this.client(new kms.KMSClient(this.identity), 'kms', caller, sdk, this.json(this.services.kms, KMS, sdk, caller));
  }

  public dynamo(caller: string): dynamodb.DynamoDBClient {
    const sdk = packageOf(dynamodb, dynamodb.DynamoDBServiceException);
    const perform = this.services.dynamo.performer(sdk);
    return this.client(new dynamodb.DynamoDBClient(this.identity), 'dynamodb', caller, sdk, async (operation, input) => {
      await this.require(dynamoRequest(caller, operation, input, this.services.place), (message) =>
        sdkError(sdk, 'AccessDeniedException', message, 400));
      return perform(operation, input);
    });
  }

  public secrets(caller: string): secretsmanager.SecretsManagerClient {
    const sdk = packageOf(secretsmanager, secretsmanager.SecretsManagerServiceException);
    const perform = this.json(this.services.secrets, SECRETS_MANAGER, sdk, caller);
    return this.client(new secretsmanager.SecretsManagerClient(this.identity), 'secretsmanager', caller, sdk, perform);
  }

  public s3(caller: string): s3.S3Client {
    const sdk = packageOf(s3, s3.S3ServiceException);
    const perform = s3Objects(this.services.s3, this.services.now, sdk);
    return this.client(new s3.S3Client(this.identity), 's3', caller, sdk, async (operation, input) => {
      const { Bucket = '', Key = '' } = input as { Bucket?: string; Key?: string };
      await this.require(s3Request(caller, operation === 'PutObject' ? 'PUT' : 'GET', Bucket, Key), (message) =>
        sdkError(sdk, 'AccessDenied', message, 403));
      return perform(operation, input);
    });
  }

  /** @param service Step Functions: it runs beside the other services */
  public stepFunctions(service: WireService, caller: string): sfn.SFNClient {
    const sdk = packageOf(sfn, sfn.SFNServiceException);
    return this.client(new sfn.SFNClient(this.identity), 'states', caller, sdk, this.json(service, STEP_FUNCTIONS, sdk, caller));
  }

  private async require(request: AwsRequest, denied: (message: string) => Error): Promise<void> {
    const message = await this.services.authorize(request);
    if (message !== undefined) throw denied(message);
  }

  private client<Client extends { send: unknown }>(
    client: Client, service: string, caller: string, sdk: SdkPackage, perform: (operation: string, input: object) => Promise<object>,
  ): Client {
    return callInProcess(client, { service, caller, sdk, perform, faults: this.services.faults, retries: this.retries });
  }

  private json(service: WireService, protocol: JsonProtocol, sdk: SdkPackage, caller: string) {
    return jsonService(service, protocol, sdk, caller, this.services.place.region);
  }

  /** Never used: no request is signed. */
  private get identity() {
    return { region: this.services.place.region, credentials: { accessKeyId: 'unused', secretAccessKey: 'unused' } };
  }
}

function packageOf(exports: object, base: unknown): SdkPackage {
  return { exceptions: exports as SdkPackage['exceptions'], base };
}
