import { OrdersStack } from '../../../examples/orders/orders-stack';
import { synthesize } from '../../../local/cloudformation/synthesize';
import { STEP_TEXTS } from '../../../local/demo/machine-progress';

test('every step that the demo reports is a state of a synthesized state machine', () => {
  const { template } = synthesize((app) => new OrdersStack(app, 'Orders'));
  const machines = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
  const states = JSON.stringify(machines.map(({ Properties }) => Properties?.DefinitionString));
  expect(machines).toHaveLength(2);
  // The definition is text within the template, so its quotes are escaped.
  expect(Object.keys(STEP_TEXTS).filter((state) => !states.includes(String.raw`\"${state}\":{`))).toEqual([]);
});
