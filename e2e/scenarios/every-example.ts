import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { putKeyMaterial } from './key-material';
import { KEY_MATERIAL_SECRET } from '../../examples/orders-byok/orders-byok-stack';
import { ROOT } from '../emulator/local-aws';
import { equal } from '../harness/expect';
import type { Scenario } from '../harness/scenario';

/** The secret that must contain key material before an example is deployed for the first time. */
const KEY_MATERIAL_SECRETS: ReadonlyMap<string, string> = new Map([
  ['keys', 'shop/books'], ['ledger', 'ledger/key-material'], ['orders-byok', KEY_MATERIAL_SECRET],
]);

/** The number of KMS grants that an example creates. */
const GRANTS: ReadonlyMap<string, number> = new Map([['keys', 1]]);

/** Every folder of `examples/`, so that a new example is included without a change here. */
export const EXAMPLES: readonly string[] = readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** Each example, unchanged: deployed, and destroyed. */
export const everyExample: readonly Scenario[] = EXAMPLES.map((example) => ({
  name: `examples/${example}`,
  example,
  run: async (account, steps) => {
    const app = `examples/${example}/main.ts`;
    const secretName = KEY_MATERIAL_SECRETS.get(example);
    if (secretName !== undefined) await putKeyMaterial(account, secretName);
    await steps.run('cdk deploy: every alias names an enabled key, and every grant exists', async () => {
      await account.cdk.deploy(app);
      const states = await account.aliases();
      equal(states.size > 0, true);
      equal([...states].filter(([, state]) => state !== 'Enabled'), []);
      equal(await account.countGrants(), GRANTS.get(example) ?? 0);
    });
    await steps.run('cdk destroy retains every key and alias, and revokes every grant', async () => {
      const before = await account.aliases();
      await account.cdk.destroy(app);
      equal(await account.aliases(), before);
      equal(await account.countGrants(), 0);
    });
  },
}));
