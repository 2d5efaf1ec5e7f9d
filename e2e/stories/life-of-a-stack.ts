import { equal, match } from '../story/expect';
import { Orders } from '../story/orders';
import { RotatingFamily } from '../story/rotating-family';
import type { Story } from '../story/story';

const APP = 'e2e/apps/shop.ts';
const STACK = 'Shop';

/** Deployments of every kind: in vain, for the first time, with changes, taken back, and the end. */
export const lifeOfAStack: Story = {
  name: 'life',
  tell: async (account, telling) => {
    const family = new RotatingFamily(account, STACK, 'alias/shop');

    await telling.step('a first deployment that fails leaves no alias, and a key that nobody used waits for its deletion', async () => {
      await account.cdk.deployInVain(APP, { doomed: 'yes' });
      equal(await account.stackStatus(STACK), 'ROLLBACK_COMPLETE');
      equal(await family.generations(), []);
      equal(await account.keyStates(), ['PendingDeletion']);
    });
    await telling.step('the next one makes generation 2, since numbers are never reused', async () => {
      await account.cdk.deploy(APP);
      equal(await family.generations(), ['2 Enabled']);
    });

    const tableOf = (logicalId: RegExp) => account.resource(STACK, 'AWS::DynamoDB::Table', logicalId);
    const orders = new Orders(account, telling, { alias: family.alias, tableName: await tableOf(/^Orders/) });
    await orders.write(20);
    await telling.step('the state machine rotates', () => orders.writeDuring(family.rotate()));

    await telling.step('one more user reaches the key policy of every generation', async () => {
      await account.cdk.deploy(APP, { auditor: 'yes' });
      for (const generation of [2, 3]) match(await family.policy(generation), /Shop-Auditor/);
    });
    await telling.step('an update that fails is taken back: alias, states and key policies are what they were', async () => {
      const before = [await family.currentKeyArn(), await family.generations(), await family.policy(2), await family.policy(3)];
      await account.cdk.deployInVain(APP, { doomed: 'yes' });
      equal(await account.stackStatus(STACK), 'UPDATE_ROLLBACK_COMPLETE');
      equal([await family.currentKeyArn(), await family.generations(), await family.policy(2), await family.policy(3)], before);
    });

    await telling.step('a second table is added', () => account.cdk.deploy(APP, { auditor: 'yes', returns: 'yes' }));
    const returns = new Orders(account, telling, { alias: family.alias, tableName: await tableOf(/^Returns/) });
    await returns.write(20);
    await telling.step('the next rotation re-encrypts both tables', async () => {
      await orders.writeDuring(family.rotate());
      equal(await family.generations(), ['2 Enabled', '3 Enabled', '4 Enabled']);
      await orders.allIntactUnder(await family.currentKeyArn());
      await returns.allIntactUnder(await family.currentKeyArn());
    });
    await telling.step('back to generation 3, by hand: the alias moves, and with it every data key', async () => {
      await orders.writeDuring(family.rotate({ rollBackTo: 3 }));
      await orders.allIntactUnder(await family.keyArn(3));
      await returns.allIntactUnder(await family.keyArn(3));
      equal(await family.currentKeyArn(), await family.keyArn(3));
    });
  },
};

/** What becomes of generations when CloudFormation does ask for their deletion. */
export const destroyed: Story = {
  name: 'destroyed',
  tell: async (account, telling) => {
    const family = new RotatingFamily(account, STACK, 'alias/shop');
    await telling.step('cdk destroy, before anybody has used the key: it waits for its deletion, and the alias is free', async () => {
      await account.cdk.deploy(APP, { ask: 'yes' });
      await account.cdk.destroy(APP, { ask: 'yes' });
      equal([await family.generations(), await account.keyStates()], [[], ['PendingDeletion']]);
    });
    await telling.step('cdk deploy makes another one, since numbers are never reused', async () => {
      await account.cdk.deploy(APP, { ask: 'yes' });
      equal(await account.keyStates(), ['Enabled', 'PendingDeletion']);
    });
    await telling.step('cdk destroy, when orders stand under it: it is kept, and every order can be read', async () => {
      const orders = new Orders(account, telling, { alias: family.alias, tableName: await account.resource(STACK, 'AWS::DynamoDB::Table') });
      await orders.write(20);
      const keyArn = await family.currentKeyArn();
      await account.cdk.destroy(APP, { ask: 'yes' });
      equal(await account.keyStates(), ['Enabled', 'PendingDeletion']);
      await orders.allIntactUnder(keyArn);
    });
  },
};
