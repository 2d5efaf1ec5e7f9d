import { randomBytes } from 'node:crypto';
import { CreateTableCommand, GetItemCommand, PutItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateAliasCommand, CreateKeyCommand, DecryptCommand, DescribeKeyCommand, DisableKeyCommand, EncryptCommand, TagResourceCommand, UpdateAliasCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { CreateSecretCommand, GetSecretValueCommand, PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { openDynamoTable } from '../../lambda/adapters/dynamodb-store';
import { KmsKeyFamily } from '../../lambda/adapters/kms-family';
import { KmsKeyMaterial } from '../../lambda/adapters/kms-key-material';
import { KmsReEncryption } from '../../lambda/adapters/kms-reencryption';
import { SecretsManagerMaterial } from '../../lambda/adapters/secrets-manager';
import { adoptExistingKey } from '../../lambda/key-family/adopt-existing-key';
import type { Family } from '../../lambda/key-family/family';
import { readFamily } from '../../lambda/key-family/read-family';
import type { Clock } from '../../lambda/ports';
import { jsonLog } from '../../lambda/runtime/log';
import { OrdersApplication, type WrittenOrder } from '../../local/demo/orders-application';
import { rotate, type RotationOutcome, type RotationPorts, type RotationStep, type RotationWatcher } from '../../local/engine/rotation-engine';
import { Running } from '../../local/engine/running';
import { virtualSleep } from '../../local/engine/virtual-sleep';
import { EvidenceInMemory } from '../../local/evidence/evidence-in-memory';
import { Laptop, type Role } from '../../local/laptop';
import type { FamilyDescription } from '../../src/contract/family-description';

export const ALIAS = 'alias/orders';

/** Users may do everything, in the words of a key policy. */
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Sid: 'Account', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' }],
});

/** Any client of the AWS SDK: tests lay their tools around it. */
export type AnyClient = KMSClient | DynamoDBClient | SecretsManagerClient;

/** An item of the table of orders. */
export type Item = { [name: string]: AttributeValue };

export interface RotationWorldOptions {
  readonly material?: 'aws-kms' | 'secret';
  /** Changes what is described, for example to misspell something. */
  readonly describe?: Partial<FamilyDescription>;
}

export interface RotationOptions {
  readonly toGeneration?: number;
  readonly watcher?: RotationWatcher;
  /** Lays a tool around each client that the rotation uses. */
  readonly around?: (client: AnyClient) => void;
}

/** Does something at the beginning of one step, the first time it begins. */
export function atStep(step: RotationStep, act: () => Promise<unknown>): RotationWatcher {
  let done = false;
  return {
    stepStarted: async (started) => {
      if (started !== step || done) return;
      done = true;
      await act();
    },
  };
}

/** Does something right after each call of one operation has had its effect. */
export function afterEach(operation: string, act: () => Promise<unknown>): (client: AnyClient) => void {
  return (client) => (client as KMSClient).middlewareStack.add((next, context) => async (args) => {
    const result = await next(args);
    if (context.commandName === `${operation}Command`) await act();
    return result;
  }, { step: 'initialize' });
}

/** A family with one generation, a table of orders under it, and an application that goes on writing. */
export class RotationWorld {
  public static async open(options: RotationWorldOptions = {}): Promise<RotationWorld> {
    const laptop = await Laptop.open({ seed: 1, faults: [] });
    const world = new RotationWorld(laptop, await describeFamily(laptop, options));
    await world.createTable();
    await world.createFamily();
    return world;
  }

  public readonly application: OrdersApplication;
  public readonly evidence = new EvidenceInMemory();
  public readonly running = new Running();
  public readonly clock: Clock;
  public readonly kms: KMSClient;
  public readonly dynamo: DynamoDBClient;

  private constructor(public readonly laptop: Laptop, public description: FamilyDescription) {
    this.clock = virtualSleep(laptop.kms.clock);
    this.kms = laptop.kmsClient('application', 8);
    this.dynamo = laptop.dynamoClient('application', 8);
    this.application = new OrdersApplication(this.kms, this.dynamo, { alias: ALIAS, tableName: this.tableName }, () => laptop.kms.clock.now());
  }

  public get tableName(): string {
    return 'orders-table';
  }

  public async writeOrders(count: number): Promise<void> {
    for (let written = 0; written < count; written++) await this.application.writeOrder();
  }

  public async rotate(run: string, { toGeneration = 1, watcher, around }: RotationOptions = {}): Promise<RotationOutcome> {
    return rotate(this.description, { run, toGeneration }, await this.ports(around, watcher));
  }

  public async readFamily(): Promise<Family> {
    return readFamily(ALIAS, new KmsKeyFamily(this.kms));
  }

  public async describeKey(keyId: string) {
    const { KeyMetadata } = await this.kms.send(new DescribeKeyCommand({ KeyId: keyId }));
    return KeyMetadata;
  }

  /** What became of each order, asked of the generation that is current now. */
  public async checkOrders(): Promise<string[]> {
    const { current } = await this.readFamily();
    return Promise.all(this.application.orders.map((order) => this.application.check(order, current.keyArn)));
  }

  /** Whether each order's data key can be read, under whatever generation it stands. */
  public async countReadableOrders(): Promise<number> {
    const readable = await Promise.all(this.application.orders.map(async ({ orderId, tenantId }) => {
      const item = await this.readItem({ orderId, tenantId });
      const answer = await this.kms.send(
        new DecryptCommand({ CiphertextBlob: item.dataKey?.B, EncryptionContext: { tenant: tenantId, purpose: 'orders' } }),
      );
      return answer.Plaintext !== undefined;
    }));
    return readable.filter(Boolean).length;
  }

  public async encryptsThroughAlias(): Promise<boolean> {
    const { CiphertextBlob } = await this.kms.send(new EncryptCommand({ KeyId: ALIAS, Plaintext: Buffer.from('anything') }));
    return CiphertextBlob !== undefined;
  }

  public async readItem({ tenantId, orderId }: Pick<WrittenOrder, 'tenantId' | 'orderId'>): Promise<Item> {
    const Key = { tenantId: { S: tenantId }, orderId: { S: orderId } };
    const answer = await this.dynamo.send(new GetItemCommand({ TableName: this.tableName, Key, ConsistentRead: true }));
    if (answer.Item === undefined) throw new Error(`there is no order ${orderId}`);
    return answer.Item;
  }

  public async putItem(item: Item): Promise<void> {
    await this.dynamo.send(new PutItemCommand({ TableName: this.tableName, Item: item }));
  }

  public async putNewBytes(): Promise<void> {
    const { material } = this.description;
    if (material.kind !== 'secret') throw new Error('this family has no secret');
    await this.laptop.secretsClient('deployment').send(new PutSecretValueCommand({ SecretId: material.secretArn, SecretBinary: randomBytes(32) }));
  }

  /** The same bytes under a new version: what somebody does who "rotates" a secret without making new bytes. */
  public async putSameBytesAgain(): Promise<void> {
    const { material } = this.description;
    if (material.kind !== 'secret') throw new Error('this family has no secret');
    const secrets = this.laptop.secretsClient('deployment');
    const { SecretBinary } = await secrets.send(new GetSecretValueCommand({ SecretId: material.secretArn }));
    await secrets.send(new PutSecretValueCommand({ SecretId: material.secretArn, SecretBinary }));
  }

  public async tag(keyId: string, name: string, value: string): Promise<void> {
    await this.kms.send(new TagResourceCommand({ KeyId: keyId, Tags: [{ TagKey: name, TagValue: value }] }));
  }

  public async moveAlias(keyId: string): Promise<void> {
    await this.kms.send(new UpdateAliasCommand({ AliasName: ALIAS, TargetKeyId: keyId }));
  }

  public async disable(keyId: string): Promise<void> {
    await this.kms.send(new DisableKeyCommand({ KeyId: keyId }));
  }

  /** A key that has nothing to do with any family. */
  public async createForeignKey(aliasName?: string): Promise<string> {
    const { KeyMetadata } = await this.kms.send(new CreateKeyCommand({ Description: 'not ours' }));
    if (aliasName !== undefined) await this.kms.send(new CreateAliasCommand({ AliasName: aliasName, TargetKeyId: KeyMetadata?.KeyId }));
    return KeyMetadata?.KeyId as string;
  }

  public async close(): Promise<void> {
    await this.laptop.close();
  }

  private async ports(around: (client: AnyClient) => void = () => undefined, watcher?: RotationWatcher): Promise<RotationPorts> {
    const kmsClient = (role: Role) => wrap(this.laptop.kmsClient(role, 8), around);
    const dynamo = wrap(this.laptop.dynamoClient('worker', 8), around);
    const control = kmsClient('control');
    return {
      control: {
        kms: new KmsKeyFamily(control),
        material: new KmsKeyMaterial(control),
        secret: new SecretsManagerMaterial(wrap(this.laptop.secretsClient('control'), around)),
        runs: this.running,
        clock: this.clock,
        log: jsonLog(() => undefined),
      },
      worker: {
        kms: new KmsReEncryption(kmsClient('worker')),
        stores: await Promise.all(this.description.stores.map((store) => openDynamoTable(dynamo, store, 3))),
        evidence: this.evidence,
        clock: this.clock,
      },
      watcher,
    };
  }

  private async createTable(): Promise<void> {
    await this.dynamo.send(new CreateTableCommand({
      TableName: this.tableName,
      AttributeDefinitions: [{ AttributeName: 'tenantId', AttributeType: 'S' }, { AttributeName: 'orderId', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'tenantId', KeyType: 'HASH' }, { AttributeName: 'orderId', KeyType: 'RANGE' }],
      BillingMode: 'PAY_PER_REQUEST',
    }));
  }

  private async createFamily(): Promise<void> {
    const { KeyMetadata } = await this.kms.send(new CreateKeyCommand({ Policy: POLICY }));
    await this.kms.send(new CreateAliasCommand({ AliasName: ALIAS, TargetKeyId: KeyMetadata?.KeyId }));
    await adoptExistingKey(this.description, { keyArn: KeyMetadata?.Arn as string }, new KmsKeyFamily(this.kms), this.clock);
  }
}

async function describeFamily(laptop: Laptop, { material = 'aws-kms', describe = {} }: RotationWorldOptions): Promise<FamilyDescription> {
  return {
    alias: ALIAS,
    owner: 'Shop/Orders',
    description: 'orders of the shop',
    policyDocument: POLICY,
    policyRevision: 'revision-1',
    material: material === 'aws-kms' ? { kind: 'aws-kms' } : {
      kind: 'secret', secretArn: await createSecret(laptop), encoding: 'binary', wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048',
    },
    tags: { team: 'shop' },
    stores: [{
      kind: 'dynamodb-table',
      storeId: 'orders',
      tableName: 'orders-table',
      dataKeyAttribute: 'dataKey',
      keyIdAttribute: 'kmsKeyId',
      encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenantId' }, purpose: { kind: 'literal', value: 'orders' } },
      shards: 2,
    }],
    settleSeconds: 300,
    dataKeyReuseSeconds: 3600,
    maximumPasses: 5,
    ...describe,
  };
}

async function createSecret(laptop: Laptop): Promise<string> {
  const { ARN } = await laptop.secretsClient('deployment').send(new CreateSecretCommand({ Name: 'orders-material', SecretBinary: randomBytes(32) }));
  return ARN as string;
}

function wrap<T extends AnyClient>(client: T, around: (client: AnyClient) => void): T {
  around(client);
  return client;
}
