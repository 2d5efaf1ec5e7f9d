import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import pLimit from 'p-limit';
import { openDynamoTable } from '../../lambda/adapters/dynamodb-store';
import { KmsKeyFamily } from '../../lambda/adapters/kms-family';
import { KmsKeyMaterial } from '../../lambda/adapters/kms-key-material';
import { KmsReEncryption } from '../../lambda/adapters/kms-reencryption';
import { SecretsManagerMaterial } from '../../lambda/adapters/secrets-manager';
import { adoptExistingKey } from '../../lambda/key-family/adopt-existing-key';
import type { KeyState } from '../../lambda/ports';
import { jsonLog } from '../../lambda/runtime/log';
import type { FamilyDescription } from '../../src/contract/family-description';
import { addCounts, NO_RECORDS, writesRecords } from '../../src/contract/reencryption';
import { rotate, type RotationOutcome, type RotationPorts } from '../engine/rotation-engine';
import { Running } from '../engine/running';
import { virtualSleep } from '../engine/virtual-sleep';
import { EvidenceInMemory } from '../evidence/evidence-in-memory';
import { Laptop, type Role } from '../laptop';
import type { DemoResult } from './demo-result';
import { deployOrders, type DeployedOrders } from './deploy-orders';
import type { DemoOptions } from './options';
import { DATA_KEY_CACHE_MILLISECONDS, OrdersApplication } from './orders-application';
import type { Progress } from './progress';
import { watchRotation } from './watch-rotation';

/** Requests in work at the same time, for the application and for each shard of the worker. */
const CONCURRENCY = 16;
const SHARDS = 4;

/** The whole story: deploy, write, rotate while writing, prove. */
export async function runDemo(options: DemoOptions, progress: Progress): Promise<DemoResult> {
  const startedAt = process.hrtime.bigint();
  const laptop = await Laptop.open({ seed: options.seed, faults: options.fault });
  try {
    const virtualStart = laptop.kms.clock.now();
    progress.say('deploying examples/orders: the shipped handler imports the key');
    const deployed = await deployOrders(laptop);
    const application = openApplication(laptop, deployed);
    await writeOrders(application, options.records, progress);
    const outcome = await rotateWhileWriting(laptop, deployed, application, progress);
    const lost = await countLost(laptop, deployed, application, progress);
    return {
      ...await observe(laptop, deployed, outcome),
      records: application.orders.length,
      writtenDuringRotation: application.orders.length - options.records,
      lost,
      seconds: Number(process.hrtime.bigint() - startedAt) / 1e9,
      virtualSeconds: (laptop.kms.clock.now().getTime() - virtualStart.getTime()) / 1000,
    };
  } finally {
    await laptop.close();
  }
}

function openApplication(laptop: Laptop, { alias, tableName }: DeployedOrders): OrdersApplication {
  const [kms, dynamo] = [laptop.kmsClient('application', CONCURRENCY), laptop.dynamoClient('application', CONCURRENCY)];
  return new OrdersApplication(kms, dynamo, { alias, tableName }, () => laptop.kms.clock.now());
}

async function writeOrders(application: OrdersApplication, count: number, progress: Progress): Promise<void> {
  const counter = progress.count('application writes', count);
  const limit = pLimit(CONCURRENCY);
  await Promise.all(Array.from({ length: count }, () => limit(() => application.writeOrder().then(counter.advance))));
  counter.end();
}

/** The application never pauses for a rotation: it writes one order after the other until the rotation has ended. */
async function rotateWhileWriting(
  laptop: Laptop, deployed: DeployedOrders, application: OrdersApplication, progress: Progress,
): Promise<RotationOutcome> {
  const family = describeFamily(deployed);
  const clock = virtualSleep(laptop.kms.clock);
  const control = laptop.kmsClient('control', 4);
  const [keys, material] = [new KmsKeyFamily(control), new KmsKeyMaterial(control)];
  await adoptExistingKey(family, { keyArn: deployed.key.keyArn, materialVersion: deployed.materialVersion }, keys, clock);
  progress.say('somebody puts 32 new random bytes into the secret, and the rotation begins');
  await laptop.secretsClient('deployment').send(new PutSecretValueCommand({ SecretId: deployed.secretArn, SecretBinary: randomBytes(32) }));

  const watch = watchRotation(progress, () => application.orders.length);
  const ports: RotationPorts = {
    control: {
      kms: keys, material, secret: new SecretsManagerMaterial(laptop.secretsClient('control')), runs: new Running(), clock, log: jsonLog(() => undefined),
    },
    worker: {
      kms: new KmsReEncryption(laptop.kmsClient('worker', CONCURRENCY * SHARDS)),
      stores: await Promise.all(family.stores.map((store) => openDynamoTable(laptop.dynamoClient('worker', CONCURRENCY * SHARDS), store))),
      evidence: new EvidenceInMemory(),
      clock,
      progress: watch,
      limits: { concurrency: CONCURRENCY, pages: 10, milliseconds: 10 * 60_000 },
    },
    watcher: watch,
  };
  let rotating = true;
  const writing = (async () => {
    while (rotating) await application.writeOrder();
  })();
  try {
    return await rotate(family, { run: `demo-${randomUUID()}`, toGeneration: 1 }, ports);
  } finally {
    rotating = false;
    watch.end();
    await writing;
  }
}

/** What somebody would declare for a rotating key of these orders. */
function describeFamily({ stackName, alias, tableName, secretArn, key }: DeployedOrders): FamilyDescription {
  return {
    alias,
    owner: `${stackName}/${key.logicalId}`,
    description: 'Data keys of the orders',
    policyDocument: key.policy,
    policyRevision: createHash('sha256').update(key.policy).digest('hex').slice(0, 16),
    material: { kind: 'secret', secretArn, encoding: 'binary', wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_4096' },
    tags: {},
    stores: [{
      kind: 'dynamodb-table',
      storeId: 'orders',
      tableName,
      dataKeyAttribute: 'dataKey',
      keyIdAttribute: 'kmsKeyId',
      encryptionContext: { tenant: { kind: 'attribute', attribute: 'tenantId' }, purpose: { kind: 'literal', value: 'orders' } },
      shards: SHARDS,
    }],
    settleSeconds: 5 * 60,
    dataKeyReuseSeconds: 2 * DATA_KEY_CACHE_MILLISECONDS / 1000,
    maximumPasses: 5,
  };
}

/** Opens every order as the application would, and counts those that are not what was written. */
async function countLost(laptop: Laptop, { alias }: DeployedOrders, application: OrdersApplication, progress: Progress): Promise<number> {
  const { orders } = application;
  const current = await new KmsKeyFamily(laptop.kmsClient('application', 1)).describeKey(alias);
  const counter = progress.count('every order is opened', orders.length);
  const limit = pLimit(CONCURRENCY);
  const outcomes = await Promise.all(orders.map((order) => limit(async () => {
    const outcome = await application.check(order, current?.keyArn ?? 'no key');
    counter.advance();
    return outcome;
  })));
  counter.end();
  return outcomes.filter((outcome) => outcome !== 'intact').length;
}

type Observed = Omit<DemoResult, 'records' | 'writtenDuringRotation' | 'lost' | 'seconds' | 'virtualSeconds'>;

/** What the passes counted, and what the audit log of the local KMS says independently of them. */
async function observe(laptop: Laptop, { alias, key }: DeployedOrders, { passes }: RotationOutcome): Promise<Observed> {
  const family = new KmsKeyFamily(laptop.kmsClient('application', 1));
  const [oldKey, newKey] = await Promise.all([family.describeKey(key.keyArn), family.describeKey(alias)]);
  const reEncryption = passes.filter(({ mode }) => writesRecords(mode)).map(({ counts }) => counts.total);
  const census = passes.filter(({ mode }) => mode === 'census').map(({ counts }) => counts.total).pop() ?? NO_RECORDS;
  const total = reEncryption.reduce(addCounts, NO_RECORDS);
  const { audit } = laptop.kms;
  return {
    reEncrypted: total.reEncrypted,
    alreadyCurrent: total.alreadyCurrent,
    changedMeanwhile: total.changedMeanwhile,
    quarantined: census.quarantined,
    reEncryptCallsPerRecord: total.answeredCalls / total.reEncrypted,
    censusCallsPerRecord: census.answeredCalls / (census.scanned - census.withoutDataKey),
    underOldGeneration: census.underOldGeneration,
    throttled: audit.count({ status: 'ThrottlingException' }),
    workerDecryptCalls: audit.count({ accessKey: 'worker' satisfies Role, operation: 'Decrypt' }),
    oldGenerationState: oldKey?.state as KeyState,
    newGenerationState: newKey?.state as KeyState,
    aliasMoves: audit.count({ operation: 'UpdateAlias', status: 'answered' }),
    passes: reEncryption.length,
  };
}
