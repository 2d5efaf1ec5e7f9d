import { CfnResource } from 'aws-cdk-lib';
import { OrdersApplication } from './orders-application';
import type { Progress } from './progress';
import { TakeOverStack } from './take-over-stack';
import { OrdersStack } from '../../examples/orders/orders-stack';
import { KmsKeyFamily } from '../../lambda/adapters/kms/kms-family';
import { GenerationTag } from '../../src/contract/family/generation-tags';
import type { LocalAccount } from '../account/local-account';
import type { LocalStack } from '../cloudformation/local-stack';
import { synthesize } from '../cloudformation/synthesize';
import { PROBE_OF_THE_FENCE, PROBE_OF_THE_WATCH } from '../iam/refused-calls';

export const ALIAS = 'alias/orders';
const STACK = 'Orders';
const DAY_MILLISECONDS = 86_400_000;

/** Orders that the application of each later deployment writes and reads. */
const ORDERS = 8;

/** The calls that policies must refuse: the probes of fence and watch, and the application whose role was deleted. */
export const REFUSED_ON_PURPOSE: readonly RegExp[] = [
  PROBE_OF_THE_FENCE, PROBE_OF_THE_WATCH, /^kms:GenerateDataKey by role\/Orders-Service/,
];

/** The example, and its application, which calls AWS with the role of the stack. */
export interface DeployedOrders {
  readonly stack: LocalStack;
  readonly application: OrdersApplication;
  readonly evidenceBucket: string;
}

/** Deploys the example. The first attempt is rolled back, because another resource of the stack fails. */
export async function deployOrders(account: LocalAccount, concurrency: number, progress: Progress): Promise<DeployedOrders> {
  progress.step('deploy examples/orders with a resource that fails: the deployment is rolled back');
  const failing = synthesize((app) => {
    const stack = new OrdersStack(app, STACK);
    new CfnResource(stack, 'Fails', { type: 'Demo::Fails::Always' }).node.addDependency(stack.node.findChild('Key'));
    return stack;
  });
  const rolledBack = await account.deploy(failing).then(() => false, () => true);
  if (!rolledBack) throw new Error('the first deployment must fail');
  progress.step('deploy examples/orders again: the control function continues with generation 1');
  return deployed(account, await account.deploy(ordersStack()), concurrency);
}

/**
 * Destroys the stack, deploys it again, destroys it again, and deploys another stack that adopts the family. After each
 * deployment the application, with its new role, writes and reads orders under the current generation.
 */
export async function deployAgain(account: LocalAccount, first: DeployedOrders, progress: Progress): Promise<void> {
  const keys = new KmsKeyFamily(account.laptop.kmsClient('operator', 1));
  const current = await keys.describeKey(ALIAS);
  const keyArn = current?.keyArn ?? 'no key';
  progress.step('destroy the stack: every generation stays, and the deleted role of the application is refused');
  await first.stack.delete();
  const refused = await first.application.writeOrder().then(() => false, (error: Error) => error.name === 'AccessDeniedException');
  if (!refused) throw new Error('KMS must refuse the role that was deleted with the stack');

  progress.step('deploy the stack again: its new roles use and manage the retained generations');
  const again = deployed(account, await account.deploy(ordersStack()), 1);
  await useFor1Day(account, again, keyArn);

  progress.step('destroy the stack, and adopt the family in another one');
  await again.stack.delete();
  const { [GenerationTag.OWNER]: adoptFrom = '' } = await keys.listTags(keyArn);
  const other = await account.deploy(synthesize((app) => new TakeOverStack(app, 'TakeOver', { adoptFrom })));
  await useFor1Day(account, deployed(account, other, 1), keyArn);
}

function ordersStack() {
  return synthesize((app) => new OrdersStack(app, STACK));
}

function deployed(account: LocalAccount, stack: LocalStack, concurrency: number): DeployedOrders {
  const { laptop } = account;
  const nameOf = (type: string) => stack.resourcesOfType(type)[0]?.resolved.ref as string;
  const service = stack.resourcesOfType('AWS::IAM::Role').find(({ logicalId }) => logicalId.startsWith('Service'))?.resolved.ref as string;
  const [kms, dynamo] = [laptop.kmsClient(service, concurrency), laptop.dynamoClient(service, concurrency)];
  const place = { alias: ALIAS, tableName: nameOf('AWS::DynamoDB::Table') };
  const application = new OrdersApplication(kms, dynamo, place, () => laptop.kms.clock.now());
  return { stack, application, evidenceBucket: nameOf('AWS::S3::Bucket') };
}

/** A day contains a reconcile run and a pre-flight of the worker. */
async function useFor1Day(account: LocalAccount, { application }: DeployedOrders, keyArn: string): Promise<void> {
  for (let written = 0; written < ORDERS; written++) await application.writeOrder();
  await account.runFor(DAY_MILLISECONDS);
  for (const order of application.orders) {
    const outcome = await application.check(order, keyArn);
    if (outcome !== 'intact') throw new Error(`${order.orderId} after another deployment: ${outcome}`);
  }
}
