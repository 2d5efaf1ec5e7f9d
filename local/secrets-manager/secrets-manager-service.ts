import { randomUUID } from 'node:crypto';
import { AwsError } from './errors';
import { OPERATIONS } from './operations';
import { SecretStore } from './secret-store';
import type { Authorize } from '../iam/authorization';
import type { WireReply, WireRequest, WireService } from '../kms/protocol/wire-service';

/** One call. It never contains the value of a secret. */
export interface SecretsManagerCall {
  readonly operation: string;
  readonly accessKey: string;
  readonly secretId?: string;
  readonly versionId?: string;
  /** `answered`, or the name of the error. */
  readonly status: string;
}

const TARGET_PREFIX = 'secretsmanager.';
const CREDENTIAL_SCOPE = /Credential=([^/,\s]+)\/[^/,\s]*\/([^/,\s]+)\/secretsmanager\/aws4_request/;
const DEFAULT_ACCOUNT = '111122223333';

/** Performs the requests of AWS Secrets Manager for the account and Region of the caller, and records them. */
export class SecretsManagerService implements WireService {
  public readonly calls: SecretsManagerCall[] = [];
  private readonly stores = new Map<string, SecretStore>();

  public constructor(private readonly now: () => Date, private readonly authorize: Authorize) {}

  public get allStores(): Iterable<SecretStore> {
    return this.stores.values();
  }

  public async reply({ target, authorization, body }: WireRequest): Promise<WireReply> {
    const operation = target?.startsWith(TARGET_PREFIX) === true ? target.slice(TARGET_PREFIX.length) : '';
    const [, accessKey = '', region = ''] = CREDENTIAL_SCOPE.exec(authorization ?? '') ?? [];
    const request = parse(body);
    const secretId = textOf(request.SecretId ?? request.Name);
    const record = (status: string) => this.calls.push({ operation, accessKey, secretId, versionId: textOf(request.VersionId), status });
    try {
      const perform = OPERATIONS[operation];
      if (perform === undefined) throw new AwsError('UnknownOperationException');
      if (region === '') throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
      const store = this.storeAt(accessKey, region);
      const action = `secretsmanager:${operation}`;
      const context = { 'secretsmanager:VersionStage': stagesIn(request) };
      const denial = await this.authorize({ accessKey, action, resource: store.arnOf(secretId ?? ''), context });
      if (denial !== undefined) throw new AwsError('AccessDeniedException', denial);
      const answer = perform(request, store, this.now());
      record('answered');
      return wire(200, answer);
    } catch (thrown) {
      const error =
        thrown instanceof AwsError ? thrown : new AwsError('InternalServiceError', 'An error occurred on the server side.', 500);
      record(error.name);
      return wire(error.httpStatus, { __type: error.name, message: error.text });
    }
  }

  /** An access key of twelve digits is the account ID, as in the local KMS. */
  private storeAt(accessKey: string, region: string): SecretStore {
    const account = /^\d{12}$/.test(accessKey) ? accessKey : DEFAULT_ACCOUNT;
    const arnPrefix = `arn:aws:secretsmanager:${region}:${account}:secret:`;
    const store = this.stores.get(arnPrefix) ?? new SecretStore(arnPrefix);
    this.stores.set(arnPrefix, store);
    return store;
  }
}

function wire(httpStatus: number, answer: object): WireReply {
  return { httpStatus, body: JSON.stringify(answer), requestId: randomUUID(), lost: false };
}

function parse(body: Buffer): { readonly [member: string]: unknown } {
  try {
    return JSON.parse(body.toString()) as { [member: string]: unknown };
  } catch {
    return {};
  }
}

/** The staging labels in a request, which are the value of a condition key. */
function stagesIn({ VersionStage, VersionStages }: { readonly [member: string]: unknown }): string | string[] | undefined {
  const stages = [VersionStage, VersionStages].flat().flatMap((stage) => textOf(stage) ?? []);
  return stages.length > 1 ? stages : stages[0];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
