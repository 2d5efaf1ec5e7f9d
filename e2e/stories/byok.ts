import { putKeyMaterial } from './key-material';
import { KEY_MATERIAL_SECRET } from '../../examples/orders-byok/orders-byok-stack';
import { equal } from '../story/expect';
import { Orders } from '../story/orders';
import { RotatingFamily } from '../story/rotating-family';
import type { Story } from '../story/story';

const APP = 'examples/orders-byok/main.ts';
const STACK = 'Orders';

/** `examples/orders-byok`: every generation has bytes of its own. */
export const byok: Story = {
  name: 'byok',
  tell: async (account, telling) => {
    await putKeyMaterial(account, KEY_MATERIAL_SECRET);
    await telling.step('cdk deploy makes generation 1 with the bytes of the secret', () => account.cdk.deploy(APP));
    const family = new RotatingFamily(account, STACK, 'alias/orders');
    const orders = new Orders(account, telling, { alias: family.alias, tableName: await account.resource(STACK, 'AWS::DynamoDB::Table') });
    equal(await family.generations(), ['1 Enabled']);
    await orders.write(50);

    await telling.step('without new bytes nothing rotates, and the run says that bytes are due', () => family.rotationFailsWith('KeyMaterialDue'));
    await putKeyMaterial(account, KEY_MATERIAL_SECRET);
    await telling.step('with new bytes it rotates while the application writes', () => orders.writeDuring(family.rotate()));
    await telling.step('every data key stands under generation 2, and opens its document', async () => {
      equal(await family.generations(), ['1 Enabled', '2 Enabled']);
      await orders.allIntactUnder(await family.keyArn(2));
    });
  },
};
