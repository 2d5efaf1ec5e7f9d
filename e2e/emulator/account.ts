import { CloudFormationClient, DescribeStacksCommand, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, KMSClient, paginateListAliases, paginateListKeys } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { Cdk } from './cdk';
import { deniedCalls } from './denied-calls';
import { kmsCalls } from './kms-calls';
import { REGION, SECRET_ACCESS_KEY, type LocalAws } from './local-aws';

/** One account of the local AWS. It contains only what its scenario creates. */
export class Account {
  /** As the root user of the account. */
  public readonly kms: KMSClient;
  public readonly dynamo: DynamoDBClient;
  public readonly stepFunctions: SFNClient;
  public readonly scheduler: SchedulerClient;
  public readonly lambda: LambdaClient;
  public readonly secrets: SecretsManagerClient;
  public readonly cdk: Cdk;
  private readonly cloudFormation: CloudFormationClient;
  /** As CloudFormation. A key policy can refuse the root user, but not the role that manages the key. */
  private readonly inspection: KMSClient;
  private readonly kmsClients: KMSClient[] = [];

  public constructor(public readonly aws: LocalAws, public readonly id: string) {
    // The emulator and the local KMS read the account id from the access key.
    const configuration = { endpoint: aws.endpoint, region: REGION, credentials: { accessKeyId: id, secretAccessKey: SECRET_ACCESS_KEY } };
    this.kms = this.kmsAs(id);
    this.inspection = this.kmsAs(`cloudformation-${id}`);
    this.dynamo = new DynamoDBClient(configuration);
    this.stepFunctions = new SFNClient(configuration);
    this.scheduler = new SchedulerClient(configuration);
    this.lambda = new LambdaClient(configuration);
    this.secrets = new SecretsManagerClient(configuration);
    this.cloudFormation = new CloudFormationClient(configuration);
    this.cdk = new Cdk(aws, id);
  }

  /** @param accessKey the account id for its root user, or the name of a role: the local KMS checks no signature */
  public kmsAs(accessKey: string): KMSClient {
    const credentials = { accessKeyId: accessKey, secretAccessKey: 'unused' };
    const client = new KMSClient({ endpoint: this.aws.kmsEndpoint, region: REGION, credentials });
    this.kmsClients.push(client);
    return client;
  }

  /** Every call of this account that was refused for its caller: `kms:Decrypt by role/Shop-Reader`, each once. */
  public async deniedCalls(): Promise<string[]> {
    return deniedCalls(this.aws, this.id);
  }

  public async stackStatus(stackName: string): Promise<string | undefined> {
    const { Stacks: [stack] = [] } = await this.cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
    return stack?.StackStatus;
  }

  /** Physical ids of the resources of this type in a stack, by logical id. */
  public async resources(stackName: string, type: string): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const pages = paginateListStackResources({ client: this.cloudFormation }, { StackName: stackName });
    for await (const { StackResourceSummaries: resources = [] } of pages) {
      for (const { LogicalResourceId: id, PhysicalResourceId: physicalId, ResourceType } of resources) {
        if (ResourceType === type && id !== undefined && physicalId !== undefined) found.set(id, physicalId);
      }
    }
    return found;
  }

  /** Physical id of the only resource of this type whose logical id matches. */
  public async resource(stackName: string, type: string, logicalId = /./): Promise<string> {
    const matching = [...await this.resources(stackName, type)].filter(([id]) => logicalId.test(id));
    const [first] = matching;
    if (first === undefined || matching.length > 1) {
      throw new Error(`${stackName} must have one ${type} with a logical id that matches ${logicalId}, got ${matching.length}`);
    }
    return first[1];
  }

  /** Key states of all keys of the account, in alphabetical order. */
  public async keyStates(): Promise<string[]> {
    const states: string[] = [];
    for await (const { Keys: keys = [] } of paginateListKeys({ client: this.inspection }, {})) {
      for (const { KeyId: keyId } of keys) states.push(await this.keyState(keyId));
    }
    return states.sort();
  }

  /** Key state of every alias of the account. */
  public async aliases(): Promise<ReadonlyMap<string, string>> {
    const states = new Map<string, string>();
    for await (const { Aliases: aliases = [] } of paginateListAliases({ client: this.inspection }, {})) {
      for (const { AliasName: name = '' } of aliases) states.set(name, await this.keyState(name));
    }
    return states;
  }

  /** Number of grants that were created and not revoked. Only the administrators of a key may list its grants. */
  public async countGrants(): Promise<number> {
    return await this.countCalls('CreateGrant') - await this.countCalls('RevokeGrant');
  }

  /** Number of calls of an operation that the local KMS answered. */
  private async countCalls(operation: string): Promise<number> {
    const calls = await kmsCalls(this.aws, { operation, status: 'answered' });
    return calls.filter(({ account }) => account === this.id).length;
  }

  private async keyState(keyId: string | undefined): Promise<string> {
    return (await this.inspection.send(new DescribeKeyCommand({ KeyId: keyId }))).KeyMetadata?.KeyState ?? 'unknown';
  }

  public close(): void {
    const clients = [this.dynamo, this.stepFunctions, this.scheduler, this.lambda, this.secrets, this.cloudFormation];
    for (const client of [...clients, ...this.kmsClients]) client.destroy();
  }
}
