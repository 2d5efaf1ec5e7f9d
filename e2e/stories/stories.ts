import { byok } from './byok';
import { everyExample } from './every-example';
import { existingKey } from './existing-key';
import { destroyed, lifeOfAStack } from './life-of-a-stack';
import { ordersStory } from './orders';
import type { Story } from '../story/story';

/** Everything that is tried on the local AWS, in this order. */
export const STORIES: readonly Story[] = [ordersStory, lifeOfAStack, destroyed, existingKey, byok, ...everyExample];
