import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateAliasCommand } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import { evidenceClient, S3Evidence } from '../../../lambda/adapters/s3-evidence';
import { workerFunction, type WorkerPorts } from '../../../lambda/reencrypt/worker-function';
import { jsonLog } from '../../../lambda/runtime/log';
import { openStore } from '../../../lambda/stores/open-store';
import { startLocalDynamo, type LocalDynamo } from '../../../local/dynamodb/local-dynamo';
import { LocalS3 } from '../../../local/s3/local-s3';
import type { ShardEvidence } from '../../../src/contract/evidence/evidence';
import { STEP_SCHEMA, type WorkerRequest } from '../../../src/contract/runs/function-steps';
import type { ShardProgress } from '../../../src/contract/runs/reencryption';
import { FamilyOfKeys, type DataKey } from '../../support/world/family-of-keys';
import { aClientFor, aTable, type Table } from '../stores/dynamodb-table';

const NOON = new Date('2026-11-01T12:00:00.000Z');
const RUN = 'arn:aws:states:eu-west-1:111122223333:execution:Rotation:first';
const FIRST_KEY = 'runs/Rotation/first/pass-001/orders/000000/000000.counts.json';

type Work = WorkerRequest & { step: 'work-on-shard' };

let dynamo: LocalDynamo;
let client: DynamoDBClient;
let family: FamilyOfKeys;
let s3: LocalS3;
let s3Client: S3Client;
let dataKey: DataKey;
let table: Table;
let logged: string[];
let opened: string[];
let ports: WorkerPorts;

beforeAll(async () => {
  dynamo = await startLocalDynamo();
  client = aClientFor(dynamo.endpoint);
  family = await FamilyOfKeys.start(2);
  dataKey = await family.dataKey(family.arn(1));
});

beforeEach(async () => {
  s3 = await LocalS3.start({ buckets: ['evidence'] });
  s3Client = evidenceClient({ endpoint: s3.endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'worker', secretAccessKey: '-' } });
  table = await aTable(client);
  await table.put(
    ...Array.from({ length: 10 }, (_, n) => ({
      id: { S: `customer-${n}` },
      dataKey: n === 9 ? { S: 'no data key' } : { B: dataKey.blob },
    })),
  );
  logged = [];
  opened = [];
  ports = {
    kms: family.port,
    openStore: async (description) => {
      opened.push(description.storeId);
      return openStore({ dynamo: client }, description, 4);
    },
    evidence: new S3Evidence(s3Client, 'evidence'),
    clock: { now: () => NOON, sleep: async () => undefined },
    log: jsonLog((line) => logged.push(line)),
    limits: { concurrency: 4, pages: 1, milliseconds: 60_000 },
  };
});

afterEach(async () => {
  s3Client.destroy();
  await s3.stop();
});

afterAll(async () => {
  await family.stop();
  client.destroy();
  await dynamo.stop();
});

const work = (change: Partial<Work> = {}): Work => ({
  schema: STEP_SCHEMA,
  step: 'work-on-shard',
  family: 'alias/orders',
  stores: [table.described({ storeId: 'invoices', tableName: 'no-such-table' }), table.described()],
  run: RUN,
  pass: 1,
  mode: 're-encrypt',
  generations: family.generations,
  storeId: 'orders',
  shard: 0,
  sequence: 0,
  ...change,
});

const preflight = (change: object = {}): WorkerRequest => ({
  schema: STEP_SCHEMA, step: 'pre-flight', family: 'alias/orders', stores: [table.described()], generations: family.generations, ...change,
});

test('a shard is re-encrypted invocation by invocation, and only its store is opened', async () => {
  const worker = workerFunction(ports);
  const answers: ShardProgress[] = [];
  while (answers.at(-1)?.finished !== true) answers.push(await worker(work({ sequence: answers.length })) as ShardProgress);
  expect(answers).toEqual([{ finished: false, sequence: 1 }, { finished: false, sequence: 2 }, { finished: true, sequence: 3 }]);
  expect(new Set(opened)).toEqual(new Set(['orders']));
  const blobs = (await table.items()).flatMap((item) => item.dataKey?.B ?? []);
  const keys = await Promise.all(blobs.map(async (blob) => family.open(blob)));
  expect(keys).toEqual(Array(9).fill({ keyArn: family.arn(2), plaintextHash: dataKey.plaintextHash }));
});

test('each invocation logs its metrics in one line, and a repeated one logs none', async () => {
  const worker = workerFunction(ports);
  for (const sequence of [0, 1, 1, 2, 0]) await worker(work({ sequence }));
  const lines = logged.map((line) => JSON.parse(line) as { [name: string]: unknown });
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatchObject({
    _aws: {
      Timestamp: NOON.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'CdkKmsLifecycle',
          Dimensions: [['Alias', 'Store']],
          Metrics: [
            'RecordsScanned',
            'RecordsReEncrypted',
            'RecordsAlreadyCurrent',
            'WriteConflicts',
            'RecordsQuarantined',
            'AnsweredCalls',
          ].map((Name) => ({ Name })),
        },
      ],
    },
    Alias: 'alias/orders',
    Store: 'orders',
    WriteConflicts: 0,
  });
  const total = (name: string) => lines.reduce((sum, line) => sum + (line[name] as number), 0);
  expect(
    ['RecordsScanned', 'RecordsReEncrypted', 'RecordsAlreadyCurrent', 'WriteConflicts', 'RecordsQuarantined', 'AnsweredCalls'].map(total),
  ).toEqual([10, 9, 0, 0, 1, 9]);
});

test('the key of a record is in the evidence only, and in no result, log line or error', async () => {
  const worker = workerFunction(ports);
  const results: string[] = [];
  for (const sequence of [0, 1, 2, 7]) {
    results.push(await worker(work({ sequence })).then(
      (progress) => JSON.stringify(progress),
      (error: Error) => `${error.name} ${error.message} ${error.stack}`,
    ));
  }
  // A cursor that is not JSON: reading it fails with an error that quotes it.
  const damaged: Pick<ShardEvidence, 'family' | 'mode' | 'finished' | 'cursor'> =
    { family: 'alias/orders', mode: 're-encrypt', finished: false, cursor: 'customer-1 is not JSON' };
  await ports.evidence.writeOnce(FIRST_KEY.replace('pass-001', 'pass-002'), damaged);
  await expect(worker(work({ pass: 2, sequence: 1 }))).rejects.toThrow(/^unexpected SyntaxError; the log of the function shows where$/);
  expect(results).toHaveLength(4);
  expect(s3.readJson<ShardEvidence>('evidence', FIRST_KEY)?.cursor).toContain('customer-');
  expect([...results, ...logged].join('\n')).not.toContain('customer-');
  expect(logged.at(-1)).toContain('"error":"SyntaxError"');
});

test('no page is read after two thirds of the time of an invocation', async () => {
  let seconds = 0;
  const clock = { now: () => new Date(1000 * seconds++), sleep: async () => undefined };
  const limits = { concurrency: 4, pages: 100, milliseconds: 600_000 };
  const worker = workerFunction({ ...ports, clock, limits });
  expect(await worker(work(), { getRemainingTimeInMillis: () => 3_000 })).toEqual({ finished: false, sequence: 1 });
  expect(s3.readJson<ShardEvidence>('evidence', FIRST_KEY)?.counts.scanned).toBe(8);
});

describe('the pre-flight', () => {
  test('returns an empty object if permissions and stores are as required', async () => {
    expect(await workerFunction(ports)(preflight())).toEqual({});
    expect(s3.objects('evidence').size).toBe(0);
  });

  test('refuses a store that differs from its description', async () => {
    await expect(
      workerFunction(ports)(
        preflight({ stores: [table.described(), table.described({ storeId: 'invoices', dataKeyAttribute: 'datakey' })] }),
      ),
    ).rejects.toMatchObject({ name: 'StoreMismatch', message: expect.stringContaining('store invoices') });
    await expect(workerFunction(ports)(preflight({ stores: [table.described({ tableName: 'ordres' })] }))).rejects.toMatchObject({
      name: 'StoreMismatch',
    });
    expect(logged.map((line) => (JSON.parse(line) as { error: string }).error)).toEqual(['StoreMismatch', 'StoreMismatch']);
  });

  test('fails if a key policy denies a call of the worker', async () => {
    const denied = await FamilyOfKeys.start(2);
    denied.deny('kms:ReEncryptFrom', denied.arn(1));
    const outcome = workerFunction({ ...ports, kms: denied.port })(preflight({ generations: denied.generations }));
    await expect(outcome).rejects.toMatchObject({ name: 'AccessDenied' });
    await denied.stop();
  });
});

describe('a request for a store that cannot be opened is refused before anything is read', () => {
  test.each<[string, () => unknown, string]>([
    ['a store of an unknown kind', () => work({ stores: [{ ...table.described(), kind: 'tape' as never }] }),
      'store orders: the kind of this store is unknown to this version, got tape'],
    ['a table without a data key attribute', () => preflight({ stores: [table.described({ dataKeyAttribute: '' })] }),
      'store orders, member dataKeyAttribute: value is not valid, got an empty string'],
    ['a store that is not one of the stores', () => work({ storeId: 'archive' }),
      'the store does not exist, got archive; allowed: invoices, orders'],
    ['a shard after the last one', () => work({ shard: 1 }), 'the shard does not exist, got 1; allowed: 0 to 0'],
    ['a request without stores', () => ({ ...work(), stores: null }),
      'worker function, step work-on-shard, member stores: value is missing, got null'],
  ])('%s', async (_name, event, message) => {
    await expect(workerFunction(ports)(event())).rejects.toMatchObject({
      name: 'InvalidRequest', message: expect.stringContaining(message),
    });
    expect(s3.objects('evidence').size).toBe(0);
    expect(logged).toHaveLength(1);
  });
});

test('a store of an unknown kind does not stop the shards of other stores', async () => {
  const stores = [{ ...table.described({ storeId: 'archive' }), kind: 'tape' as never }, table.described()];
  expect(await workerFunction(ports)(work({ stores }))).toEqual({ finished: false, sequence: 1 });
});

describe('the daily pre-flight', () => {
  const ready = () => logged.flatMap((line) => {
    const { StoresReady, Alias } = JSON.parse(line) as { StoresReady?: number; Alias?: string };
    return StoresReady === undefined ? [] : [[Alias, StoresReady]];
  });
  // The alias of the family names its current generation.
  const daily = (stores = [table.described()]) =>
    workerFunction(ports)({ schema: STEP_SCHEMA, step: 'daily-pre-flight', family: 'alias/orders', stores });

  beforeAll(async () => {
    await family.worker.send(new CreateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: family.generations.current }));
  });

  test('publishes 1 if the worker may do its work and the stores match their descriptions', async () => {
    expect(await daily()).toEqual({ ready: true });
    expect(ready()).toEqual([['alias/orders', 1]]);
  });

  test('publishes 0 and logs the reason if a store does not match its description', async () => {
    expect(await daily([table.described({ tableName: 'ordres' })])).toEqual({ ready: false });
    expect(ready()).toEqual([['alias/orders', 0]]);
    expect(logged.join()).toMatch(/"stores-not-ready".*"StoreMismatch"/);
  });

  test('publishes 0 and logs the reason if the key policy does not allow the worker', async () => {
    family.deny('kms:ReEncryptFrom', family.generations.current);
    expect(await daily()).toEqual({ ready: false });
    expect(logged.join()).toMatch(/"stores-not-ready".*"AccessDenied"/);
  });
});
