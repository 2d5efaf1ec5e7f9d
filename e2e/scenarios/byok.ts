import { putKeyMaterial } from './key-material';
import { KEY_MATERIAL_SECRET } from '../../examples/orders-byok/orders-byok-stack';
import { PROBE_OF_THE_FENCE } from '../../local/iam/refused-calls';
import { equal } from '../harness/expect';
import { Orders } from '../harness/orders';
import { RotatingFamily } from '../harness/rotating-family';
import type { Scenario } from '../harness/scenario';

const APP = 'examples/orders-byok/main.ts';
const STACK = 'Orders';

/** `examples/orders-byok`: every generation has its own imported key material. */
export const byok: Scenario = {
  name: 'byok',
  deniedOnPurpose: [PROBE_OF_THE_FENCE],
  run: async (account, steps) => {
    await putKeyMaterial(account, KEY_MATERIAL_SECRET);
    await steps.run('cdk deploy creates generation 1 with the key material of the secret', () => account.cdk.deploy(APP));
    const family = new RotatingFamily(account, STACK, 'alias/orders');
    const orders = await Orders.of(account, steps, { stackName: STACK, alias: family.alias });
    equal(await family.generations(), ['1 Enabled']);
    await orders.write(50);

    await steps.run('without new key material a rotation fails with KeyMaterialDue', () => family.rotateExpectingFailure('KeyMaterialDue'));
    await putKeyMaterial(account, KEY_MATERIAL_SECRET);
    await steps.run('with new key material a rotation succeeds while the application writes', () => orders.writeDuring(family.rotate()));
    await steps.run('every data key is encrypted under generation 2, and decrypts its document', async () => {
      equal(await family.generations(), ['1 Enabled', '2 Enabled']);
      await orders.allIntactUnder(await family.keyArn(2));
    });
  },
};
