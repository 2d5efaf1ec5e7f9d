import { CreateGrantCommand, DisableKeyCommand, RevokeGrantCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { KmsGrants } from '../../../lambda/adapters/kms/kms-grants';
import type { GrantRequest } from '../../../src/contract/requests/grant-request';
import { AN_EVENT } from '../../support/an-event';
import { GrantWorld, MAKER, properties, READER, WRITER } from '../../support/world/grant-world';

let world: GrantWorld;
let keyArn: string;

beforeAll(async () => { world = await GrantWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => {
  world.localKms.faults.clear();
  keyArn = await world.newKey();
});

const create = (changes = {}) => world.resource().create(properties(keyArn, changes), AN_EVENT);
const update = (physicalResourceId: string, changes = {}) =>
  world.resource().update({ physicalResourceId, properties: properties(keyArn, changes), oldProperties: {} }, AN_EVENT);
const remove = (physicalResourceId: string, changes = {}) =>
  world.resource().delete({ physicalResourceId, properties: properties(keyArn, changes) }, AN_EVENT);
/** KMS creates the grant, its response is lost, and revoking is throttled. */
const loseResponse = () =>
  world.localKms.faults.set([
    { kind: 'answerLost', operation: 'CreateGrant' },
    { kind: 'throttle', operation: 'RevokeGrant' },
  ]);
const grantees = async () => (await world.grants(keyArn)).map(({ GranteePrincipal }) => GranteePrincipal).sort();

describe('a Create', () => {
  test('creates the declared grant', async () => {
    const { physicalResourceId, attributes } = await create({
      constraint: { kind: 'subset', pairs: { tenant: '7' } },
      operations: ['Encrypt', 'Decrypt'],
    });
    const [grant, ...others] = await world.grants(keyArn);

    expect(others).toEqual([]);
    expect(grant).toMatchObject({
      Name: 'orders/prod-Grant-0123',
      GranteePrincipal: READER,
      RetiringPrincipal: MAKER,
      Operations: ['Decrypt', 'Encrypt'],
      Constraints: { EncryptionContextSubset: { tenant: '7' } },
    });
    expect(attributes).toEqual({ GrantId: grant?.GrantId });
    expect(physicalResourceId).toBe(`${keyArn}/${grant?.GrantId}`);
  });

  test('constrains the grant to an exact encryption context if that is declared', async () => {
    await create({ constraint: { kind: 'equals', pairs: { tenant: '7' } } });
    expect(await world.grants(keyArn)).toMatchObject([{ Constraints: { EncryptionContextEquals: { tenant: '7' } } }]);
  });

  test('creates one grant if the event is delivered twice', async () => {
    expect(await create()).toEqual(await create());
    expect(await world.grants(keyArn)).toHaveLength(1);
  });

  test('waits for a new role that has not propagated', async () => {
    const before = world.clock.now().getTime();
    const grants = new KmsGrants(world.kmsClient('maker'));
    let calls = 0;
    /** In the first three calls, KMS does not know the role. */
    const createGrant = async (request: GrantRequest) =>
      grants.createGrant(++calls < 4 ? { ...request, granteePrincipal: 'unknown-role' } : request);
    await world.resource(undefined, { kms: { createGrant } }).create(properties(keyArn), AN_EVENT);
    expect(await grantees()).toEqual([READER]);
    expect(world.clock.now().getTime() - before).toBe(7_000);
  });

  test('fails with the names of the principals if KMS does not know them after more than five minutes, and not before', async () => {
    const before = world.clock.now().getTime();
    await expect(create({ granteePrincipal: 'unknown-role' })).rejects.toThrow(
      `${keyArn}: AWS KMS does not know a principal of the grant, got grantee unknown-role, retiring principal ${MAKER} (unknown-role is not the ARN of a valid principal.); name`,
    );
    const waited = (world.clock.now().getTime() - before) / 1000;
    expect(waited).toBeGreaterThanOrEqual(330);
    expect(waited).toBeLessThan(350);
  });

  test('reports that the key is disabled', async () => {
    await world.kms.send(new DisableKeyCommand({ KeyId: keyArn }));
    await expect(create()).rejects.toMatchObject({ name: 'KeyNotReady', message: expect.stringContaining('is disabled') });
  });

  test('reports why KMS refuses an operation', async () => {
    await expect(create({ operations: ['Sign'] })).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('Sign'),
    });
  });

  test.each<[string, object]>([
    ['a missing grantee', { granteePrincipal: '' }], ['no operations', { operations: [] }],
  ])('refuses %s before any call to KMS', async (_, changes) => {
    await expect(create(changes)).rejects.toMatchObject({ name: 'InvalidRequest', message: expect.stringContaining('Custom::KmsGrant') });
    expect(await world.grants(keyArn)).toEqual([]);
  });
});

describe('an Update', () => {
  test('creates another grant for other terms, and keeps the old one until CloudFormation deletes it', async () => {
    const old = await create();
    const next = await update(old.physicalResourceId, { granteePrincipal: WRITER });

    expect(next.physicalResourceId).not.toBe(old.physicalResourceId);
    expect(await grantees()).toEqual([READER, WRITER]);
    await remove(old.physicalResourceId);
    expect(await grantees()).toEqual([WRITER]);
  });

  test('without a change keeps the grant, with the operations in any order', async () => {
    const old = await create({ operations: ['Encrypt', 'Decrypt'] });
    expect(await update(old.physicalResourceId, { operations: ['Decrypt', 'Encrypt', 'Decrypt'] })).toEqual(old);
  });

  test('moves to another key before the first key loses its grant', async () => {
    const first = keyArn;
    const old = await create();
    keyArn = await world.newKey();
    const next = await update(old.physicalResourceId);

    expect(next.physicalResourceId.startsWith(`${keyArn}/`)).toBe(true);
    expect(await world.grants(first)).toHaveLength(1);
    // The properties of a replaced resource are not relied on: they may be those of the new one.
    await remove(old.physicalResourceId);
    expect(await world.grants(first)).toEqual([]);
    expect(await world.grants(keyArn)).toHaveLength(1);
  });

  test('and rolling back finds the old grant, so that the new one is the one to go', async () => {
    const old = await create();
    const next = await update(old.physicalResourceId, { granteePrincipal: WRITER });
    expect(await update(next.physicalResourceId)).toEqual(old);
    await remove(next.physicalResourceId, { granteePrincipal: WRITER });
    expect(await grantees()).toEqual([READER]);
  });

  test('that is rolled back removes the grant of the failed Update', async () => {
    const old = await create();
    loseResponse();
    await expect(update(old.physicalResourceId, { granteePrincipal: WRITER })).rejects.toMatchObject({ name: 'Throttled' });
    world.localKms.faults.clear();
    expect(await grantees()).toEqual([READER, WRITER]);

    expect(await update(old.physicalResourceId)).toEqual(old);
    expect(await grantees()).toEqual([READER]);
  });

  test.each<[string, Partial<GrantRequest>]>([
    ['tags or the service timeout', {}],
    ['the order of operations', { operations: ['Encrypt', 'Decrypt'] }],
  ])('that changes only %s creates no other grant', async (_, changes) => {
    const old = await create({ operations: ['Decrypt', 'Encrypt'] });
    const changed = {
      ...properties(keyArn, { operations: ['Decrypt', 'Encrypt'], ...changes }),
      ServiceTimeout: '60',
      Tags: [{ Key: 'a', Value: 'b' }] as never,
    };
    const request = { physicalResourceId: old.physicalResourceId, properties: changed, oldProperties: {} };
    expect(await world.resource().update(request, AN_EVENT)).toEqual(old);
    expect(await world.grants(keyArn)).toHaveLength(1);
  });

  test('creates the grant again after it was revoked', async () => {
    const old = await create();
    await world.kms.send(new RevokeGrantCommand({ KeyId: keyArn, GrantId: old.attributes.GrantId }));
    const next = await update(old.physicalResourceId);
    expect(next.physicalResourceId).not.toBe(old.physicalResourceId);
    expect(await grantees()).toEqual([READER]);
  });

  test('leaves grants with other names unchanged', async () => {
    const old = await create();
    await world.kms.send(new CreateGrantCommand({ KeyId: keyArn, GranteePrincipal: WRITER, Operations: ['Decrypt'], Name: 'by-operator' }));
    await update(old.physicalResourceId);
    expect(await grantees()).toEqual([READER, WRITER]);
  });
});

describe('a Delete', () => {
  test('removes the grant, and only that one', async () => {
    const { physicalResourceId } = await create();
    await create({ name: 'another', granteePrincipal: WRITER });
    await remove(physicalResourceId);
    expect(await grantees()).toEqual([WRITER]);
  });

  test('can be repeated', async () => {
    const { physicalResourceId } = await create();
    await remove(physicalResourceId);
    await expect(remove(physicalResourceId)).resolves.toBeUndefined();
  });

  test('that is late leaves a newer grant with the same terms unchanged', async () => {
    const first = await create();
    await remove(first.physicalResourceId);
    await create();
    await remove(first.physicalResourceId);
    expect(await grantees()).toEqual([READER]);
  });

  test('succeeds if the grant was revoked before', async () => {
    const { physicalResourceId, attributes } = await create();
    await world.kms.send(new RevokeGrantCommand({ KeyId: keyArn, GrantId: attributes.GrantId }));
    await expect(remove(physicalResourceId)).resolves.toBeUndefined();
  });

  test('removes the grant of a key that is pending deletion', async () => {
    const { physicalResourceId } = await create();
    await world.kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyArn }));
    await remove(physicalResourceId);
    expect(await world.grants(keyArn)).toEqual([]);
  });

  test('succeeds if the key was deleted', async () => {
    const { physicalResourceId } = await create();
    await world.kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: 7 }));
    world.clock.advance(8 * 24 * 60 * 60_000);
    await expect(remove(physicalResourceId)).resolves.toBeUndefined();
    await expect(remove('generated-by-CloudFormation')).resolves.toBeUndefined();
  });
});

test.each<[string, () => Promise<void> | undefined]>([
  ['whose failure was reported', () => world.resource().undoCreate?.(properties(keyArn), AN_EVENT)],
  ['whose response was lost', () => remove('Orders-Grant-1ABCDEFGHIJKL')],
])('a Create that failed after it took effect, and %s, leaves no grant', async (_, undo) => {
  loseResponse();
  await expect(create()).rejects.toMatchObject({ name: 'Throttled' });
  world.localKms.faults.clear();
  expect(await grantees()).toEqual([READER]);
  await create({ name: 'another', granteePrincipal: WRITER });

  await undo();

  expect(await grantees()).toEqual([WRITER]);
});

test.each<[string, () => Promise<unknown>, string[]]>([
  ['a Create', async () => create(), []],
  ['an Update', async () => update((await create({ granteePrincipal: WRITER })).physicalResourceId), [WRITER]],
])('%s that gets no response of KMS revokes a grant that it may have created, and no other one', async (_, request, remaining) => {
  world.localKms.faults.set([{ kind: 'answerLost', operation: 'CreateGrant', callNumbers: remaining.length === 0 ? [1] : [2] }]);
  await expect(request()).rejects.toMatchObject({ name: 'Throttled' });
  expect(await grantees()).toEqual(remaining);
});

test('a grant that could not be revoked is logged', async () => {
  loseResponse();
  await expect(create()).rejects.toMatchObject({ name: 'Throttled', message: expect.stringContaining('returned no usable response') });
  expect(world.lines.map((line) => JSON.parse(line) as object)).toContainEqual({ level: 'WARN', event: 'grant-may-remain', keyArn });
});

test('a call whose response was lost is repeated and returns the same grant', async () => {
  world.localKms.faults.set([{ kind: 'answerLost', operation: 'CreateGrant', callNumbers: [1, 2] }]);
  const { attributes } = await world.resource(undefined, { maxAttempts: 4 }).create(properties(keyArn), AN_EVENT);
  expect(await world.grants(keyArn)).toMatchObject([{ GrantId: attributes.GrantId }]);

  world.localKms.faults.set([{ kind: 'answerLost', operation: 'RevokeGrant', callNumbers: [1] }]);
  await world.resource(undefined, { maxAttempts: 4 }).delete({ physicalResourceId: `${keyArn}/${attributes.GrantId}`, properties: {} }, AN_EVENT);
  expect(await world.grants(keyArn)).toEqual([]);
});

test('grants are found on every page of a list', async () => {
  for (let number = 0; number < 101; number++) {
    await world.kms.send(
      new CreateGrantCommand({ KeyId: keyArn, GranteePrincipal: WRITER, Operations: ['Decrypt'], Name: `other-${number}` }),
    );
  }
  await create();
  await world.resource().undoCreate?.(properties(keyArn), AN_EVENT);
  expect(await grantees()).not.toContain(READER);
});
