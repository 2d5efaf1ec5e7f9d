import fc from 'fast-check';
import { decryptOfDisabled, deniedProbe, ROLES } from './cloudtrail-events';
import { retirementFunction } from '../../../lambda/retirement/function/retirement-function';
import { readWatch } from '../../../lambda/retirement/watch/read-watch';
import { noteName } from '../../../lambda/watch/note-name';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { ErrorName } from '../../../src/contract/error-names';
import { EVIDENCE_SCHEMA, useEvidenceKey, type UseEvidence } from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import { STEP_SCHEMA } from '../../../src/contract/runs/function-steps';
import { ALIAS, RetirementWorld } from '../../support/world/retirement-world';

const KEY = 'key-1';
const SINCE = '2026-01-10T12:00:00.500Z';

async function recorded(uses: readonly Pick<UseEvidence, 'kind' | 'at'>[]): Promise<EvidenceInMemory> {
  const evidence = new EvidenceInMemory();
  for (const [index, each] of uses.entries()) {
    const call = { operation: 'Decrypt', errorCode: 'DisabledException', principal: 'p' };
    const use = { schema: EVIDENCE_SCHEMA, eventId: `event-${index}`, ...call, ...each } as const;
    await evidence.writeOnce(useEvidenceKey(KEY, use, noteName(use)), use);
  }
  return evidence;
}

test('nothing is read before a soak', async () => {
  expect(await readWatch(KEY, undefined, await recorded([{ kind: 'use', at: '2026-01-11T00:00:00.000Z' }]))).toEqual({ probeDays: [] });
});

test('a day with several probes is listed once, and the latest day first', async () => {
  const evidence = await recorded([
    { kind: 'watch-probe', at: '2026-01-11T03:00:00.000Z' },
    { kind: 'watch-probe', at: '2026-01-12T03:00:00.000Z' },
    { kind: 'watch-probe', at: '2026-01-12T09:00:00.000Z' },
  ]);
  expect(await readWatch(KEY, SINCE, evidence)).toEqual({ probeDays: ['2026-01-12', '2026-01-11'] });
});

test('events before the soak are ignored, and events in its first second are not', async () => {
  const evidence = await recorded([
    { kind: 'use', at: '2026-01-10T11:59:59.000Z' }, { kind: 'watch-probe', at: '2026-01-10T12:00:00.000Z' },
  ]);
  expect(await readWatch(KEY, SINCE, evidence)).toEqual({ probeDays: ['2026-01-10'] });
});

test('the number of reads does not depend on the number of uses', async () => {
  const evidence = await recorded([
    ...Array.from({ length: 500 }, () => ({ kind: 'use', at: '2026-01-12T10:00:00.000Z' }) as const),
    { kind: 'watch-probe', at: '2026-01-13T03:00:00.000Z' },
  ]);
  let reads = 0;
  const watch = await readWatch(KEY, SINCE, {
    list: (prefix, after) => evidence.list(prefix, after),
    read: async (key) => {
      reads += 1;
      return evidence.read(key);
    },
  });
  expect(watch).toMatchObject({ use: { at: '2026-01-12T10:00:00.000Z' }, probeDays: ['2026-01-13'] });
  expect(reads).toBe(2);
});

test('the result is a use of the latest day with a use, and the days with probes after it', async () => {
  const moments = fc.integer({ min: 0, max: 6 * 24 }).map((hours) => new Date(Date.UTC(2026, 0, 9, hours, 30)).toISOString());
  const uses = fc.array(fc.record({ kind: fc.constantFrom<UseEvidence['kind']>('use', 'watch-probe'), at: moments }), { maxLength: 12 });
  await fc.assert(fc.asyncProperty(uses, async (all) => {
    const watch = await readWatch(KEY, SINCE, await recorded(all));
    const since = all.filter(({ at }) => at >= SINCE.slice(0, 19));
    const useDays = since.filter(({ kind }) => kind === 'use').map(({ at }) => at.slice(0, 10)).sort();
    const lastUse = useDays.at(-1) ?? '';
    expect(watch.use?.at.slice(0, 10) ?? '').toBe(lastUse);
    const unused = since.map(({ kind, at }) => (kind === 'watch-probe' ? at.slice(0, 10) : '')).filter((day) => day > lastUse);
    expect(watch.probeDays).toEqual([...new Set(unused)].sort().reverse());
  }));
});

describe('an event of the watch', () => {
  let world: RetirementWorld;

  beforeEach(async () => {
    world = await RetirementWorld.open();
  });

  afterEach(async () => world.close());

  const watched = () => world.evidence.keys().filter((key) => key.startsWith('watch/'));

  test('that is delivered twice is recorded once', async () => {
    const event = world.asEvent(decryptOfDisabled());
    await world.deliverEvent(event);
    await world.deliverEvent(event);
    expect(watched()).toEqual([expect.stringMatching(`^watch/${world.oldArn.split('/')[1]}/2026-01-01/[0-9a-f]{16}-12.json$`)]);
    expect(await world.evidence.read(watched()[0] as string)).toMatchObject({
      kind: 'use', errorCode: 'DisabledException', at: '2026-01-01T12:00:00.000Z',
    });
  });

  test('of a flood is one note for each hour, principal, operation and error, and reads the aliases once a minute', async () => {
    const handler = retirementFunction(world.ports);
    const message = (index: number, changes: object = {}) => ({
      messageId: `message-${index}`,
      body: JSON.stringify({
        schema: STEP_SCHEMA,
        step: 'record-use',
        alias: ALIAS,
        roles: ROLES,
        detail: { ...(world.asEvent(decryptOfDisabled()) as object), eventID: `flood-${index}`, ...changes },
      }),
    });
    for (let batch = 0; batch < 50; batch++) {
      const Records = Array.from({ length: 10 }, (_, index) => message(10 * batch + index));
      expect(await handler({ Records })).toEqual({ batchItemFailures: [] });
    }
    expect(watched()).toHaveLength(1);
    expect(world.localKms.audit.count({ operation: 'ListAliases' })).toBe(1);
    await handler({ Records: [message(500, { eventName: 'Encrypt' }), message(501, { errorCode: 'AccessDenied' })] });
    expect(watched()).toHaveLength(3);
  });

  test('that cannot be recorded is delivered again, and the others of its batch are not', async () => {
    const writeOnce = world.evidence.writeOnce.bind(world.evidence);
    world.evidence.writeOnce = async () => { throw new Failure(ErrorName.THROTTLED, { where: 'S3', what: 'slow', remedy: 'later' }); };
    const body = (detail: unknown) => JSON.stringify({ schema: STEP_SCHEMA, step: 'record-use', alias: ALIAS, roles: ROLES, detail });
    const Records = [
      { messageId: 'one', body: body(world.asEvent(decryptOfDisabled())) },
      { messageId: 'two', body: body('no record') },
      { messageId: 'three', body: 'not JSON' },
    ];
    expect(await retirementFunction(world.ports)({ Records })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'one' }, { itemIdentifier: 'three' }],
    });
    world.evidence.writeOnce = writeOnce;
    expect(await retirementFunction(world.ports)({ Records: Records.slice(0, 1) })).toEqual({ batchItemFailures: [] });
    expect(watched()).toHaveLength(1);
  });

  test('leaves no encryption context in the evidence, and no principal in the log', async () => {
    await world.deliverEvent(world.asEvent(decryptOfDisabled()));
    const content = JSON.stringify([await Promise.all(watched().map((key) => world.evidence.read(key)))]);
    expect(content).not.toContain('jane.doe');
    expect(world.logged.join()).toContain('generation-use-recorded');
    expect(world.logged.join()).not.toMatch(/jane\.doe|assumed-role/);
  });

  test('about a call by our own roles causes no call to KMS', async () => {
    const userIdentity = { type: 'AssumedRole', sessionContext: { sessionIssuer: { arn: ROLES.worker } } };
    await world.deliverEvent(decryptOfDisabled({ userIdentity }));
    expect(watched()).toEqual([]);
    expect(world.localKms.audit.count({ operation: 'ListAliases' })).toBe(0);
  });

  test.each<[string, unknown]>([['nothing', undefined], ['a word', 'event'], ['a record without an id', { eventName: 'Decrypt' }]])(
    'that is %s is logged and ignored, so that it is not delivered again', async (_, detail) => {
      const request = { schema: STEP_SCHEMA, step: 'record-use', alias: ALIAS, roles: ROLES, detail };
      expect(await retirementFunction(world.ports)(request)).toEqual({});
      expect(world.logged).toEqual([expect.stringContaining('"watch-event-invalid"')]);
      expect(watched()).toEqual([]);
    });

  test('about the watch probe is recorded as such', async () => {
    await world.deliverEvent(world.asEvent(deniedProbe()));
    expect(world.logged).toEqual([expect.stringContaining('"watch-probe-recorded"')]);
    expect(await world.evidence.read(watched()[0] as string)).toMatchObject({
      kind: 'watch-probe', operation: 'Encrypt', errorCode: 'AccessDenied',
    });
  });
});
