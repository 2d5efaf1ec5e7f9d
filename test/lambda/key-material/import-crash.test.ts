import { Crash, CrashedHere, crashPoints } from '../../support/crashing-client';
import { DAY, ImportWorld, type ImportCase, type ImportOverrides } from '../../support/world/import-world';

let world: ImportWorld;

beforeAll(async () => { world = await ImportWorld.open(); });
afterAll(async () => world.close());

/** A request, and the key material that the key must have afterwards, after any number of interruptions. */
interface Scenario {
  readonly name: string;
  /** The number of key materials that the key then has. */
  readonly materials: number;
  /** Prepares the key and returns the request. */
  prepare(a: ImportCase): Promise<ImportOverrides>;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'a first import', prepare: async () => ({}), materials: 1 },
  { name: 'a first import with an expiry', prepare: async () => ({ expiration: { kind: 'after', seconds: 30 * 86400 } }), materials: 1 },
  {
    name: 'another expiry',
    prepare: async (a) => {
      await a.import();
      return { expiration: { kind: 'at', at: new Date(world.clock.now().getTime() + 90 * DAY).toISOString() } };
    },
    materials: 1,
  },
  {
    name: 'another version',
    prepare: async (a) => {
      await a.import();
      return { versionId: await a.newVersion() };
    },
    materials: 2,
  },
  {
    name: 'lost material and another version at once',
    prepare: async (a) => {
      await a.import();
      await a.deleteMaterial();
      return { versionId: await a.newVersion(), expiration: { kind: 'after', seconds: 200 * 86400 } };
    },
    materials: 2,
  },
];

test.each(SCENARIOS)('$name can be interrupted before and after every call, and a repeated request completes it', async (scenario) => {
  const counting = new Crash();
  const rehearsal = await world.newCase();
  await rehearsal.import(await scenario.prepare(rehearsal), world.ports(counting));
  const points = crashPoints(counting.calls);

  for (const point of points) {
    const a = await world.newCase();
    const request = await scenario.prepare(a);
    const blob = await a.encrypt('an order').catch(() => undefined);
    const crash = new Crash(point);

    await expect(a.import(request, world.ports(crash))).rejects.toThrow(CrashedHere);
    // AWSCURRENT changes between the attempts: a request without a version may use it only if nothing was imported yet.
    const imported = await a.materials();
    const later = await a.newVersion();
    const outcome = await a.import(request);

    const expectedVersion = request.versionId ?? (imported.length === 0 ? later : a.firstVersion);
    expect(outcome).toMatchObject({ secretVersionId: expectedVersion });
    expect(await a.key()).toMatchObject({ KeyState: 'Enabled', CurrentKeyMaterialId: outcome.keyMaterialId });
    expect(await a.materials()).toHaveLength(scenario.materials);
    expect((await a.materials()).map(({ ImportState }) => ImportState)).toEqual(Array(scenario.materials).fill('IMPORTED'));
    expect(await a.labelledVersions()).toContain(expectedVersion);
    expect(await a.labelledVersions()).toHaveLength(scenario.materials);
    if (blob !== undefined) expect(await a.decrypt(blob)).toBe('an order');
  }
  process.stdout.write(`${scenario.name}: stopped at ${points.length} points\n`);
});
