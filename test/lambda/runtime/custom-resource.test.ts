import { customResource, type CustomResourceEvent, type CustomResourceKind } from '../../../lambda/runtime/custom-resource';
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

const MADE = { physicalResourceId: 'key-1/material', attributes: { KeyId: 'key-1' } };

const KIND: CustomResourceKind = { create: async () => MADE, update: async () => MADE, delete: async () => undefined };

async function ask(question: Partial<CustomResourceEvent>, kind: Partial<CustomResourceKind> = {}, remaining = 60_000): Promise<void> {
  const clock = { now: () => new Date(0), sleep: async () => undefined };
  const handler = customResource({ ...KIND, ...kind }, { log: jsonLog((line) => lines.push(line)), clock });
  const event: CustomResourceEvent = { RequestType: 'Create', ResponseURL: place.url, ResourceProperties: {}, ...EVENT_MEMBERS, ...question };
  await handler(event, { getRemainingTimeInMillis: () => remaining });
}

const failing = (error: unknown): Partial<CustomResourceKind> => {
  const fail = async () => { throw error; };
  return { create: fail, update: fail };
};

test('what was made is answered with its name and its attributes, and the question is repeated', async () => {
  await ask({});
  expect(JSON.parse(place.delivered[0]?.body ?? '')).toEqual({
    Status: 'SUCCESS',
    PhysicalResourceId: 'key-1/material',
    StackId: EVENT_MEMBERS.StackId,
    RequestId: EVENT_MEMBERS.RequestId,
    LogicalResourceId: EVENT_MEMBERS.LogicalResourceId,
    Data: { KeyId: 'key-1' },
  });
});

test('the answer has no content type, since the presigned URL was signed without one', async () => {
  await ask({});
  expect(place.delivered).toEqual([expect.objectContaining({ method: 'PUT' })]);
  expect(place.delivered[0]?.contentType ?? '').toBe('');
});

test('a failure is answered in its own words, and a failed update keeps its name', async () => {
  const failure = new Failure(ErrorName.INVALID_REQUEST, { where: 'secret', what: 'is missing', remedy: 'create it' });
  await ask({ RequestType: 'Update', PhysicalResourceId: 'key-1/material' }, failing(failure));
  expect(place.answer).toMatchObject({ Status: 'FAILED', Reason: 'InvalidRequest: secret: is missing; create it', PhysicalResourceId: 'key-1/material' });
});

test('an error that nobody foresaw is told by its name alone: its text may hold anything', async () => {
  await ask({}, failing(new SyntaxError('Unexpected token in "c2VjcmV0IGtleSBieXRlcw=="')));
  expect(place.answer).toMatchObject({ Status: 'FAILED', Reason: 'unexpected SyntaxError; the log of the function shows where' });
  expect(lines.join()).toContain('custom-resource.test.ts');
  expect(lines.join() + place.delivered[0]?.body).not.toContain('c2VjcmV0');
});

test('an update is told what is declared now, and what was before', async () => {
  const told: unknown[] = [];
  const update = async (resource: unknown) => {
    told.push(resource);
    return MADE;
  };
  await ask({
    RequestType: 'Update', PhysicalResourceId: 'key-1/material', ResourceProperties: { Note: 'new' }, OldResourceProperties: { Note: 'old' },
  }, { update });
  expect(told).toEqual([{ physicalResourceId: 'key-1/material', properties: { Note: 'new' }, oldProperties: { Note: 'old' } }]);
  expect(place.answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'key-1/material' });
});

describe('deleting', () => {
  test('is passed on with the name of the resource and what is declared of it', async () => {
    const deleted: unknown[] = [];
    const event = { RequestType: 'Delete', PhysicalResourceId: 'key-1/material', ResourceProperties: { Note: 'declared' } } as const;
    await ask(event, { delete: async (resource) => { deleted.push(resource); } });
    expect(deleted).toEqual([{ physicalResourceId: 'key-1/material', properties: { Note: 'declared' } }]);
    expect(place.answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'key-1/material' });
  });

  test('what was never made succeeds and does nothing', async () => {
    await ask({}, failing(new Failure(ErrorName.THROTTLED, { where: 'KMS', what: 'is busy', remedy: 'wait' })));
    const { PhysicalResourceId } = place.answer;
    place.delivered.length = 0;

    await ask({ RequestType: 'Delete', PhysicalResourceId }, { delete: async () => { throw new Error('nothing to delete'); } });

    expect(place.answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });
  });
});

test('when the time is nearly over, that is the answer', async () => {
  await ask({}, { create: async () => new Promise(() => undefined) }, 15_010);
  expect(place.answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('the function ran out of time') });
});

test('an answer that cannot be delivered at first is delivered later, once', async () => {
  place.refusals = [500, 503];
  await ask({});
  expect(place.answer).toMatchObject({ Status: 'SUCCESS' });
});

test('an answer that cannot be delivered at all throws without saying where it should have gone, so that Lambda asks again', async () => {
  place.refusals = [403, 403, 403];
  const thrown = await ask({}).then(() => undefined, (error: unknown) => error as Error);
  expect(thrown?.message).toMatch(/response to CloudFormation: could not be delivered, got status 403/);
  expect(`${thrown?.stack} ${lines.join()}`).not.toContain('presigned');
});

test.each([
  ['a long text', 'x'.repeat(10_000)],
  ['letters of many bytes', '𝔊'.repeat(5_000)],
  ['letters that JSON has to escape', '"\\\u0001'.repeat(3_000)],
])('a reason of %s ends within the 4096 bytes that CloudFormation reads', async (_, what) => {
  await ask({}, failing(new Failure(ErrorName.INVALID_REQUEST, { where: 'here', what, remedy: 'shorten' })));
  expect(Buffer.byteLength(place.delivered[0]?.body ?? '')).toBeLessThanOrEqual(4096);
  expect(Buffer.byteLength(place.delivered[0]?.body ?? '')).toBeGreaterThan(3500);
  expect(place.answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/^InvalidRequest: here: .* \.\.\.$/s) });
});

test('attributes that are too long are a failure that says so, not an answer that nobody reads', async () => {
  await ask({}, { create: async () => ({ physicalResourceId: 'one', attributes: { Long: 'x'.repeat(5000) } }) });
  expect(place.answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'one', Reason: expect.stringContaining('attributes') });
});

test('no log line holds the response URL or the properties', async () => {
  await ask({ ResourceProperties: { Note: 'from-the-properties' } });
  expect(lines).toHaveLength(1);
  expect(lines.join()).not.toMatch(/presigned|from-the-properties|http/);
});
