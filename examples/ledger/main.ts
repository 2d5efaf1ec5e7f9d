/**
 * Bring your own key (BYOK): a ledger is encrypted under a KMS key with imported key material. The key
 * is never replaced.
 *
 * Before the first deployment, generate the key material, and keep a copy in a safe place. Without it, nothing can be
 * decrypted after the key material has expired:
 *
 *     openssl rand 32 > ledger.key
 *     aws secretsmanager create-secret --name ledger/key-material --secret-binary fileb://ledger.key
 *     npx cdk deploy --app 'npx tsx examples/ledger/main.ts'
 *
 * Result: `aws kms describe-key --key-id alias/ledger` shows Origin EXTERNAL, KeyState Enabled, and a ValidTo in 300
 * days. Before that time, import the same key material again by a deployment that changes the expiration. The role
 * LedgerService can encrypt and decrypt with the key, but cannot manage it. The role Security can manage it, but cannot
 * use it. The imported version of the secret has a staging label that begins with cdk-kms-lifecycle. Destroying the
 * stack retains key, alias and key material.
 */
import { App } from 'aws-cdk-lib';
import { LedgerStack } from './ledger-stack';

new LedgerStack(new App(), 'Ledger', { description: 'A ledger, encrypted under a KMS key with imported key material' });
