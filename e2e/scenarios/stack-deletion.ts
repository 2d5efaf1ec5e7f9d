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
    await steps.run('cdk destroy of a key that was never used: the key is pending deletion, and its alias is deleted', async () => {
      await account.cdk.deploy(APP, WITH_DELETION);
      await account.cdk.destroy(APP, WITH_DELETION);
      equal([await family.generations(), await account.keyStates()], [[], ['PendingDeletion']]);
    });
    await steps.run('cdk deploy creates another key, because generation numbers are never reused', async () => {
      await account.cdk.deploy(APP, WITH_DELETION);
      equal(await account.keyStates(), ['Enabled', 'PendingDeletion']);
    });
    await steps.run('cdk destroy of a key with encrypted orders: the key is retained, and every order can be read', async () => {
      const orders = new Orders(account, steps, { alias: family.alias, tableName: await account.resource(STACK, 'AWS::DynamoDB::Table') });
      await orders.write(20);
      const keyArn = await family.currentKeyArn();
      await account.cdk.destroy(APP, WITH_DELETION);
      equal(await account.keyStates(), ['Enabled', 'PendingDeletion']);
      await orders.allIntactUnder(keyArn);
    });
  },
};
