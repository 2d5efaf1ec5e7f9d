import { equal, match } from '../harness/expect';
import { Orders } from '../harness/orders';
import { RotatingFamily } from '../harness/rotating-family';
import type { Scenario } from '../harness/scenario';

const APP = 'examples/orders/main.ts';
const STACK = 'Orders';
/** The schedule of the example rotates every 90 days. */
const DAYS_UNTIL_DUE = 91;

/** `examples/orders`, unchanged: rotated by an operator and by its schedule, destroyed, and deployed again. */
export const ordersScenario: Scenario = {
  name: 'orders',
  run: async (account, steps) => {
    await steps.run('cdk deploy creates generation 1', () => account.cdk.deploy(APP));
    const family = new RotatingFamily(account, STACK, 'alias/orders');
    const orders = new Orders(account, steps, { alias: family.alias, tableName: await account.resource(STACK, 'AWS::DynamoDB::Table') });
    equal(await family.generations(), ['1 Enabled']);

    await steps.run('the application writes 100 orders', () => orders.write(100));
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
    await steps.run('another cdk deploy adopts the retained generations, and does not move the alias', async () => {
      const current = await family.currentKeyArn();
      await account.cdk.deploy(APP);
      equal(await family.generations(), ['1 Enabled', '2 Enabled', '3 Enabled']);
      equal(await family.currentKeyArn(), current);
    });
  },
};
