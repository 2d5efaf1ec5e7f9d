import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { VisibleKeyFamily } from '../../../lambda/adapters/kms/visible-key-family';
import type { ControlPorts } from '../../../lambda/key-family/control-ports';
import type { KeyFamilyPort } from '../../../lambda/ports/key-family';
import type { Tags } from '../../../lambda/ports/keys';
import { setDelays } from '../../../local/kms/service/control/delays';
import { aGeneration } from '../../support/world/a-family';
import { ControlWorld, UNTIL_CONCLUDED, UNTIL_FENCED, UNTIL_MOVED } from '../../support/world/control-world';
import { POLICY } from '../../support/world/create-generation';
import { ALIAS, RotatingKeyWorld } from '../../support/world/rotating-key-world';

const LATE_MS = 90_000;
const READS = ['describeKey', 'listKeyIds', 'listTags', 'listAliases', 'getKeyPolicy'];
const CHANGES = /^(create|tag|update|delete|put|enable|disable|schedule|cancel)/;

type Call = (...parameters: unknown[]) => Promise<unknown>;

/** KMS as it may be: a read that began before a write is what every read returns for the next 90 seconds. */
function late(kms: KeyFamilyPort, now: () => number): KeyFamilyPort {
  const shown = new Map<string, unknown>();
  let writtenAt = -Infinity;
  return new Proxy(kms, {
    get: (target, name: string) => {
      const call = (target as unknown as Record<string, Call>)[name]!.bind(target);
      return async (...parameters: unknown[]) => {
        const read = JSON.stringify([name, ...parameters]);
        if (READS.includes(name)) {
          if (now() - writtenAt < LATE_MS && shown.has(read)) return shown.get(read);
          const result = await call(...parameters);
          shown.set(read, result);
          return result;
        }
        // What nobody has read before is not shown either.
        if (CHANGES.test(name)) await remember(shown, target, parameters);
        const result = await call(...parameters);
        if (CHANGES.test(name)) writtenAt = now();
        return result;
      };
    },
  });
}

async function remember(shown: Map<string, unknown>, kms: KeyFamilyPort, parameters: readonly unknown[]): Promise<void> {
  for (const name of ['describeKey', 'listTags', 'getKeyPolicy'] as const) {
    for (const parameter of parameters.filter((each) => typeof each === 'string')) {
      shown.set(JSON.stringify([name, parameter]), await kms[name](parameter).catch(() => undefined) ?? (name === 'listTags' ? {} : undefined));
    }
  }
  for (const prefix of [ALIAS, ...parameters.filter((each) => typeof each === 'string')]) {
    shown.set(JSON.stringify(['listAliases', prefix]), await kms.listAliases(prefix));
  }
}

describe('while KMS shows every write 90 seconds later', () => {
  test('a family is created and updated', async () => {
    const world = await RotatingKeyWorld.open();
    try {
      const ports = lateOnes(world.ports(), () => world.clock.now().getTime());
      expect(await world.invoke({}, ports)).toMatchObject({ Status: 'SUCCESS' });
      expect(await world.update({ description: 'again', tags: { team: 'market' } }, {}, ports)).toMatchObject({ Status: 'SUCCESS' });
      const { current } = await world.family();
      expect([current.generation, current.phase, current.tags.team]).toEqual([1, 'current', 'market']);
    } finally {
      await world.close();
    }
  });

  test('a rotation completes, and creates one key', async () => {
    const world = await ControlWorld.open();
    try {
      const kms = new VisibleKeyFamily(late(world.ports.kms, () => world.localKms.clock.now().getTime()), world.ports.clock);
      Object.assign(world.ports, { kms });
      const run = await world.performAll(await world.plan('run-1'), [...UNTIL_MOVED, ...UNTIL_FENCED, ...UNTIL_CONCLUDED]);
      expect(run.census?.verdict).toBe('empty');
      expect((await world.family()).generations.map(({ generation, phase }) => [generation, phase])).toEqual([[1, 'fenced'], [2, 'current']]);
      expect(world.localKms.audit.count({ operation: 'CreateKey' })).toBe(2);
    } finally {
      await world.close();
    }
  });
});

describe('while each call asks another host of KMS, up to a minute behind the others', () => {
  test('a family is created, updated, and created again after it was deleted', async () => {
    const world = await RotatingKeyWorld.open();
    try {
      setDelays(world.localKms, { readMilliseconds: 60_000 });
      const ports = world.ports();
      const visible = { ...ports, kms: new VisibleKeyFamily(ports.kms, ports.clock) };
      for (const tag of ['one', 'two', 'three']) {
        expect(await world.invoke({}, visible)).toMatchObject({ Status: 'SUCCESS' });
        expect(await world.update({ tags: { tag } }, {}, visible)).toMatchObject({ Status: 'SUCCESS' });
        expect(await world.invoke({ RequestType: 'Delete', PhysicalResourceId: ALIAS }, visible)).toMatchObject({ Status: 'SUCCESS' });
      }
    } finally {
      await world.close();
    }
  });

  test('the next read, and the answer of an invocation, wait until all hosts agree, but only if one was behind', async () => {
    const waits: number[] = [];
    const clock = { now: () => new Date(0), sleep: async (milliseconds: number) => void waits.push(milliseconds) };
    let shown = 0;
    const port = { ...aPort(), listTags: async (): Promise<Tags> => (shown++ < 1 ? {} : { team: 'shop' }), tagKey: async () => undefined };
    const kms = new VisibleKeyFamily(port, clock);
    await kms.tagKey('k1', { team: 'shop' });
    expect(waits).toEqual([500]);
    await kms.describeKey('k1');
    await kms.settle();
    expect(waits).toEqual([500, 60_000, 60_000]);

    waits.length = 0;
    const prompt = new VisibleKeyFamily(port, clock);
    await prompt.tagKey('k1', { team: 'shop' });
    await prompt.settle();
    expect(waits).toEqual([]);
  });
});

test('a write is awaited longer than the five minutes that KMS may need; after that it is no error: the caller reads it again', async () => {
  const waits: number[] = [];
  let now = 0;
  const clock = { now: () => new Date(now), sleep: async (milliseconds: number) => { waits.push(milliseconds); now += milliseconds; } };
  const never = { ...aPort(), disableKey: async () => undefined };
  await new VisibleKeyFamily(never, clock).disableKey('k1');
  expect(now).toBeGreaterThan(300_000);
  expect(Math.max(...waits)).toBe(15_000);
});

function aPort(): KeyFamilyPort {
  const key = { ...aGeneration(1), state: 'Enabled' };
  return { describeKey: async () => key, getKeyPolicy: async () => POLICY } as unknown as KeyFamilyPort;
}

function lateOnes(ports: ControlPorts, now: () => number): ControlPorts {
  expect(ports.kms).toBeInstanceOf(KmsKeyFamily);
  return { ...ports, kms: new VisibleKeyFamily(late(ports.kms, now), ports.clock) };
}
