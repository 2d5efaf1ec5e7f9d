import { PROBE_OF_THE_FENCE } from '../../local/iam/refused-calls';
import { equal, match } from '../harness/expect';
import { Orders } from '../harness/orders';
import { RotatingFamily } from '../harness/rotating-family';
import type { Scenario } from '../harness/scenario';

const APP = 'e2e/apps/shop.ts';
const STACK = 'Shop';

/** A first deployment that fails, one that succeeds, updates, an update that fails, and a rollback of the key. */
export const stackUpdates: Scenario = {
  name: 'stack-updates',
  deniedOnPurpose: [PROBE_OF_THE_FENCE],
  run: async (account, steps) => {
    const family = new RotatingFamily(account, STACK, 'alias/shop');

    await steps.run('a first deployment that fails after the key was created retains it: it may have been used', async () => {
      await account.cdk.deployExpectingFailure(APP, { fail: 'yes' });
      equal(await account.stackStatus(STACK), 'ROLLBACK_COMPLETE');
      equal(await family.generations(), ['1 Enabled']);
    });
    await steps.run('the next deployment continues with it, and its roles get the key policy', async () => {
      await account.cdk.deploy(APP);
      equal(await family.generations(), ['1 Enabled']);
    });

    const place = { stackName: STACK, alias: family.alias };
    const orders = await Orders.of(account, steps, { ...place, logicalId: /^Orders/ });
    await orders.write(20);
    await steps.run('the state machine rotates', () => orders.writeDuring(family.rotate()));

    await steps.run('an additional user is added to the key policy of every generation', async () => {
      await account.cdk.deploy(APP, { auditor: 'yes' });
      for (const generation of [1, 2]) match(await family.policy(generation), /Shop-Auditor/);
    });
    await steps.run('an update that fails is rolled back: alias, key states and key policies are unchanged', async () => {
      const before = [await family.currentKeyArn(), await family.generations(), await family.policy(1), await family.policy(2)];
      await account.cdk.deployExpectingFailure(APP, { fail: 'yes' });
      equal(await account.stackStatus(STACK), 'UPDATE_ROLLBACK_COMPLETE');
      equal([await family.currentKeyArn(), await family.generations(), await family.policy(1), await family.policy(2)], before);
    });

    await steps.run('a second table is added', () => account.cdk.deploy(APP, { auditor: 'yes', returns: 'yes' }));
    const returns = await Orders.of(account, steps, { ...place, logicalId: /^Returns/ });
    await returns.write(20);
    await steps.run('the next rotation re-encrypts both tables', async () => {
      await orders.writeDuring(family.rotate());
      equal(await family.generations(), ['1 Enabled', '2 Enabled', '3 Enabled']);
      await orders.allIntactUnder(await family.currentKeyArn());
      await returns.allIntactUnder(await family.currentKeyArn());
    });
    await steps.run('a rollback to generation 2 moves the alias and re-encrypts every data key', async () => {
      await orders.writeDuring(family.rotate({ rollBackTo: 2 }));
      await orders.allIntactUnder(await family.keyArn(2));
      await returns.allIntactUnder(await family.keyArn(2));
      equal(await family.currentKeyArn(), await family.keyArn(2));
    });
  },
};
