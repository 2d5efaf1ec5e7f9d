import { equal, match } from '../story/expect';
import { Orders } from '../story/orders';
import { RotatingFamily } from '../story/rotating-family';
import type { Story } from '../story/story';

const APP = 'examples/orders/main.ts';
const STACK = 'Orders';
/** A rotation is due after 90. */
const DAYS_UNTIL_DUE = 91;

/** `examples/orders` as it stands there: rotated by hand and by its schedule, destroyed, and deployed again. */
export const ordersStory: Story = {
  name: 'orders',
  tell: async (account, telling) => {
    await telling.step('cdk deploy makes generation 1', () => account.cdk.deploy(APP));
    const family = new RotatingFamily(account, STACK, 'alias/orders');
    const orders = new Orders(account, telling, { alias: family.alias, tableName: await account.resource(STACK, 'AWS::DynamoDB::Table') });
    equal(await family.generations(), ['1 Enabled']);

    await telling.step('the application writes 100 orders', () => orders.write(100));
    await telling.step('the state machine, started by hand, rotates while the application writes', () => orders.writeDuring(family.rotate()));
    await telling.step('every data key stands under generation 2, and opens its document', async () => {
      equal(await family.generations(), ['1 Enabled', '2 Enabled']);
      await orders.allIntactUnder(await family.currentKeyArn());
    });

    await telling.step('a deployment without a change does not move the alias', async () => {
      const current = await family.currentKeyArn();
      match(await account.cdk.deploy(APP), /no changes/);
      equal(await family.currentKeyArn(), current);
    });

    account.aws.clock.advanceDays(DAYS_UNTIL_DUE);
    await telling.step(`${DAYS_UNTIL_DUE} days later, what the schedule invokes starts the next rotation`, () => orders.writeDuring(family.rotateBySchedule()));
    await telling.step('every data key stands under generation 3, and opens its document', async () => {
      equal(await family.generations(), ['1 Enabled', '2 Enabled', '3 Enabled']);
      await orders.allIntactUnder(await family.currentKeyArn());
    });

    await telling.step('cdk destroy keeps every generation that was used', async () => {
      await account.cdk.destroy(APP);
      equal(await family.generations(), ['1 Enabled', '2 Enabled', '3 Enabled']);
      await orders.allIntactUnder(await family.currentKeyArn());
    });
    await telling.step('cdk deploy, once more, adopts them, and the alias stays where it is', async () => {
      const current = await family.currentKeyArn();
      await account.cdk.deploy(APP);
      equal(await family.generations(), ['1 Enabled', '2 Enabled', '3 Enabled']);
      equal(await family.currentKeyArn(), current);
    });
  },
};
