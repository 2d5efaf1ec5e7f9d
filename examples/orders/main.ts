/**
 * One story: orders are encrypted under a KMS key whose bytes are our own.
 *
 * Before deploying, once, put the bytes where they are read from, and keep a copy where you keep such things:
 *
 *     openssl rand 32 > orders.key
 *     aws secretsmanager create-secret --name orders/key-material --secret-binary fileb://orders.key
 *     npx cdk deploy --app 'npx tsx examples/orders/main.ts'
 *
 * What you should see then: `aws kms describe-key --key-id alias/orders` says Origin EXTERNAL, KeyState Enabled, ExpirationModel
 * KEY_MATERIAL_DOES_NOT_EXPIRE. The role Service can encrypt and decrypt with the key and cannot manage it; the role Security can
 * manage it and cannot use it. The version of the secret that was imported carries a staging label that begins with cdk-kms-lifecycle.
 * Deploying again changes nothing. Destroying the stack leaves key, alias, material and table where they are.
 */
import { App } from 'aws-cdk-lib';
import { OrdersStack } from './orders-stack';

new OrdersStack(new App(), 'Orders', { description: 'Orders, encrypted under a KMS key with imported key material' });
