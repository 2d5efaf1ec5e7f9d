import { PROBE_OF_THE_FENCE } from '../../local/iam/refused-calls';
import { equal, match, rejects } from '../harness/expect';
import { Orders } from '../harness/orders';
import { RotatingFamily } from '../harness/rotating-family';
import type { Scenario } from '../harness/scenario';

const APP = 'examples/orders/main.ts';
const STACK = 'Orders';
/** The schedule of the example rotates every 90 days. */
const DAYS_UNTIL_DUE = 91;

/**
 * `examples/orders`, unchanged: checked by the daily pre-flight, rotated by an operator and by its schedule, destroyed,
 * and deployed again.
 */
export const ordersScenario: Scenario = {
  name: 'orders',
  deniedOnPurpose: [PROBE_OF_THE_FENCE, /^kms:GenerateDataKey by role\/Orders-Service/],
  run: async (account, steps) => {
    await steps.run('cdk deploy creates generation 1', () => account.cdk.deploy(APP));
    const family = new RotatingFamily(account, STACK, 'alias/orders');
    const orders = await Orders.of(account, steps, { stackName: STACK, alias: family.alias });
    equal(await family.generations(), ['1 Enabled']);

    await steps.run('the application writes 100 orders', () => orders.write(100));
    await steps.run('the daily pre-flight, with the input of its schedule, finds the store ready', async () => {
      equal(await family.preflight(), { ready: true });
    });
    await steps.run('a rotation that an operator starts succeeds while the application writes', () => orders.writeDuring(family.rotate()));
    await steps.run('every data key is encrypted under generation 2, and decrypts its document', async () => {
      equal(await family.generations(), ['1 Enabled', '2 Enabled']);
      await orders.allIntactUnder(await family.currentKeyArn());
    });

    await steps.run('a deployment without a change does not move the alias', async () => {
      const current = await family.currentKeyArn();
      match(await account.cdk.deploy(APP), /no changes/);
      equal(await family.currentKeyArn(), current);
    });

    account.aws.clock.advanceDays(DAYS_UNTIL_DUE);
    await steps.run(`after ${DAYS_UNTIL_DUE} days the schedule starts the next rotation`, async () => {
      await orders.writeDuring(family.rotateBySchedule());
    });
    await steps.run('every data key is encrypted under generation 3, and decrypts its document', async () => {
      equal(await family.generations(), ['1 Enabled', '2 Enabled', '3 Enabled']);
      await orders.allIntactUnder(await family.currentKeyArn());
    });

    await steps.run('cdk destroy retains every generation that was used', async () => {
      await account.cdk.destroy(APP);
      equal(await family.generations(), ['1 Enabled', '2 Enabled', '3 Enabled']);
      await orders.allIntactUnder(await family.currentKeyArn());
    });
    await steps.run('the deleted role of the application encrypts no more', () => rejects(orders.write(1), /AccessDenied/));
    await steps.run('another cdk deploy adopts the retained generations, and does not move the alias', async () => {
      const current = await family.currentKeyArn();
      await account.cdk.deploy(APP);
      equal(await family.generations(), ['1 Enabled', '2 Enabled', '3 Enabled']);
      equal(await family.currentKeyArn(), current);
    });
    await steps.run('its new roles encrypt and rotate', async () => {
      const again = await Orders.of(account, steps, { stackName: STACK, alias: family.alias });
      await again.writeDuring(family.rotate());
      equal(await family.generations(), ['1 Enabled', '2 Enabled', '3 Enabled', '4 Enabled']);
      await again.allIntactUnder(await family.currentKeyArn());
    });
  },
};
