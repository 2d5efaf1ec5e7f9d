import fc from 'fast-check';
import { decryptOfDisabled, echoDenied, ROLES } from './cloudtrail-events';
import { retirementFunction } from '../../../lambda/retirement/function/retirement-function';
import { readWatch } from '../../../lambda/retirement/watch/read-watch';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { EVIDENCE_SCHEMA, useEvidenceKey, type UseEvidence } from '../../../src/contract/evidence/evidence';
import { STEP_SCHEMA } from '../../../src/contract/runs/function-steps';
import { ALIAS, RetirementWorld } from '../../support/world/retirement-world';

const KEY = 'key-1';
const SINCE = '2026-01-10T12:00:00.500Z';

async function noted(notes: readonly Pick<UseEvidence, 'kind' | 'at'>[]): Promise<EvidenceInMemory> {
  const evidence = new EvidenceInMemory();
  for (const [index, note] of notes.entries()) {
    const use = { schema: EVIDENCE_SCHEMA, eventId: `event-${index}`, operation: 'Decrypt', errorCode: 'DisabledException', principal: 'p', ...note } as const;
    await evidence.writeOnce(useEvidenceKey(KEY, use), use);
  }
  return evidence;
}

test('before a soak there is nothing to hear', async () => {
  expect(await readWatch(KEY, undefined, await noted([{ kind: 'use', at: '2026-01-11T00:00:00.000Z' }]))).toEqual({ echoDays: [] });
});

test('days with an echo are counted once, the latest first', async () => {
  const evidence = await noted([
    { kind: 'echo', at: '2026-01-11T03:00:00.000Z' }, { kind: 'echo', at: '2026-01-12T03:00:00.000Z' }, { kind: 'echo', at: '2026-01-12T09:00:00.000Z' },
  ]);
  expect(await readWatch(KEY, SINCE, evidence)).toEqual({ echoDays: ['2026-01-12', '2026-01-11'] });
});

test('what was before the soak does not count, what was in its first second does', async () => {
  const evidence = await noted([{ kind: 'use', at: '2026-01-10T11:59:59.000Z' }, { kind: 'echo', at: '2026-01-10T12:00:00.000Z' }]);
  expect(await readWatch(KEY, SINCE, evidence)).toEqual({ echoDays: ['2026-01-10'] });
});

test('however often a generation was asked for, no more is read than the last of it', async () => {
  const evidence = await noted([
    ...Array.from({ length: 500 }, () => ({ kind: 'use', at: '2026-01-12T10:00:00.000Z' }) as const), { kind: 'echo', at: '2026-01-13T03:00:00.000Z' },
  ]);
  let reads = 0;
  const watch = await readWatch(KEY, SINCE, {
    list: (prefix) => evidence.list(prefix),
    read: async (key) => {
      reads += 1;
      return evidence.read(key);
    },
  });
  expect(watch).toMatchObject({ use: { at: '2026-01-12T10:00:00.000Z' }, echoDays: ['2026-01-13'] });
  expect(reads).toBe(2);
});

test('whatever was noted: a use of the last day that had any, and the days of echoes after it', async () => {
  const moments = fc.integer({ min: 0, max: 6 * 24 }).map((hours) => new Date(Date.UTC(2026, 0, 9, hours, 30)).toISOString());
  const notes = fc.array(fc.record({ kind: fc.constantFrom<UseEvidence['kind']>('use', 'echo'), at: moments }), { maxLength: 12 });
  await fc.assert(fc.asyncProperty(notes, async (all) => {
    const watch = await readWatch(KEY, SINCE, await noted(all));
    const since = all.filter(({ at }) => at >= SINCE.slice(0, 19));
    const useDays = since.filter(({ kind }) => kind === 'use').map(({ at }) => at.slice(0, 10)).sort();
    const lastUse = useDays.at(-1) ?? '';
    expect(watch.use?.at.slice(0, 10) ?? '').toBe(lastUse);
    const quiet = since.map(({ kind, at }) => (kind === 'echo' ? at.slice(0, 10) : '')).filter((day) => day > lastUse);
    expect(watch.echoDays).toEqual([...new Set(quiet)].sort().reverse());
  }));
});

describe('an event of the watch', () => {
  let world: RetirementWorld;

  beforeEach(async () => {
    world = await RetirementWorld.open();
  });

  afterEach(async () => world.close());

  const watched = () => world.evidence.keys().filter((key) => key.startsWith('watch/'));

  test('that comes twice is noted once', async () => {
    const event = world.about(decryptOfDisabled());
    await world.hear(event);
    await world.hear(event);
    expect(watched()).toEqual([`watch/${world.oldArn.split('/')[1]}/2026-01-01/event-1.json`]);
    expect(await world.evidence.read(watched()[0] as string)).toMatchObject({ kind: 'use', errorCode: 'DisabledException', at: '2026-01-01T12:00:00.000Z' });
  });

  test('leaves nothing of the encryption context behind, nor of who called in the log', async () => {
    await world.hear(world.about(decryptOfDisabled()));
    const left = JSON.stringify([await Promise.all(watched().map((key) => world.evidence.read(key)))]);
    expect(left).not.toContain('jane.doe');
    expect(world.logged.join()).toContain('generation-asked-for');
    expect(world.logged.join()).not.toMatch(/jane\.doe|assumed-role/);
  });

  test('about our own calls costs no call to KMS', async () => {
    await world.hear(decryptOfDisabled({ userIdentity: { type: 'AssumedRole', sessionContext: { sessionIssuer: { arn: ROLES.control } } } }));
    expect(watched()).toEqual([]);
    expect(world.localKms.audit.count({ operation: 'ListAliases' })).toBe(0);
  });

  test.each<[string, unknown]>([['nothing', undefined], ['a word', 'event'], ['a record without an id', { eventName: 'Decrypt' }]])(
    'that is %s is logged and let go, not refused for ever', async (_, detail) => {
      const request = { schema: STEP_SCHEMA, step: 'record-use', alias: ALIAS, roles: ROLES, detail };
      expect(await retirementFunction(world.ports)(request)).toEqual({});
      expect(world.logged).toEqual([expect.stringContaining('"watch-event-not-understood"')]);
      expect(watched()).toEqual([]);
    });

  test('that is our echo is heard', async () => {
    await world.hear(world.about(echoDenied()));
    expect(world.logged).toEqual([expect.stringContaining('"echo-heard"')]);
    expect(await world.evidence.read(watched()[0] as string)).toMatchObject({ kind: 'echo', operation: 'Encrypt', errorCode: 'AccessDenied' });
  });
});
