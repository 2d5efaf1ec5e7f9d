import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { putKeyMaterial } from './key-material';
import { KEY_MATERIAL_SECRET } from '../../examples/orders-byok/orders-byok-stack';
import { ROOT } from '../emulator/local-aws';
import { equal } from '../story/expect';
import type { Story } from '../story/story';

/** Where people of an example put key material before they deploy it for the first time. */
const BEFORE: ReadonlyMap<string, string> = new Map([
  ['keys', 'shop/books'], ['ledger', 'ledger/key-material'], ['orders-byok', KEY_MATERIAL_SECRET],
]);

/** How many KMS grants an example makes. */
const GRANTS: ReadonlyMap<string, number> = new Map([['keys', 1]]);

/** Every folder of `examples/`: nobody has to remember to add one here. */
export const EXAMPLES: readonly string[] = readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** Each example as it stands there: deployed, and destroyed. */
export const everyExample: readonly Story[] = EXAMPLES.map((example) => ({
  name: `examples/${example}`,
  example,
  tell: async (account, telling) => {
    const app = `examples/${example}/main.ts`;
    const secretName = BEFORE.get(example);
    if (secretName !== undefined) await putKeyMaterial(account, secretName);
    await telling.step('cdk deploy: every alias names a key that can be used, and every grant stands', async () => {
      await account.cdk.deploy(app);
      const states = await account.aliases();
      equal(states.size > 0, true);
      equal([...states].filter(([, state]) => state !== 'Enabled'), []);
      equal(await account.countGrants(), GRANTS.get(example) ?? 0);
    });
    await telling.step('cdk destroy keeps every key, and no grant', async () => {
      const before = await account.aliases();
      await account.cdk.destroy(app);
      equal(await account.aliases(), before);
      equal(await account.countGrants(), 0);
    });
  },
}));
