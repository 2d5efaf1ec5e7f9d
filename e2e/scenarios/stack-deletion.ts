import { equal } from '../harness/expect';
import { Orders } from '../harness/orders';
import { RotatingFamily } from '../harness/rotating-family';
import type { Scenario } from '../harness/scenario';

const APP = 'e2e/apps/shop.ts';
const STACK = 'Shop';
/** CloudFormation requests the deletion of the rotating key. By default it is retained without a request. */
const WITH_DELETION = { requestDeletion: 'yes' };

/** What the rotating key does with its generations when CloudFormation requests its deletion. */
export const stackDeletion: Scenario = {
  name: 'stack-deletion',
  run: async (account, steps) => {
    const family = new RotatingFamily(account, STACK, 'alias/shop');
    await steps.run('cdk destroy of a key without orders: it is retained, because KMS shows a use up to an hour late', async () => {
      await account.cdk.deploy(APP, WITH_DELETION);
      await account.cdk.destroy(APP, WITH_DELETION);
      equal(await account.keyStates(), ['Enabled']);
    });
    await steps.run('cdk deploy continues with the retained key', async () => {
      await account.cdk.deploy(APP, WITH_DELETION);
      equal(await account.keyStates(), ['Enabled']);
    });
    await steps.run('cdk destroy of a key with encrypted orders: the key is retained, and every order can be read', async () => {
      const orders = await Orders.of(account, steps, { stackName: STACK, alias: family.alias });
      await orders.write(20);
      const keyArn = await family.currentKeyArn();
      await account.cdk.destroy(APP, WITH_DELETION);
      equal(await account.keyStates(), ['Enabled']);
      await orders.allIntactUnder(keyArn);
    });
  },
};
