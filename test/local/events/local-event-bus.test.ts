import { LocalEventBus, type BusEvent, type EventRule } from '../../../local/events/local-event-bus';
import type { AuditRecord } from '../../../local/kms/service/audit/audit-log';
import { toCloudTrailRecord } from '../../../local/kms/service/audit/cloud-trail';
import { aKey, aLocalKms, encryptText, refusalOf } from '../kms/local-kms-bench';

const ALL = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
const FAILED_USE = {
  'source': ['aws.kms'],
  'detail-type': ['AWS API Call via CloudTrail'],
  'detail': { errorCode: ['DisabledException'] },
};

/** A local KMS whose calls are delivered to a bus, and the events that reach each rule. */
async function aBus(...rules: (Pick<EventRule, 'pattern' | 'state'> & { target?: EventRule['target'] })[]) {
  const reached: BusEvent[][] = rules.map(() => []);
  const bus = new LocalEventBus(rules.map(({ pattern, state, target }, index) => ({
    pattern,
    state,
    target: async (event) => {
      reached[index]?.push(event);
      await target?.(event);
    },
  })));
  const onCall = (record: AuditRecord) =>
    bus.deliver(toCloudTrailRecord(record, (accessKey) => `arn:aws:iam::444455556666:user/${accessKey}`));
  const bench = await aLocalKms({ onCall });
  return { ...bench, bus, names: () => reached.map((events) => events.map(({ detail }) => detail.eventName)), reached };
}

test('a read-only call reaches only the rules with all management events', async () => {
  const anything = { source: ['aws.kms'] };
  const { kms, bus, names } = await aBus(
    { pattern: anything, state: ALL }, { pattern: anything, state: 'ENABLED' }, { pattern: anything, state: 'DISABLED' });
  const { KeyId } = await aKey(kms);
  await kms.describeKey({ KeyId });
  await encryptText(kms, KeyId, 'text');
  await kms.disableKey({ KeyId });
  await bus.idle();
  expect(names()).toEqual([['CreateKey', 'DescribeKey', 'Encrypt', 'DisableKey'], ['CreateKey', 'DisableKey'], []]);
});

test('the failed use of a disabled key reaches a rule for its error code, as an event that contains the CloudTrail record', async () => {
  const { server, kms, bus, reached } = await aBus({ pattern: FAILED_USE, state: ALL });
  const { KeyId, Arn } = await aKey(kms);
  await encryptText(kms, KeyId, 'text');
  await kms.disableKey({ KeyId });
  await refusalOf(kms.encrypt({ KeyId, Plaintext: Buffer.from('text') }));
  await bus.idle();
  expect(reached).toEqual([[expect.objectContaining({
    'id': server.audit.records.at(-1)?.eventId,
    'detail-type': 'AWS API Call via CloudTrail',
    'source': 'aws.kms',
    'account': '444455556666',
    'region': 'eu-central-1',
    'detail': expect.objectContaining({
      eventName: 'Encrypt', errorCode: 'DisabledException', errorMessage: `${Arn} is disabled.`,
    }) as unknown,
  })]]);
});

test('idle waits for the deliveries that a target causes', async () => {
  const { kms, bus, names, ...rest } = await aBus(
    {
      pattern: FAILED_USE,
      state: ALL,
      target: async (event) => { await rest.as('444455556666').enableKey({ KeyId: event.detail.resources?.[0]?.ARN }); },
    },
    { pattern: { detail: { eventName: ['EnableKey'] } }, state: 'ENABLED' },
  );
  const { KeyId } = await aKey(kms);
  await kms.disableKey({ KeyId });
  await refusalOf(kms.encrypt({ KeyId, Plaintext: Buffer.from('text') }));
  await bus.idle();
  expect(names()).toEqual([['Encrypt'], ['EnableKey']]);
});

test('idle throws the failure of a target once', async () => {
  const failing = async () => { throw new Error('function failed'); };
  const { kms, bus } = await aBus({ pattern: { detail: { eventName: ['CreateKey'] } }, state: 'ENABLED', target: failing });
  await aKey(kms);
  await expect(bus.idle()).rejects.toThrow('function failed');
  await expect(bus.idle()).resolves.toBeUndefined();
});

test('a rule can be replaced and removed', async () => {
  const { kms, bus, names } = await aBus();
  const seen: string[] = [];
  const rule = { state: 'ENABLED', target: async ({ detail }: BusEvent) => seen.push(detail.eventName) };
  bus.define('watch', { ...rule, pattern: { detail: { eventName: ['CreateKey'] } } });
  const { KeyId } = await aKey(kms);
  bus.define('watch', { ...rule, pattern: { detail: { eventName: ['DisableKey'] } } });
  await kms.disableKey({ KeyId });
  bus.remove('watch');
  await kms.disableKey({ KeyId });
  await bus.idle();
  expect(seen).toEqual(['CreateKey', 'DisableKey']);
  expect(names()).toEqual([]);
});

test('a rule with an unsupported pattern or state is rejected when it is created', () => {
  const rule = { state: 'ENABLED', target: async () => undefined };
  expect(() => new LocalEventBus([{ ...rule, pattern: { a: [{ wildcard: '*' }] } }])).toThrow('event pattern: condition is not supported');
  expect(() => new LocalEventBus([{ ...rule, pattern: {}, state: 'PAUSED' }])).toThrow('rule state PAUSED is not supported');
});
