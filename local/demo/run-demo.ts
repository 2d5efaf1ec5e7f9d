import pLimit from 'p-limit';
import { BackgroundWriter } from './background-writer';
import { collectResult } from './collect-result';
import type { DemoResult } from './demo-result';
import { ALIAS, deployAgain, deployOrders, REFUSED_ON_PURPOSE } from './deployments';
import { MachineProgress } from './machine-progress';
import type { DemoOptions } from './options';
import type { OrdersApplication } from './orders-application';
import type { Progress } from './progress';
import { KmsKeyFamily } from '../../lambda/adapters/kms/kms-family';
import { generationAlias } from '../../src/contract/family/generation-tags';
import { LocalAccount } from '../account/local-account';
import { compareRefusedCalls } from '../iam/refused-calls';

/** How many orders the application writes or reads at the same time. */
const CONCURRENCY = 16;

/** A rotation is due after 90 days. Fence, certificate, observation, soak and backup retention take two more months. */
const MAX_DAYS = 365;

/**
 * Deploys the example, writes orders, lets the schedule rotate the key and retire the old generation while the
 * application continues to write, and checks every order. Then the stack is destroyed, deployed again, and adopted by
 * another one.
 */
export async function runDemo(options: DemoOptions, progress: Progress): Promise<DemoResult> {
  const startedAt = process.hrtime.bigint();
  const running: { application?: OrdersApplication; writer?: BackgroundWriter } = {};
  const machines = new MachineProgress({
    progress,
    expectedRecords: () => running.application?.orders.length ?? options.records,
    isWorker: (accessKey) => account.accessKeyOf(account.functionByAsset('worker').roleArn) === accessKey,
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
    const deployed = await deployOrders(account, CONCURRENCY, progress);
    const { application } = deployed;
    running.application = application;
    await writeOrders(application, options.records, progress);
    progress.step('wait until a daily reconcile run finds that a rotation is due');
    running.writer = new BackgroundWriter(application);
    await waitUntilRetired(account);
    await running.writer.idle();
    machines.end();
    const lost = await countLost(account, application, progress);
    const collected = await collectResult(account, { alias: ALIAS, evidenceBucket: deployed.evidenceBucket });
    const virtualDays = Math.round((account.clock.now().getTime() - virtualStart.getTime()) / 86_400_000);
    const { executedStates } = machines;
    await deployAgain(account, deployed, progress);
    machines.end();
    return {
      ...collected,
      records: application.orders.length,
      writtenDuringRotation: application.orders.length - options.records,
      lost,
      executedStates,
      ...refusals(account.refusedCalls.all),
      seconds: Number(process.hrtime.bigint() - startedAt) / 1e9,
      virtualDays,
    };
  } finally {
    await account.close();
  }
}

function refusals(refused: readonly string[]): Pick<DemoResult, 'refusedCalls' | 'missingRefusals'> {
  const { unexpected, missing } = compareRefusedCalls(refused, REFUSED_ON_PURPOSE);
  return {
    refusedCalls: refused.map((call) => ({ call, expected: !unexpected.includes(call) })), missingRefusals: missing.map(String),
  };
}

async function writeOrders(application: OrdersApplication, count: number, progress: Progress): Promise<void> {
  const counter = progress.count('application: write orders', count);
  const limit = pLimit(CONCURRENCY);
  await Promise.all(Array.from({ length: count }, () => limit(() => application.writeOrder().then(counter.advance))));
  counter.end();
}

/** Lets days pass on the virtual clock, with their reconcile runs, until the old generation is pending deletion. */
async function waitUntilRetired(account: LocalAccount): Promise<void> {
  const keys = new KmsKeyFamily(account.laptop.kmsClient('operator', 1));
  const oldKey = await keys.describeKey(generationAlias(ALIAS, 1));
  const isPendingDeletion = async () => (await keys.describeKey(oldKey?.keyArn as string))?.state === 'PendingDeletion';
  await account.runUntil('generation 1 is pending deletion', isPendingDeletion, MAX_DAYS);
}

/** Reads and decrypts every order, and counts those that differ from what was written. */
async function countLost({ laptop }: LocalAccount, application: OrdersApplication, progress: Progress): Promise<number> {
  const { orders } = application;
  const current = await new KmsKeyFamily(laptop.kmsClient('operator', 1)).describeKey(ALIAS);
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
