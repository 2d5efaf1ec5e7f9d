/**
 * One story: bring your own key (BYOK). A ledger is encrypted under a KMS key whose bytes are our own; the key itself is never replaced.
 *
 * Before deploying, once, put the bytes where they are read from, and keep a copy where you keep such things:
 *
 *     openssl rand 32 > ledger.key
 *     aws secretsmanager create-secret --name ledger/key-material --secret-binary fileb://ledger.key
 *     npx cdk deploy --app 'npx tsx examples/ledger/main.ts'
 *
 * What you should see then: `aws kms describe-key --key-id alias/ledger` says Origin EXTERNAL, KeyState Enabled, and a ValidTo 300 days
 * ahead: bring the same bytes again before, by a deployment that changes the expiration. The role LedgerService can encrypt and decrypt
 * with the key and cannot manage it; the role Security can manage it and cannot use it. The version of the secret that was imported carries
 * a staging label that begins with cdk-kms-lifecycle. Destroying the stack leaves key, alias and material where they are.
 */
import { App } from 'aws-cdk-lib';
import { LedgerStack } from './ledger-stack';

new LedgerStack(new App(), 'Ledger', { description: 'A ledger, encrypted under a KMS key with imported key material' });
