import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../ports/clock';

/** The time of the machine. */
export const SYSTEM_CLOCK: Clock = {
  now: () => new Date(),
  sleep: async (milliseconds) => setTimeout(milliseconds),
};
