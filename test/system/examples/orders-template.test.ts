import { LedgerStack } from '../../../examples/ledger/ledger-stack';
import { OrdersStack } from '../../../examples/orders/orders-stack';
import { OrdersByokStack } from '../../../examples/orders-byok/orders-byok-stack';
import { projectTemplate } from '../../support/template/project-template';
import { readableTemplateOf } from '../../support/template/readable-template';

const orders = (): string => projectTemplate(readableTemplateOf((app) => new OrdersStack(app, 'Orders')));
const ordersByok = (): string => projectTemplate(readableTemplateOf((app) => new OrdersByokStack(app, 'Orders')));

/** The lines of a projection that another one does not have. */
function linesOnlyIn(projection: string, other: string): string {
  const lines = new Set(other.split('\n'));
  return projection.split('\n').filter((line) => !lines.has(line)).join('\n');
}

describe('the projection of a template is the reviewed one', () => {
  test('examples/orders', () => {
    expect(orders()).toMatchSnapshot();
  });

  test('examples/orders-byok: the lines that examples/orders does not have', () => {
    expect(linesOnlyIn(ordersByok(), orders())).toMatchSnapshot();
  });

  test('examples/orders-byok: the lines of examples/orders that it does not have', () => {
    expect(linesOnlyIn(orders(), ordersByok())).toMatchSnapshot();
  });

  test('examples/ledger', () => {
    expect(projectTemplate(readableTemplateOf((app) => new LedgerStack(app, 'Ledger')))).toMatchSnapshot();
  });
});
