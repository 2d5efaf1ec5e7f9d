import { setTimeout } from 'node:timers/promises';
import type { Steps } from './scenario';
import { OrdersApplication } from '../../local/demo/orders-application';
import type { Account } from '../emulator/account';

/** Pause between two orders while a deployment or a rotation is in progress. */
const PAUSE_MILLISECONDS = 20;

/** Where an application of a deployed stack writes its orders. */
export interface OrdersPlace {
  readonly stackName: string;
  readonly alias: string;
  /** Of the table. @default - the only table of the stack */
  readonly logicalId?: RegExp;
}

/**
 * Application that writes orders to a table of a deployed stack, each with a data key of its own. It calls KMS with the
 * role `Service` of the stack. The root user of the account reads the orders, also when the stack and its roles are
 * deleted.
 */
export class Orders {
  public static async of(account: Account, steps: Steps, { stackName, alias, logicalId }: OrdersPlace): Promise<Orders> {
    const tableName = await account.resource(stackName, 'AWS::DynamoDB::Table', logicalId);
    const role = await account.resource(stackName, 'AWS::IAM::Role', /^Service/);
    return new Orders(account, steps, new OrdersApplication(
      account.kmsAs(role), account.dynamo, { alias, tableName }, () => account.aws.clock.now()));
  }

  private constructor(
    private readonly account: Account, private readonly steps: Steps, private readonly application: OrdersApplication,
  ) {}

  public async write(count: number): Promise<void> {
    for (let written = 0; written < count; written += 1) await this.application.writeOrder();
  }

  /** Writes one order after the other until the work is finished. */
  public async writeDuring(work: Promise<unknown>): Promise<void> {
    let done = false;
    const finished = work.finally(() => { done = true; });
    const writing = (async () => {
      for (; !done; await setTimeout(PAUSE_MILLISECONDS)) await this.application.writeOrder();
    })();
    await Promise.all([finished, writing]);
  }

  /**
   * Reads every order. Its data key must be encrypted under this key; data key and document must match their hashes.
   */
  public async allIntactUnder(keyArn: string): Promise<void> {
    const outcomes = new Map<string, number>();
    for (const order of this.application.orders) {
      const outcome = await this.application.check(order, keyArn, this.account.kms);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    const intact = outcomes.get('intact') ?? 0;
    const written = this.application.orders.length;
    this.steps.recordOrders(this, { written, lost: written - intact });
    if (intact < written) throw new Error(`${written - intact} of ${written} orders are lost: ${JSON.stringify([...outcomes])}`);
  }
}
