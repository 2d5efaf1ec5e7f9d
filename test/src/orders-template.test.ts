import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { OrdersStack } from '../../examples/orders/orders-stack';

/** As it would be deployed, but for the name of the handler's code, which changes with every line of it. */
function synthesize(): { [section: string]: unknown } {
  const template = Template.fromStack(new OrdersStack(new App({ analyticsReporting: false }), 'Orders')).toJSON();
  return JSON.parse(JSON.stringify(template.Resources).replace(/[0-9a-f]{64}\.zip/g, 'code-of-the-handler.zip')) as { [section: string]: unknown };
}

test('the template of examples/orders is the one that was reviewed', () => {
  expect(synthesize()).toMatchSnapshot();
});

test('synthesis is a pure function of the code: another day, another directory, the same template', () => {
  const first = synthesize();
  const directory = process.cwd();
  try {
    jest.useFakeTimers({ now: new Date('2031-07-01T12:00:00Z') });
    process.chdir('/');
    expect(synthesize()).toEqual(first);
  } finally {
    process.chdir(directory);
    jest.useRealTimers();
  }
});
