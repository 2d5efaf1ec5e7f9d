/**
 * Three stacks: kinds of keys, postures (the policies that can grant access), and service users with a KMS grant.
 *
 * Before the first deployment, generate the key material of the imported key, and keep a copy in a safe place. If it is
 * lost and KMS deletes the imported key material, everything that is encrypted under the key is lost:
 *
 *     openssl rand 32 > books.key
 *     aws secretsmanager create-secret --name shop/books --secret-binary fileb://books.key
 *     npx cdk deploy --all --app 'npx tsx examples/keys/main.ts'
 *
 * Result: `aws kms list-aliases` shows nine aliases that begin with alias/shop. `aws kms describe-key` shows a
 * different KeySpec for each of them, except for documents and books, which differ in their Origin. The Sids of each
 * key policy (`aws kms get-key-policy --policy-name default`) are short sentences. The policy of alias/prices names the
 * account; the policies of alias/salaries and alias/patents do not, so no IAM policy can grant access to them.
 * `aws kms list-grants` for alias/scans shows one grant, for the role Auditor.
 *
 * Thirteen keys cost 13 USD per month. Destroying the stacks retains keys and aliases.
 */
import { App } from 'aws-cdk-lib';
import { KeyKindsStack } from './key-kinds-stack';
import { KeyPosturesStack } from './key-postures-stack';
import { KeyServiceUsersStack } from './key-service-users-stack';

const app = new App();
new KeyKindsStack(app, 'KeyKinds', { description: 'A KMS key of every kind, each for its best purpose' });
new KeyPosturesStack(app, 'KeyPostures', { description: 'KMS keys that differ in the policies that can grant access' });
new KeyServiceUsersStack(app, 'KeyServiceUsers', { description: 'A KMS key that is used through AWS services and by a KMS grant' });
