/**
 * Three stories: which kind of key is for what, who has the last word about a key, and who gets in as a guest.
 *
 * Before deploying, once, put the bytes of the imported key where they are read from, and keep a copy where you keep such things:
 *
 *     openssl rand 32 > books.key
 *     aws secretsmanager create-secret --name shop/books --secret-binary fileb://books.key
 *     npx cdk deploy --all --app 'npx tsx examples/keys/main.ts'
 *
 * What you should see then: `aws kms list-aliases` has nine aliases under alias/shop, and `aws kms describe-key` says another KeySpec for
 * each but the documents and the books, which differ in their Origin. The policy of each (`aws kms get-key-policy --policy-name default`)
 * names its people in sentences. In the policy of alias/prices the account is named; in those of alias/salaries and alias/patents it is
 * not, and no IAM policy, whoever writes it, lets anybody in. `aws kms list-grants` of alias/scans has one grant, for the role Auditor.
 *
 * Thirteen keys cost 13 USD a month. Destroying the stacks leaves keys and aliases where they are.
 */
import { App } from 'aws-cdk-lib';
import { KeyGuestsStack } from './key-guests-stack';
import { KeyKindsStack } from './key-kinds-stack';
import { KeyPosturesStack } from './key-postures-stack';

const app = new App();
new KeyKindsStack(app, 'KeyKinds', { description: 'A KMS key of every kind, each for what it does best' });
new KeyPosturesStack(app, 'KeyPostures', { description: 'KMS keys that differ in who has the last word about them' });
new KeyGuestsStack(app, 'KeyGuests', { description: 'A KMS key that AWS services use, and a guest for a while' });
