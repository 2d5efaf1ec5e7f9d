import { LedgerStack } from '../../examples/ledger/ledger-stack';
import { OrdersStack } from '../../examples/orders/orders-stack';
import { OrdersByokStack } from '../../examples/orders-byok/orders-byok-stack';
import { difference, readableTemplate, type ReadableTemplate } from '../support/readable-template';

const orders = (): ReadableTemplate => readableTemplate((app) => new OrdersStack(app, 'Orders'));
const ordersByok = (): ReadableTemplate => readableTemplate((app) => new OrdersByokStack(app, 'Orders'));
const ledger = (): ReadableTemplate => readableTemplate((app) => new LedgerStack(app, 'Ledger'));

describe('the templates are the ones that were reviewed', () => {
  test('examples/orders', () => {
    expect(orders()).toMatchSnapshot();
  });

  test('examples/orders-byok, where it is not examples/orders', () => {
    expect(difference(ordersByok(), orders())).toMatchSnapshot();
    expect(Object.keys(difference(orders(), ordersByok())).sort()).toEqual(
      Object.keys(difference(ordersByok(), orders())).filter((logicalId) => logicalId in orders()).sort());
  });

  test('examples/ledger', () => {
    expect(ledger()).toMatchSnapshot();
  });
});

test.each([['orders', orders], ['orders-byok', ordersByok], ['ledger', ledger]])(
  'synthesis of examples/%s is a pure function of the code: another day, another directory, the same template', (_, synthesize) => {
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
