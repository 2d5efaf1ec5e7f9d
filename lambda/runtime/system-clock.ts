import { setTimeout } from 'node:timers/promises';
import { unlessEnded } from './invocation';
import type { Clock } from '../ports/clock';

/** The time of the machine. A wait whose invocation has ended does not return. */
export const SYSTEM_CLOCK: Clock = {
  now: () => new Date(),
  sleep: (milliseconds) => unlessEnded(() => setTimeout(milliseconds)),
};
