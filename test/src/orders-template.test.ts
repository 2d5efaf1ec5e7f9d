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
