import { findLater } from '../../../lambda/key-family/resource/deployment-records';
import type { CustomResourceEvent, ResourceProperties } from '../../../lambda/runtime/custom-resource';
import type { DeploymentEvent } from '../../../lambda/runtime/deployment-event';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { ALIAS, aPolicy, RotatingKeyWorld } from '../../support/world/rotating-key-world';

/** AWS Lambda delivers an event at least once: sometimes twice, and the second time after later events. */
let world: RotatingKeyWorld;

beforeEach(async () => {
  world = await RotatingKeyWorld.open();
  await world.create();
  world.clock.advance(MINUTE);
});
afterEach(async () => world.close());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const declaring = (policy: string, others = {}) =>
  world.properties(others, { ...world.description, policyDocument: aPolicy(policy) });
const changing = (
  RequestId: string, OldResourceProperties: ResourceProperties, ResourceProperties: ResourceProperties,
): Partial<CustomResourceEvent> => ({ RequestType: 'Update', RequestId, PhysicalResourceId: ALIAS, OldResourceProperties, ResourceProperties });

/** Delivers an event for the first time, and returns how to deliver it again. */
async function deliver(event: Partial<CustomResourceEvent>, ports = world.ports()) {
  const sentAt = world.clock.now();
  expect(await world.invoke(event, ports)).toMatchObject({ Status: 'SUCCESS' });
  world.clock.advance(MINUTE);
  return (time: Date | 'unknown' = sentAt) => world.invoke(event, ports, time);
}

async function expectUnchanged(deliverAgain: () => ReturnType<RotatingKeyWorld['invoke']>, reason: string, policy: string): Promise<void> {
  const mark = world.mark;
  expect(await deliverAgain()).toMatchObject({ Status: 'FAILED', PhysicalResourceId: ALIAS, Reason: expect.stringContaining(reason) });
  expect(world.changes(mark)).toEqual([]);
  expect(await world.policy((await world.family()).current.keyId)).toContain(policy);
}

describe('an Update that is delivered again', () => {
  test('after CloudFormation has stopped waiting does not restore a policy that was rolled back', async () => {
    const again = await deliver(changing('one', declaring('first'), declaring('rolled-back')));
    await deliver(changing('two', declaring('rolled-back'), declaring('first')));
    world.clock.advance(HOUR);
    await expectUnchanged(again, 'delivered too late', 'first');
  });

  test('within that time does not restore it either: a later Update is recorded', async () => {
    const again = await deliver(changing('one', declaring('first'), declaring('rolled-back')));
    await deliver(changing('two', declaring('rolled-back'), declaring('first')));
    await expectUnchanged(again, 'RunSuperseded: Orders/KeyMaterial: event of CloudFormation was delivered again after a later one, '
      + 'so nothing was changed, got Update one; Update two followed at 2026-', 'first');
  });

  test('without a usable time is recognised by its request id', async () => {
    const again = await deliver(changing('one', declaring('first'), declaring('rolled-back')));
    await deliver(changing('two', declaring('rolled-back'), declaring('first')));
    await expectUnchanged(() => again('unknown'), 'Update one; Update two followed', 'first');
  });

  test('is refused also if its first delivery failed before it was recorded', async () => {
    const sentAt = world.clock.now();
    world.clock.advance(MINUTE);
    await deliver(changing('two', declaring('rolled-back'), declaring('first')));
    await expectUnchanged(() => world.invoke(changing('one', declaring('first'), declaring('rolled-back')), world.ports(), sentAt),
      'Update one; Update two followed', 'first');
  });

  test('before a later one has the same result, and a rollback right after it is performed', async () => {
    const again = await deliver(changing('one', declaring('first'), declaring('second')));
    for (const time of [1, 2]) expect([time, await again()]).toMatchObject([time, { Status: 'SUCCESS' }]);
    expect(await world.policy((await world.family()).current.keyId)).toContain('second');
    await deliver(changing('two', declaring('second'), declaring('first')));
    expect(await world.policy((await world.family()).current.keyId)).toContain('first');
    expect(await world.evidence.list('deployments/')).toEqual(
      ['one', 'two'].map((id) => expect.stringMatching(`^deployments/Orders/KeyMaterial/00000\\d-2026-\\d\\d-\\d\\dT\\d{6}\\.\\d{3}Z-${id}\\.json$`)));
  });

  test('does not adopt a family again that its rollback has returned', async () => {
    await deliver({ ResourceProperties: world.properties({ AdoptFrom: 'Shop/Orders' }, { ...world.description, owner: 'Other/Orders' }) });
    const [ours, back] = [declaring('first'), declaring('first', { AdoptFrom: 'Other/Orders' })];
    const ports = { ...world.ports(), evidence: new EvidenceInMemory() };
    const again = await deliver(changing('one', ours, back), ports);
    await deliver(changing('two', back, ours), ports);
    expect((await world.family()).current.owner).toBe('Other/Orders');
    expect(await again()).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('Update two followed') });
    expect((await world.family()).current.owner).toBe('Other/Orders');
  });
});

describe('a Create that is delivered again', () => {
  test.each<[string, 'unknown' | undefined]>([['', undefined], [', without a usable time', 'unknown']])(
    'does not restore what a later Update has changed%s', async (_, time) => {
      const again = await deliver({ RequestId: 'zero', ResourceProperties: declaring('first') });
      await deliver(changing('one', declaring('first'), declaring('second')));
      expect(await again(time)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('Create zero; Update one followed') });
      expect(await world.policy((await world.family()).current.keyId)).toContain('second');
    });

  test('writes no evidence, because CloudFormation cannot delete a bucket that contains an object', async () => {
    await deliver({ RequestId: 'zero', ResourceProperties: declaring('first') });
    expect(await world.evidence.list('deployments/')).toEqual([]);
  });

  test('is performed if the resource was removed and is declared again', async () => {
    await deliver(changing('one', declaring('first'), declaring('second')));
    await deliver({ RequestId: 'two', ResourceProperties: declaring('third') });
    expect(await world.policy((await world.family()).current.keyId)).toContain('third');
  });
});

describe('a Delete that is delivered again', () => {
  test('after CloudFormation has stopped waiting changes nothing', async () => {
    const sentAt = world.clock.now();
    world.clock.advance(HOUR);
    const mark = world.mark;
    await world.invoke({ RequestType: 'Delete', PhysicalResourceId: ALIAS }, world.ports(), sentAt);
    expect(world.changes(mark)).toEqual([]);
  });

  test.each(['cdk-kms-lifecycle/never-created', ALIAS])('of %s does not undo the adoption of a later deployment', async (PhysicalResourceId) => {
    const adopting = world.properties({ AdoptFrom: 'Shop/Orders' }, { ...world.description, owner: 'Other/Orders' });
    await deliver({ ResourceProperties: adopting });
    const again = await deliver({ RequestType: 'Delete', PhysicalResourceId, ResourceProperties: adopting });
    expect((await world.family()).current.owner).toBe('Shop/Orders');
    await deliver({ ResourceProperties: adopting });
    const mark = world.mark;
    expect(await again()).toMatchObject({ Status: 'SUCCESS' });
    expect([(await world.family()).current.owner, world.changes(mark)]).toEqual(['Other/Orders', []]);
    expect(world.lines).toContainEqual({ level: 'WARN', event: 'late-event-ignored', alias: ALIAS });
  });
});

describe('a later event is found', () => {
  const NOW = new Date('2026-11-30T12:10:00Z');
  const at = (time: string, requestId: string) => ({ requestId, receivedAt: `2026-11-30T12:${time}Z` });
  const inOrder = (recorded: ReturnType<typeof at>[]) => recorded.map((each, sequence) => ({ ...each, sequence }));
  const event = (requestType: 'Create' | 'Update', sentAt?: string): DeploymentEvent => ({
    requestId: 'one', requestType, stackName: 'Orders', logicalId: 'Key', sentAt: sentAt === undefined ? undefined : new Date(`2026-11-30T12:${sentAt}Z`),
  });

  test.each<[string, DeploymentEvent, ReturnType<typeof at>[], boolean]>([
    ['not if nothing is recorded', event('Update', '05:00'), [], false],
    ['not if only the event itself is recorded', event('Update', '05:00'), [at('05:02.000', 'one')], false],
    ['not if another one was recorded before it', event('Update', '05:00'), [at('05:02.000', 'two'), at('05:02.000', 'one')], false],
    ['if another one was recorded after it', event('Update', '05:00'), [at('05:02.000', 'one'), at('05:02.000', 'two')], true],
    ['if another one was recorded after its first record', event('Update', '05:00'),
      [at('05:02.000', 'one'), at('06:00.000', 'two'), at('07:00.000', 'one')], true],
    ['not in the second in which it was sent, because its time is rounded down', event('Update', '05:00'), [at('05:00.999', 'two')], false],
    ['in the second after', event('Update', '05:00'), [at('05:01.000', 'two')], true],
    ['not for a new Update without a time', event('Update'), [at('09:59.999', 'two')], false],
    ['for a Create without a time, within the time that CloudFormation waits', event('Create'), [at('00:00.000', 'two')], true],
    ['not for a Create after an Update of an earlier resource', event('Create', '05:00'), [at('04:00.000', 'two')], false],
  ])('%s', (_, given, recorded, expected) => {
    expect(findLater(given, inOrder(recorded), NOW) !== undefined).toBe(expected);
  });
});
