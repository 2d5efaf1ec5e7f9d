import { equal } from '../story/expect';
import { Orders } from '../story/orders';
import { RotatingFamily } from '../story/rotating-family';
import type { Story } from '../story/story';

const APP = 'e2e/apps/shop.ts';
const STACK = 'Shop';

/** A key as people have it today becomes generation 0 of a rotating key, while the application goes on. */
export const existingKey: Story = {
  name: 'existing key',
  tell: async (account, telling) => {
    await telling.step('cdk deploy of a KMS key with an alias, both retained', () => account.cdk.deploy(APP, { key: 'own' }));
    const family = new RotatingFamily(account, STACK, 'alias/shop');
    const keyArn = await family.currentKeyArn();
    const orders = new Orders(account, telling, { alias: family.alias, tableName: await account.resource(STACK, 'AWS::DynamoDB::Table') });
    await orders.write(50);

    await telling.step('key and alias leave the template, and the key is generation 0 of a rotating key, while the application writes', async () => {
      await orders.writeDuring(account.cdk.deploy(APP, { key: keyArn }));
      equal([await family.generations(), await family.currentKeyArn()], [['0 Enabled'], keyArn]);
    });
    await telling.step('another stack that would take the same key over is refused, and nothing changes', async () => {
      await account.cdk.deployInVain(APP, { key: keyArn, stack: 'Other', alias: 'alias/other' });
      equal([await account.stackStatus('Other'), await family.generations(), await family.currentKeyArn()], ['ROLLBACK_COMPLETE', ['0 Enabled'], keyArn]);
      equal([...await account.aliases()], [['alias/shop', 'Enabled'], ['alias/shop/g0', 'Enabled']]);
    });
    await telling.step('the first rotation replaces it', async () => {
      await orders.writeDuring(family.rotate());
      equal(await family.generations(), ['0 Enabled', '1 Enabled']);
    });
    await telling.step('every data key stands under generation 1, and opens its document', async () => orders.allIntactUnder(await family.keyArn(1)));
  },
};
