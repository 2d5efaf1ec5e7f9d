import { App, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { ContextValue, DataKeyStore, RotatingKey } from '../../../../src/index';
import { aRotatingKey, aStore, familyOf } from '../../../support/a-rotating-key';
import { complaintsOf } from '../../../support/a-stack';

const newStack = (props = {}) => new Stack(new App({ analyticsReporting: false }), 'Stack', props);
const stores = (scope: Construct, count: number) => Array.from({ length: count }, (_, index) => DataKeyStore.dynamoTable(
  dynamodb.Table.fromTableName(scope, `Table${index}`, `table-${index}`), { dataKeyAttribute: 'dataKey', shards: 1 },
));

describe('tables of one rotating key', () => {
  test('are accepted up to 240', () => {
    const stack = newStack();
    aRotatingKey(stack, { stores: stores(stack, 240) });
    expect(complaintsOf(stack)).toBe('');
  });

  test('are refused if the worker needs more policies than a role can have', () => {
    const stack = newStack();
    aRotatingKey(stack, { stores: stores(stack, 260) });
    expect(complaintsOf(stack)).toContain(
      'stores: stores need more managed policies than the role of the worker can have, got 11; allowed: 10, about 245 tables ' +
      '(quota "Managed policies attached to an IAM role"); divide the stores among several rotating keys, each with an alias of its own');
  });

  test('are refused if their description does not fit into a message', () => {
    const stack = newStack();
    aRotatingKey(stack, { stores: [aStore(stack, { encryptionContext: { text: ContextValue.literal('x'.repeat(245_760)) } })] });
    expect(complaintsOf(stack)).toMatch(
      /stores: description of the family is too large .*, got about \d+ bytes; allowed: 245760, about 600 tables .*; divide the stores/);
  });
});

describe('rotating keys of one stack', () => {
  const keysIn = (stack: Stack, count: number) => {
    for (let index = 0; index < count; index++) aRotatingKey(stack, { alias: `orders-${index}`, stores: [] }, `Key${index}`);
  };

  test('are refused once, above the size of a template that CloudFormation accepts', () => {
    const stack = newStack();
    keysIn(stack, 12);
    const found = complaintsOf(stack);
    expect(found).toMatch(/\[Stack\/Key0\] stack: template is too large for CloudFormation, .*, got \d{7} bytes; allowed: 1000000 bytes, .*; move some/);
    expect(found.match(/template is too large/g)).toHaveLength(1);
  });

  test('are accepted below it, and in several stacks', () => {
    const stack = newStack();
    keysIn(stack, 4);
    for (const id of ['Two', 'Three']) new RotatingKey(new Stack(stack.node.root, id), 'Key', { alias: id, stores: [] });
    expect(complaintsOf(stack)).toBe('');
  });
});

describe('the owner', () => {
  const below = (stack: Stack, depth: number) => {
    let scope: Construct = stack;
    for (let index = 0; index < depth; index++) scope = new Construct(scope, `Scope${'x'.repeat(60)}${index}`);
    new RotatingKey(scope, 'Key', { alias: 'orders', stores: [] });
  };

  test('is accepted with a short name of the stack', () => {
    const stack = newStack({ stackName: 'orders' });
    below(stack, 3);
    expect(complaintsOf(stack)).toBe('');
    expect(familyOf(stack).owner.length).toBeLessThanOrEqual(256);
  });

  test('is refused if it is too long for a tag', () => {
    const stack = newStack({ stackName: 'x'.repeat(128) });
    below(stack, 3);
    expect(complaintsOf(stack)).toMatch(/owner: stack name and logical id together are too long .*, got \d+ characters; allowed: at most 256; shorten/);
  });
});
