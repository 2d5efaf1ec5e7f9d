import { byok } from './byok';
import { everyExample } from './every-example';
import { existingKey } from './existing-key';
import { ordersScenario } from './orders';
import { stackDeletion } from './stack-deletion';
import { stackUpdates } from './stack-updates';
import { takeOver } from './take-over';
import type { Scenario } from '../harness/scenario';

/** Every scenario, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [ordersScenario, stackUpdates, stackDeletion, takeOver, existingKey, byok, ...everyExample];
