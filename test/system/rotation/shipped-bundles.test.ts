import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ALIAS, familyStack } from './family-stack';
import { LocalAccount } from '../../../local/account/local-account';
import { OrdersApplication } from '../../../local/demo/orders-application';
import { loadShippedFunction } from '../../../local/lambda/shipped-function';
import { identity } from '../../../local/laptop';

/** A rotation, and the day after it, with the bundled functions that are published. */
const ORDERS = 20;
const DAY = 24 * 3_600_000;

let account: LocalAccount;
let application: OrdersApplication;
/** The output of each function. */
const printed = new Map<string, readonly string[]>();

beforeAll(async () => {
  account = await LocalAccount.open({
    // The loader of the account itself, with the output kept.
    load: (opened) => (definition) => {
      const shipped = loadShippedFunction({ asset: definition.asset, environment: opened.environmentOf(definition), clock: opened.clock });
      printed.set(definition.asset, shipped.lines);
      return shipped;
    },
  });
  const stack = await account.deploy(familyStack());
  const refsOf = (type: string) => stack.resourcesOfType(type).map(({ resolved }) => resolved.ref);
  const { laptop, clock, stepFunctions } = account;
  const [tableName = ''] = refsOf('AWS::DynamoDB::Table');
  const [kms, dynamo] = [laptop.kmsClient('application', 8), laptop.dynamoClient('application', 8)];
  application = new OrdersApplication(kms, dynamo, { alias: ALIAS, tableName }, () => clock.now());
  for (let written = 0; written < ORDERS; written++) await application.writeOrder();

  const operator = new SFNClient({ endpoint: stepFunctions.endpoint, ...identity('operator') });
  const stateMachineArn = refsOf('AWS::StepFunctions::StateMachine').find((arn) => arn.includes('Rotation'));
  await operator.send(new StartExecutionCommand({ stateMachineArn, input: '{}' }));
  await account.idle();
  await account.runFor(DAY);
});

afterAll(() => account.close());

function callsOf(asset: string, operation: string): number {
  return account.laptop.kms.audit.count({ accessKey: account.accessKeyOf(account.functionByAsset(asset).roleArn), operation });
}

test('both machines run to their ends', () => {
  const ends = account.stepFunctions.executions.map(({ status, result }) => [status, result?.cause]);
  expect(ends).toEqual([['SUCCEEDED', undefined], ['SUCCEEDED', undefined]]);
});

test('every order can be decrypted under the new generation', async () => {
  const [newest] = account.laptop.kms.audit.records.filter(({ operation }) => operation === 'CreateKey').slice(-1);
  const outcomes = await Promise.all(application.orders.map((order) => application.check(order, newest?.keyArns[0] as string)));
  expect(outcomes).toEqual(Array(ORDERS).fill('intact'));
});

test('each function writes one JSON object per line, and nothing else', () => {
  expect([...printed.keys()].sort()).toEqual(['control', 'retirement', 'worker']);
  for (const lines of printed.values()) {
    expect(lines).not.toEqual([]);
    for (const line of lines) {
      expect(JSON.parse(line)).toEqual(expect.objectContaining({ level: expect.any(String), event: expect.any(String) }));
    }
  }
});

test('the metrics of the worker add up to the number of orders', () => {
  const lines = (printed.get('worker') ?? []).map(
    (line) => JSON.parse(line) as { readonly event: string; readonly RecordsReEncrypted?: number },
  );
  const reEncrypted = lines.filter(({ event }) => event === 'measured').map((line) => line.RecordsReEncrypted ?? 0);
  expect(reEncrypted.reduce((sum, count) => sum + count, 0)).toBe(ORDERS);
});

test('the worker never requests plaintext from KMS', () => {
  expect(callsOf('worker', 'ReEncrypt')).toBeGreaterThan(ORDERS);
  expect(['Decrypt', 'GenerateDataKey', 'Encrypt'].map((operation) => callsOf('worker', operation))).toEqual([0, 0, 0]);
});

test('the bundle of the worker has at most 1 MB, for a short cold start', () => {
  expect(statSync(resolve(__dirname, '..', '..', '..', 'assets', 'worker', 'index.js')).size).toBeLessThanOrEqual(1_000_000);
});
