import pLimit from 'p-limit';
import { BackgroundWriter } from './background-writer';
import { collectResult, type DeployedOrders } from './collect-result';
import type { DemoResult } from './demo-result';
import { MachineProgress } from './machine-progress';
import type { DemoOptions } from './options';
import { OrdersApplication } from './orders-application';
import type { Progress } from './progress';
import { OrdersStack } from '../../examples/orders/orders-stack';
import { KmsKeyFamily } from '../../lambda/adapters/kms/kms-family';
import { generationAlias } from '../../src/contract/family/generation-tags';
import { LocalAccount } from '../account/local-account';
import { synthesize } from '../cloudformation/synthesize';

/** How many orders the application writes or reads at the same time. */
const CONCURRENCY = 16;

const ALIAS = 'alias/orders';
/** A rotation is due after 90 days. Fence, certificate, observation, soak and backup retention take two more months. */
const MAX_DAYS = 365;

/**
 * Deploys the example, writes orders, lets the schedule rotate the key and retire the old generation while the
 * application continues to write, and checks every order.
 */
export async function runDemo(options: DemoOptions, progress: Progress): Promise<DemoResult> {
  const startedAt = process.hrtime.bigint();
  const running: { application?: OrdersApplication; writer?: BackgroundWriter } = {};
  const machines = new MachineProgress({
    progress,
    expectedRecords: () => running.application?.orders.length ?? options.records,
    isWorker: (accessKey) => account.accessKeyOf(account.functionWith('worker').roleArn) === accessKey,
    onTimePassed: () => running.writer?.startOrder(),
  });
  const account: LocalAccount = await LocalAccount.open({
    seed: options.seed,
    faults: options.fault,
    observe: (_, definition) => [machines.observer(definition)],
    onKmsCall: (call) => machines.kmsCalled(call),
  });
  try {
    const virtualStart = account.clock.now();
    progress.step('deploy examples/orders: the control function creates generation 1');
    const deployed = await deployOrders(account);
    const application = openApplication(account, deployed);
    running.application = application;
    await writeOrders(application, options.records, progress);
    progress.step('wait until a daily reconcile run finds that a rotation is due');
    running.writer = new BackgroundWriter(application);
    await waitUntilRetired(account);
    await running.writer.idle();
    machines.end();
    const lost = await countLost(account, application, progress);
    return {
      ...await collectResult(account, deployed),
      records: application.orders.length,
      writtenDuringRotation: application.orders.length - options.records,
      lost,
      executedStates: machines.executedStates,
      seconds: Number(process.hrtime.bigint() - startedAt) / 1e9,
      virtualDays: Math.round((account.clock.now().getTime() - virtualStart.getTime()) / 86_400_000),
    };
  } finally {
    await account.close();
  }
}

async function deployOrders(account: LocalAccount): Promise<DeployedOrders> {
  const stack = await account.deploy(synthesize((app) => new OrdersStack(app, 'Orders')));
  const nameOf = (type: string) => stack.resourcesOfType(type)[0]?.resolved.ref as string;
  return { alias: ALIAS, tableName: nameOf('AWS::DynamoDB::Table'), evidenceBucket: nameOf('AWS::S3::Bucket') };
}

function openApplication({ laptop }: LocalAccount, { alias, tableName }: DeployedOrders): OrdersApplication {
  const [kms, dynamo] = [laptop.kmsClient('application', CONCURRENCY), laptop.dynamoClient('application', CONCURRENCY)];
  return new OrdersApplication(kms, dynamo, { alias, tableName }, () => laptop.kms.clock.now());
}

async function writeOrders(application: OrdersApplication, count: number, progress: Progress): Promise<void> {
  const counter = progress.count('application: write orders', count);
  const limit = pLimit(CONCURRENCY);
  await Promise.all(Array.from({ length: count }, () => limit(() => application.writeOrder().then(counter.advance))));
  counter.end();
}

/** Lets days pass on the virtual clock, with their reconcile runs, until the old generation is pending deletion. */
async function waitUntilRetired(account: LocalAccount): Promise<void> {
  const keys = new KmsKeyFamily(account.laptop.kmsClient('application', 1));
  const oldKey = await keys.describeKey(generationAlias(ALIAS, 1));
  const isPendingDeletion = async () => (await keys.describeKey(oldKey?.keyArn as string))?.state === 'PendingDeletion';
  await account.liveUntil('generation 1 is pending deletion', isPendingDeletion, MAX_DAYS);
}

/** Reads and decrypts every order, and counts those that differ from what was written. */
async function countLost({ laptop }: LocalAccount, application: OrdersApplication, progress: Progress): Promise<number> {
  const { orders } = application;
  const current = await new KmsKeyFamily(laptop.kmsClient('application', 1)).describeKey(ALIAS);
  const counter = progress.count('application: decrypt and compare every order', orders.length);
  const limit = pLimit(CONCURRENCY);
  const outcomes = await Promise.all(orders.map((order) => limit(async () => {
    const outcome = await application.check(order, current?.keyArn ?? 'no key');
    counter.advance();
    return outcome;
  })));
  counter.end();
  return outcomes.filter((outcome) => outcome !== 'intact').length;
}
