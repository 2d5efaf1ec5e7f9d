import type { Family, Generation } from '../../../lambda/key-family/family';

/** A time that has no effect on a test. */
export const ONCE = '2026-01-01T00:00:00.000Z';

/** A generation that is or was current, with the members of the test. */
export function aGeneration(generation: number, overrides: Partial<Generation> = {}): Generation {
  return {
    generation,
    keyId: `k${generation}`,
    keyArn: `arn:k${generation}`,
    keyState: 'Enabled',
    origin: 'AWS_KMS',
    phase: 'current',
    createdAt: new Date(0),
    currentSince: ONCE,
    tags: {},
    ...overrides,
  };
}

/** A generation that a rotation has recorded as empty. */
export function anEmptied(generation: number, overrides: Partial<Generation> = {}): Generation {
  return aGeneration(generation, { phase: 'fenced', fencedSince: ONCE, emptiedSince: ONCE, ...overrides });
}

/** A generation that a stopped run has created. */
export function aNext(generation: number, overrides: Partial<Generation> = {}): Generation {
  return aGeneration(generation, { phase: 'next', currentSince: undefined, run: 'ended', ...overrides });
}

export function aFamily(current: number, generations: readonly Generation[], unclaimed: Family['unclaimed'] = []): Family {
  const found = generations.find(({ generation }) => generation === current);
  if (found === undefined) throw new Error('the current generation must exist');
  return { alias: 'alias/orders', current: found, generations, unclaimed };
}
