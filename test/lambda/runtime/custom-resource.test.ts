import { setTimeout } from 'node:timers/promises';
import { customResource, type CustomResourceEvent, type CustomResourceKind } from '../../../lambda/runtime/custom-resource';
import type { DeploymentEvent } from '../../../lambda/runtime/deployment-event';
import { sentAtOf } from '../../../lambda/runtime/event-age';
import { jsonLog } from '../../../lambda/runtime/log';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { EVENT_MEMBERS, ResponseUrl } from '../../support/response-url';

let place: ResponseUrl;
let lines: string[];

beforeEach(async () => {
  place = await ResponseUrl.open();
  lines = [];
});
afterEach(async () => place.close());

const CREATED = { physicalResourceId: 'key-1/material', attributes: { KeyId: 'key-1' } };

const KIND: CustomResourceKind = { create: async () => CREATED, update: async () => CREATED, delete: async () => undefined };

async function send(request: Partial<CustomResourceEvent>, kind: Partial<CustomResourceKind> = {}, remaining = 60_000): Promise<void> {
  const clock = { now: () => new Date(0), sleep: async () => undefined };
  const handler = customResource({ ...KIND, ...kind }, { log: jsonLog((line) => lines.push(line)), clock });
  const event: CustomResourceEvent = {
    RequestType: 'Create',
    ResponseURL: place.url,
    ResourceProperties: {},
    ...EVENT_MEMBERS,
    ...request,
  };
  await handler(event, { getRemainingTimeInMillis: () => remaining });
}

const failing = (error: unknown): Partial<CustomResourceKind> => {
  const fail = async () => { throw error; };
  return { create: fail, update: fail };
};

test('the response to a Create has the id and attributes of the resource, and repeats the ids of the request', async () => {
  await send({});
  expect(JSON.parse(place.delivered[0]?.body ?? '')).toEqual({
    Status: 'SUCCESS',
    PhysicalResourceId: 'key-1/material',
    StackId: EVENT_MEMBERS.StackId,
    RequestId: EVENT_MEMBERS.RequestId,
    LogicalResourceId: EVENT_MEMBERS.LogicalResourceId,
    Data: { KeyId: 'key-1' },
  });
});

test('the response has no content type, because the URL was signed without one', async () => {
  await send({});
  expect(place.delivered).toEqual([expect.objectContaining({ method: 'PUT' })]);
  expect(place.delivered[0]?.contentType ?? '').toBe('');
});

test('a Failure is the reason of the response, and a failed Update keeps the physical id', async () => {
  const failure = new Failure(ErrorName.INVALID_REQUEST, { where: 'secret', what: 'is missing', remedy: 'create it' });
  await send({ RequestType: 'Update', PhysicalResourceId: 'key-1/material' }, failing(failure));
  expect(place.answer).toMatchObject({
    Status: 'FAILED',
    Reason: 'InvalidRequest: secret: is missing; create it',
    PhysicalResourceId: 'key-1/material',
  });
});

test('an unexpected error is reported by its name only, because its text may contain secrets', async () => {
  await send({}, failing(new SyntaxError('Unexpected token in "c2VjcmV0IGtleSBieXRlcw=="')));
  expect(place.answer).toMatchObject({ Status: 'FAILED', Reason: 'unexpected SyntaxError; the log of the function shows where' });
  expect(lines.join()).toContain('custom-resource.test.ts');
  expect(lines.join() + place.delivered[0]?.body).not.toContain('c2VjcmV0');
});

test('an Update gets the new and the old properties', async () => {
  const updates: unknown[] = [];
  const update = async (resource: unknown) => {
    updates.push(resource);
    return CREATED;
  };
  await send(
    {
      RequestType: 'Update',
      PhysicalResourceId: 'key-1/material',
      ResourceProperties: { Note: 'new' },
      OldResourceProperties: { Note: 'old' },
    },
    { update },
  );
  expect(updates).toEqual([{ physicalResourceId: 'key-1/material', properties: { Note: 'new' }, oldProperties: { Note: 'old' } }]);
  expect(place.answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'key-1/material' });
});

describe('a Delete', () => {
  test('gets the physical id and the properties of the resource', async () => {
    const deleted: unknown[] = [];
    const event = { RequestType: 'Delete', PhysicalResourceId: 'key-1/material', ResourceProperties: { Note: 'declared' } } as const;
    await send(event, { delete: async (resource) => { deleted.push(resource); } });
    expect(deleted).toEqual([{ physicalResourceId: 'key-1/material', properties: { Note: 'declared' } }]);
    expect(place.answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'key-1/material' });
  });

  test('of a resource that was never created succeeds and does nothing', async () => {
    await send({}, failing(new Failure(ErrorName.THROTTLED, { where: 'KMS', what: 'is busy', remedy: 'wait' })));
    const { PhysicalResourceId } = place.answer;
    place.delivered.length = 0;

    await send({ RequestType: 'Delete', PhysicalResourceId }, { delete: async () => { throw new Error('nothing to delete'); } });

    expect(place.answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });
  });
});

test('a request that runs out of time is answered with a failure before the timeout', async () => {
  await send({}, { create: async () => new Promise(() => undefined) }, 15_010);
  expect(place.answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('the function ran out of time') });
});

test('a response that cannot be delivered at first is delivered later, once', async () => {
  place.refusals = [500, 503];
  await send({});
  expect(place.answer).toMatchObject({ Status: 'SUCCESS' });
});

test('a response that cannot be delivered throws without its URL, so that Lambda retries', async () => {
  place.refusals = [403, 403, 403];
  const thrown = await send({}).then(() => undefined, (error: unknown) => error as Error);
  expect(thrown?.message).toMatch(/response to CloudFormation: could not be delivered, got status 403/);
  expect(`${thrown?.stack} ${lines.join()}`).not.toContain('presigned');
});

test.each([
  ['many characters', 'x'.repeat(10_000)],
  ['characters of four bytes', '𝔊'.repeat(5_000)],
  ['characters that JSON escapes', '"\\\u0001'.repeat(3_000)],
])('a reason of %s is shortened to the 4096 bytes that CloudFormation reads', async (_, what) => {
  await send({}, failing(new Failure(ErrorName.INVALID_REQUEST, { where: 'here', what, remedy: 'shorten' })));
  expect(Buffer.byteLength(place.delivered[0]?.body ?? '')).toBeLessThanOrEqual(4096);
  expect(Buffer.byteLength(place.delivered[0]?.body ?? '')).toBeGreaterThan(3500);
  expect(place.answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/^InvalidRequest: here: .* \.\.\.$/s) });
});

test('attributes that are too long are a failure, because CloudFormation ignores a longer response', async () => {
  await send({}, { create: async () => ({ physicalResourceId: 'one', attributes: { Long: 'x'.repeat(5000) } }) });
  expect(place.answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'one', Reason: expect.stringContaining('attributes') });
});

test('no log line contains the response URL or the properties', async () => {
  await send({ ResponseURL: place.signedAt(new Date(0)), ResourceProperties: { Note: 'from-the-properties' } });
  expect(lines).toHaveLength(1);
  expect(lines.join()).not.toMatch(/presigned|from-the-properties|http/);
});

describe('the age of an event is that of its response URL', () => {
  const SERVICE_TIMEOUT = 900;
  const performed: string[] = [];
  const kind: Partial<CustomResourceKind> = {
    create: async () => { performed.push('Create'); return CREATED; },
    update: async () => { performed.push('Update'); return CREATED; },
    delete: async () => { performed.push('Delete'); },
    undoCreate: async () => { performed.push('Undo'); },
  };
  const sentBefore = (seconds: number) => place.signedAt(new Date(-seconds * 1000));
  beforeEach(() => { performed.length = 0; });

  test.each(['Create', 'Update', 'Delete'] as const)('a %s for which CloudFormation no longer waits changes nothing', async (RequestType) => {
    await send({ RequestType, ResponseURL: sentBefore(SERVICE_TIMEOUT), PhysicalResourceId: 'one' }, kind);
    expect(performed).toEqual([]);
    expect(place.answer).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'one',
      Reason: 'InvalidRequest: KeyMaterial: event of CloudFormation was delivered too late, so nothing was changed: a later deployment may have '
        + 'replaced it, got 900 seconds after it was sent; allowed: less than 900 seconds, which is how long CloudFormation waits for a response; '
        + 'deploy again if the stack did not reach the declared state',
    });
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { level: 'WARN', event: 'late-event-refused', requestType: RequestType, resource: 'KeyMaterial', ageSeconds: 900 },
    ]);
  });

  test('a late event whose URL has expired is not repeated', async () => {
    place.refusals = [403, 403, 403];
    await send({ ResponseURL: sentBefore(2 * SERVICE_TIMEOUT) }, kind);
    expect([performed, place.delivered]).toEqual([[], []]);
    expect(lines.join()).not.toMatch(/presigned|http|X-Amz/);
  });

  test.each([['of a few minutes', () => sentBefore(300)], ['in the future', () => sentBefore(-60)], ['that is unknown', () => place.url]])(
    'an event with an age %s is handled', async (_, url) => {
      await send({ ResponseURL: url() }, kind);
      expect(performed).toEqual(['Create']);
    });

  test('work ends before CloudFormation stops waiting', async () => {
    const create = async () => setTimeout(1000, CREATED, { ref: false });
    await send({ ResponseURL: sentBefore(SERVICE_TIMEOUT - 15.01) }, { create }, 840_000);
    expect(place.answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('the function ran out of time') });
  });

  test('an event whose time is unknown is handled, because a refusal would fail every deployment, and is logged', async () => {
    await send({ ResponseURL: place.url }, kind);
    expect(performed).toEqual(['Create']);
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
      { level: 'WARN', event: 'event-time-unknown', requestType: 'Create', resource: 'KeyMaterial' });
  });

  test.each([['Create', {}], ['Update', { PhysicalResourceId: 'one' }], ['Delete', { PhysicalResourceId: 'one' }], ['Delete', {}]] as const)(
    'a %s %j is performed with what identifies and dates it', async (RequestType, members) => {
      const received: unknown[] = [];
      const note = async (_: unknown, event?: DeploymentEvent) => { received.push(event); return CREATED; };
      const noteDeletion = async (_: unknown, event?: DeploymentEvent) => { received.push(event); };
      await send({ RequestType, ResponseURL: sentBefore(7), ...members }, {
        create: note, update: note, delete: noteDeletion, undoCreate: noteDeletion,
      });
      expect(received).toEqual([{
        requestId: 'request-1', requestType: RequestType, stackName: 'Orders', logicalId: 'KeyMaterial', sentAt: new Date(-7000),
      }]);
    });

  const signedAt = (time: string) => `https://example.com/?X-Amz-Date=${time}`;
  const NOW = new Date('2026-11-30T12:00:00Z');

  test('is the time of its signature', () => {
    expect(sentAtOf({ ResponseURL: signedAt('20261130T115959Z') }, NOW)).toEqual(new Date('2026-11-30T11:59:59Z'));
  });

  test('is usable if the clock that signed it is a few minutes ahead', () => {
    expect(sentAtOf({ ResponseURL: signedAt('20261130T120500Z') }, NOW)).toEqual(new Date('2026-11-30T12:05:00Z'));
  });

  test.each([
    '', 'no URL', signedAt('yesterday'), 'https://example.com/?Expires=1', signedAt('20261330T115959Z'), signedAt('20261130T250000Z'),
    signedAt('20261130T120501Z'), signedAt('20270101T000000Z'),
  ])('is unknown for %p', (ResponseURL) => {
    expect(sentAtOf({ ResponseURL }, NOW)).toBe(undefined);
  });
});
