/**
 * One story: the orders of `examples/orders`, and the bytes of every generation of their key are our own.
 *
 * Before deploying, once, put the bytes where they are read from, and keep a copy where you keep such things:
 *
 *     openssl rand 32 > orders-g1.key
 *     aws secretsmanager create-secret --name orders/key-material --secret-binary fileb://orders-g1.key
 *     npx cdk deploy --app 'npx tsx examples/orders-byok/main.ts'
 *
 * What you should see then: `aws kms describe-key --key-id alias/orders` says Origin EXTERNAL, KeyState Enabled, ExpirationModel
 * KEY_MATERIAL_DOES_NOT_EXPIRE. The version of the secret that was imported carries a staging label that begins with cdk-kms-lifecycle.
 *
 * The calendar of somebody who brings bytes, with a rotation every 90 days:
 *
 *     day 60, 76, 87   30, 14 and 3 days ahead the key announces in its log that bytes are due; all that time KeyMaterialDueSoon is 1
 *     until day 90     openssl rand 32 > orders-g2.key
 *                      aws secretsmanager put-secret-value --secret-id orders/key-material --secret-binary fileb://orders-g2.key
 *     day 90           the tick imports them into generation 2, moves the alias and re-encrypts
 *     day 90, no bytes the key goes on as it is, and KeyMaterialDue is 1 every day until somebody has put them: alarm on that
 *
 * Keep the copies of all bytes until the certificate of their generation lies in the evidence bucket. Destroying the stack leaves keys,
 * aliases, material, evidence and table where they are.
 */
import { App } from 'aws-cdk-lib';
import { OrdersByokStack } from './orders-byok-stack';

new OrdersByokStack(new App(), 'Orders', { description: 'Orders, encrypted under a rotating KMS key with imported key material' });
