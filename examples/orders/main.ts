/**
 * One story: orders are encrypted under a KMS key that is replaced every 90 days, and with it goes everything that stands under it.
 *
 *     npx cdk deploy --app 'npx tsx examples/orders/main.ts'
 *
 * What you should see then: `aws kms list-aliases` has alias/orders and alias/orders/g1, both naming one key, and its tags
 * (`aws kms list-resource-tags`) say that it is generation 1, current. The role Service can encrypt and decrypt with it and cannot manage
 * it; the role Security can manage it and cannot use it.
 *
 * Nothing rotates by being deployed. After 90 days, or at once by
 *
 *     aws stepfunctions start-execution --input '{}' --state-machine-arn <the machine that rotates alias/orders>
 *
 * alias/orders names alias/orders/g2, every data key in the table stands under it, and generation 1 refuses to make anything new. The first
 * rotation takes a day and an hour, most of it waiting for somebody to complain. Weeks later, when nobody has asked for generation 1 and
 * no backup of the table needs it any more, its certificate lies in the evidence bucket and its deletion is scheduled.
 *
 * Deploying again changes nothing. Destroying the stack leaves keys, aliases, evidence and table where they are.
 */
import { App } from 'aws-cdk-lib';
import { OrdersStack } from './orders-stack';

new OrdersStack(new App(), 'Orders', { description: 'Orders, encrypted under a KMS key that is rotated with all that stands under it' });
