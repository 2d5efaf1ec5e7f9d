/**
 * The orders of `examples/orders`, with imported key material for every generation of their key.
 *
 * Before the first deployment, generate the key material of generation 1, and keep a copy in a safe place:
 *
 *     openssl rand 32 > orders-g1.key
 *     aws secretsmanager create-secret --name orders/key-material --secret-binary fileb://orders-g1.key
 *     npx cdk deploy --app 'npx tsx examples/orders-byok/main.ts'
 *
 * Result: `aws kms describe-key --key-id alias/orders` shows Origin EXTERNAL, KeyState Enabled, and
 * ExpirationModel KEY_MATERIAL_DOES_NOT_EXPIRE. The imported version of the secret has a staging label that
 * begins with cdk-kms-lifecycle.
 *
 * Calendar of an operator, with a rotation every 90 days:
 *
 *     day 60, 76, 87   a log event announces that new key material is due in 30, 14 and 3 days. From day 60 on,
 *                      KeyMaterialDueSoon is 1
 *     until day 90     openssl rand 32 > orders-g2.key
 *                      aws secretsmanager put-secret-value --secret-id orders/key-material \
 *                        --secret-binary fileb://orders-g2.key
 *     day 90           the reconcile run starts a rotation, which imports the key material into generation 2, moves
 *                      the alias and re-encrypts
 *     day 90, without  the key continues with generation 1, and KeyMaterialDue is 1 every day until the secret has new
 *     key material     key material: create an alarm on this metric
 *
 * Keep the copy of every key material until the certificate of its generation is in the evidence bucket. Destroying the
 * stack retains keys, aliases, key material, evidence and table.
 */
import { App } from 'aws-cdk-lib';
import { OrdersByokStack } from './orders-byok-stack';

new OrdersByokStack(new App(), 'Orders', { description: 'Orders, encrypted under a rotating KMS key with imported key material' });
