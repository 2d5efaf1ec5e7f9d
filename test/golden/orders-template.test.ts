import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { OrdersStack } from '../../examples/orders/orders-stack';

function synthesize(): unknown {
  return Template.fromStack(new OrdersStack(new App(), 'Orders')).toJSON();
}

/** The hash of a bundle changes with every release of the SDK; what it is deployed to does not. */
function withoutAssetHashes(template: unknown): unknown {
  return JSON.parse(JSON.stringify(template).replace(/[0-9a-f]{64}/g, '<asset hash>'));
}

test('examples/orders synthesizes to the template that was reviewed', () => {
  expect(withoutAssetHashes(synthesize())).toMatchSnapshot();
});

test('two syntheses on different days are equal', () => {
  const first = synthesize();
  jest.useFakeTimers({ now: new Date('2031-05-05T05:05:05Z') });
  try {
    expect(synthesize()).toEqual(first);
  } finally {
    jest.useRealTimers();
  }
});

test('neither key bytes nor their place in a program appear in the template: only the name of the secret does', () => {
  const text = JSON.stringify(synthesize());
  expect(text).toContain('secret:orders/key-material');
  expect(text).not.toMatch(/SecretString|SecretBinary|\{\{resolve:secretsmanager/);
});

test('the example is small enough to be read', () => {
  const lines = readFileSync(join(__dirname, '../../examples/orders/orders-stack.ts'), 'utf8').split('\n').length;
  expect(lines).toBeLessThan(60);
});
