/**
 * Orders are encrypted with data keys. A rotating key replaces the KMS key of these data keys every 90 days, and
 * re-encrypts all of them.
 *
 *     npx cdk deploy --app 'npx tsx examples/orders/main.ts'
 *
 * Result: `aws kms list-aliases` shows alias/orders and alias/orders/g1 for the same key. Its tags
 * (`aws kms list-resource-tags`) identify it as generation 1, phase current. The role Service can encrypt and decrypt
 * with the key, but cannot manage it. The role Security can manage it, but cannot use it.
 *
 * A deployment does not rotate. A rotation starts after 90 days, or when an operator starts it:
 *
 *     aws stepfunctions start-execution --input '{}' --state-machine-arn <rotation state machine of alias/orders>
 *
 * After the rotation, alias/orders and alias/orders/g2 name the same key, every data key in the table is encrypted
 * under it, and generation 1 denies every encryption. The first rotation takes 25 hours: it watches for failures of
 * consumers for a whole day. Weeks later, when generation 1 was not used during its observation period and no backup of
 * the table needs it, its certificate is in the evidence bucket and its deletion is scheduled.
 *
 * Another deployment without a change does nothing. Destroying the stack retains keys, aliases, evidence and table.
 */
import { App } from 'aws-cdk-lib';
import { OrdersStack } from './orders-stack';

new OrdersStack(new App(), 'Orders', { description: 'Orders, encrypted under a KMS key whose rotation re-encrypts their data keys' });
