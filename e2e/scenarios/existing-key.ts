import { PROBE_OF_THE_FENCE } from '../../local/iam/refused-calls';
import { equal } from '../harness/expect';
import { Orders } from '../harness/orders';
import { RotatingFamily } from '../harness/rotating-family';
import type { Scenario } from '../harness/scenario';

const APP = 'e2e/apps/shop.ts';
const STACK = 'Shop';

/** An existing KMS key becomes generation 0 of a rotating key while the application writes. */
export const existingKey: Scenario = {
  name: 'existing-key',
  deniedOnPurpose: [PROBE_OF_THE_FENCE],
  run: async (account, steps) => {
    await steps.run('cdk deploy of a KMS key with an alias, both retained', () => account.cdk.deploy(APP, { key: 'own' }));
    const family = new RotatingFamily(account, STACK, 'alias/shop');
    const keyArn = await family.currentKeyArn();
    const orders = await Orders.of(account, steps, { stackName: STACK, alias: family.alias });
    await orders.write(50);

    await steps.run('an update removes key and alias from the template, and adopts the key as generation 0 of a rotating key', async () => {
      await orders.writeDuring(account.cdk.deploy(APP, { key: keyArn }));
      equal([await family.generations(), await family.currentKeyArn()], [['0 Enabled'], keyArn]);
    });
    await steps.run('another stack cannot adopt the same key, and its attempt changes nothing', async () => {
      await account.cdk.deployExpectingFailure(APP, { key: keyArn, stack: 'Other', alias: 'alias/other' });
      equal(await account.stackStatus('Other'), 'ROLLBACK_COMPLETE');
      equal([await family.generations(), await family.currentKeyArn()], [['0 Enabled'], keyArn]);
      equal([...await account.aliases()], [['alias/shop', 'Enabled'], ['alias/shop/g0', 'Enabled']]);
    });
    await steps.run('the first rotation creates generation 1', async () => {
      await orders.writeDuring(family.rotate());
      equal(await family.generations(), ['0 Enabled', '1 Enabled']);
    });
    await steps.run('every data key is encrypted under generation 1, and decrypts its document', async () => {
      await orders.allIntactUnder(await family.keyArn(1));
    });
  },
};
