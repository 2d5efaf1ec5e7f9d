import { PROBE_OF_THE_FENCE } from '../../local/iam/refused-calls';
import { equal, match, rejects } from '../harness/expect';
import { Orders } from '../harness/orders';
import { RotatingFamily } from '../harness/rotating-family';
import type { Scenario } from '../harness/scenario';

const APP = 'e2e/apps/shop.ts';
const STORE = { stack: 'Store' };

/** A rotating key that moves to another stack, which has other roles. The first one has no rights left. */
export const takeOver: Scenario = {
  name: 'take-over',
  deniedOnPurpose: [PROBE_OF_THE_FENCE, /^kms:GenerateDataKey by role\/Shop-Service/],
  run: async (account, steps) => {
    await steps.run('cdk deploy of the first stack', () => account.cdk.deploy(APP));
    const family = new RotatingFamily(account, 'Store', 'alias/shop');
    const former = await Orders.of(account, steps, { stackName: 'Shop', alias: family.alias });
    await former.write(20);
    const keyArn = await family.currentKeyArn();

    await steps.run('without adoptFrom the deployment of another stack fails, and changes nothing', async () => {
      const before = await family.policy(1);
      await account.cdk.deployExpectingFailure(APP, STORE);
      equal(await account.stackStatus('Store'), 'ROLLBACK_COMPLETE');
      equal([await family.currentKeyArn(), await family.policy(1)], [keyArn, before]);
      await former.write(5);
    });
    await steps.run('with adoptFrom it takes the family over, and its roles are in the key policy', async () => {
      await account.cdk.deploy(APP, { ...STORE, adoptFrom: await family.owner() });
      equal([await family.currentKeyArn(), await family.generations()], [keyArn, ['1 Enabled']]);
      match(await family.owner(), /^Store\//);
      match(await family.policy(1), /Store-Service/);
    });
    await steps.run('the application of the first stack encrypts no more', () => rejects(former.write(1), /AccessDenied/));
    const orders = await Orders.of(account, steps, { stackName: 'Store', alias: family.alias });
    await steps.run('the application of the other stack writes while its state machine rotates', () => orders.writeDuring(family.rotate()));
    await steps.run('cdk destroy of the first stack changes nothing', async () => {
      await account.cdk.destroy(APP);
      equal(await family.generations(), ['1 Enabled', '2 Enabled']);
      await orders.allIntactUnder(await family.keyArn(2));
      await former.allIntactUnder(keyArn);
    });
  },
};
