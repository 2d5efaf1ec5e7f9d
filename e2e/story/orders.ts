import { setTimeout } from 'node:timers/promises';
import type { Telling } from './story';
import { OrdersApplication } from '../../local/demo/orders-application';
import type { Account } from '../emulator/account';

/** Between two orders, while something else is under way. */
const PACE_MILLISECONDS = 20;

/** The application: it writes orders into a table of a deployed stack, each beside a data key of its own, and goes on while the key is rotated. */
export class Orders {
  private readonly application: OrdersApplication;

  public constructor(account: Account, private readonly telling: Telling, place: { readonly alias: string; readonly tableName: string }) {
    this.application = new OrdersApplication(account.kms, account.dynamo, place, () => account.aws.clock.now());
  }

  public async write(count: number): Promise<void> {
    for (let written = 0; written < count; written += 1) await this.application.writeOrder();
  }

  /** Writes one order after the other until the work is done. */
  public async writeDuring(work: Promise<unknown>): Promise<void> {
    let done = false;
    const finished = work.finally(() => { done = true; });
    const writing = (async () => {
      for (; !done; await setTimeout(PACE_MILLISECONDS)) await this.application.writeOrder();
    })();
    await Promise.all([finished, writing]);
  }

  /** Reads every order that was ever written: each data key by its hash, each document by its own, and all of them under this key. */
  public async allIntactUnder(keyArn: string): Promise<void> {
    const outcomes = new Map<string, number>();
    for (const order of this.application.orders) {
      const outcome = await this.application.check(order, keyArn);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    const intact = outcomes.get('intact') ?? 0;
    const written = this.application.orders.length;
    this.telling.count(this, { written, lost: written - intact });
    if (intact < written) throw new Error(`${written - intact} of ${written} orders are lost: ${JSON.stringify([...outcomes])}`);
  }
}
