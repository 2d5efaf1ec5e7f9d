import pLimit from 'p-limit';
import type { DemoResult } from './demo-result';
import { observe, type DeployedOrders } from './observe';
import type { DemoOptions } from './options';
import { OrdersApplication } from './orders-application';
import type { Progress } from './progress';
import { SteadyWriter } from './steady-writer';
import { MachineWatch } from './watch-machines';
import { OrdersStack } from '../../examples/orders/orders-stack';
import { KmsKeyFamily } from '../../lambda/adapters/kms/kms-family';
import { generationAlias } from '../../src/contract/family/generation-tags';
import { LocalAccount } from '../account/local-account';
import { synthesize } from '../cloudformation/synthesize';

/** Requests that the application has in work at the same time. */
const CONCURRENCY = 16;

const ALIAS = 'alias/orders';
/** A rotation is due after 90 days; fence, certificate, observation, soak and backups take two months more. */
const MOST_DAYS = 365;

/** The whole story: deploy, write, let the schedule rotate and retire while the application goes on writing, prove. */
export async function runDemo(options: DemoOptions, progress: Progress): Promise<DemoResult> {
  const startedAt = process.hrtime.bigint();
  const story: { application?: OrdersApplication; writer?: SteadyWriter } = {};
  const watch = new MachineWatch({
    progress,
    expectedRecords: () => story.application?.orders.length ?? options.records,
    isWorker: (accessKey) => account.accessKeyOf(account.functionByAsset('worker').roleArn) === accessKey,
    timeWentBy: () => story.writer?.nudge(),
  });
  const account: LocalAccount = await LocalAccount.open({
    seed: options.seed, faults: options.fault, observe: (_, definition) => [watch.observer(definition)], onKmsCall: (call) => watch.noteCall(call),
  });
  try {
    const virtualStart = account.clock.now();
    progress.say('deploying examples/orders: the shipped handler makes generation 1');
    const deployed = await deployOrders(account);
    const application = openApplication(account, deployed);
    story.application = application;
    await writeOrders(application, options.records, progress);
    progress.say('days pass, until the schedule finds that a rotation is due');
    story.writer = new SteadyWriter(application);
    await liveUntilRetired(account);
    await story.writer.idle();
    watch.end();
    const lost = await countLost(account, application, progress);
    return {
      ...await observe(account, deployed),
      records: application.orders.length,
      writtenDuringRotation: application.orders.length - options.records,
      lost,
      crossedStates: watch.crossedStates,
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
  const counter = progress.count('application writes', count);
  const limit = pLimit(CONCURRENCY);
  await Promise.all(Array.from({ length: count }, () => limit(() => application.writeOrder().then(counter.advance))));
  counter.end();
}

/** Lets the schedule do its work, day by day, until the old generation waits for its deletion. */
async function liveUntilRetired(account: LocalAccount): Promise<void> {
  const keys = new KmsKeyFamily(account.laptop.kmsClient('application', 1));
  const oldKey = await keys.describeKey(generationAlias(ALIAS, 1));
  const isPendingDeletion = async () => (await keys.describeKey(oldKey?.keyArn as string))?.state === 'PendingDeletion';
  await account.runUntil('generation 1 is pending deletion', isPendingDeletion, MOST_DAYS);
}

/** Opens every order as the application would, and counts those that are not what was written. */
async function countLost({ laptop }: LocalAccount, application: OrdersApplication, progress: Progress): Promise<number> {
  const { orders } = application;
  const current = await new KmsKeyFamily(laptop.kmsClient('application', 1)).describeKey(ALIAS);
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
