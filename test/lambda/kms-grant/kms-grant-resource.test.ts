import { CreateGrantCommand, DisableKeyCommand, RevokeGrantCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { KmsGrants } from '../../../lambda/adapters/kms/kms-grants';
import type { GrantRequest } from '../../../src/contract/requests/grant-request';
import { GrantWorld, MAKER, properties, READER, WRITER } from '../../support/world/grant-world';

let world: GrantWorld;
let keyArn: string;

beforeAll(async () => { world = await GrantWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => {
  world.localKms.faults.clear();
  keyArn = await world.newKey();
});

const create = (changes = {}) => world.resource().create(properties(keyArn, changes));
const update = (physicalResourceId: string, changes = {}) =>
  world.resource().update({ physicalResourceId, properties: properties(keyArn, changes), oldProperties: {} });
const remove = (physicalResourceId: string, changes = {}) => world.resource().delete({ physicalResourceId, properties: properties(keyArn, changes) });
/** KMS makes the grant and answers nobody; nor can it be taken back for now. */
const loseTheAnswer = () => world.localKms.faults.set([{ kind: 'answerLost', operation: 'CreateGrant' }, { kind: 'throttle', operation: 'RevokeGrant' }]);
const grantees = async () => (await world.grants(keyArn)).map(({ GranteePrincipal }) => GranteePrincipal).sort();

describe('creating', () => {
  test('makes the grant that was declared', async () => {
    const { physicalResourceId, attributes } = await create({ constraint: { kind: 'subset', pairs: { tenant: '7' } }, operations: ['Encrypt', 'Decrypt'] });
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

  test('holds the grant to a whole encryption context where that is declared', async () => {
    await create({ constraint: { kind: 'equals', pairs: { tenant: '7' } } });
    expect(await world.grants(keyArn)).toMatchObject([{ Constraints: { EncryptionContextEquals: { tenant: '7' } } }]);
  });

  test('twice, as when an event is delivered twice, makes one grant', async () => {
    expect(await create()).toEqual(await create());
    expect(await world.grants(keyArn)).toHaveLength(1);
  });

  test('waits for a role that is seconds old', async () => {
    const before = world.clock.now().getTime();
    const grants = new KmsGrants(world.kmsClient('maker'));
    let asked = 0;
    /** For three times, KMS has not heard of the role. */
    const createGrant = async (request: GrantRequest) => grants.createGrant(++asked < 4 ? { ...request, granteePrincipal: 'nobody' } : request);
    await world.resource(undefined, { kms: { createGrant } }).create(properties(keyArn));
    expect(await grantees()).toEqual([READER]);
    expect(world.clock.now().getTime() - before).toBe(7_000);
  });

  test('ends with the names of the principals when KMS goes on knowing none of them, after two minutes and not before', async () => {
    const before = world.clock.now().getTime();
    await expect(create({ granteePrincipal: 'nobody' })).rejects.toThrow(
      `${keyArn}: AWS KMS does not know a principal of the grant, got grantee nobody, retiring principal ${MAKER} (nobody is not the ARN of a valid principal.); name`,
    );
    const waited = (world.clock.now().getTime() - before) / 1000;
    expect(waited).toBeGreaterThanOrEqual(120);
    expect(waited).toBeLessThan(140);
  });

  test('says that a disabled key takes no grant', async () => {
    await world.kms.send(new DisableKeyCommand({ KeyId: keyArn }));
    await expect(create()).rejects.toMatchObject({ name: 'KeyNotReady', message: expect.stringContaining('is disabled') });
  });

  test('says what KMS has against an operation', async () => {
    await expect(create({ operations: ['Sign'] })).rejects.toMatchObject({ name: 'InvalidRequest', message: expect.stringContaining('Sign') });
  });

  test.each<[string, object]>([
    ['a missing grantee', { granteePrincipal: '' }], ['no operations', { operations: [] }],
  ])('refuses %s before KMS is asked', async (_, changes) => {
    await expect(create(changes)).rejects.toMatchObject({ name: 'InvalidRequest', message: expect.stringContaining('Custom::KmsGrant') });
    expect(await world.grants(keyArn)).toEqual([]);
  });
});

describe('updating', () => {
  test('makes another grant for other terms, and leaves the old one until CloudFormation has it deleted', async () => {
    const old = await create();
    const next = await update(old.physicalResourceId, { granteePrincipal: WRITER });

    expect(next.physicalResourceId).not.toBe(old.physicalResourceId);
    expect(await grantees()).toEqual([READER, WRITER]);
    await remove(old.physicalResourceId);
    expect(await grantees()).toEqual([WRITER]);
  });

  test('that changes nothing keeps the grant, in whatever order the operations come', async () => {
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

  test('and rolling back takes away what an update made that failed all the same', async () => {
    const old = await create();
    loseTheAnswer();
    await expect(update(old.physicalResourceId, { granteePrincipal: WRITER })).rejects.toMatchObject({ name: 'Throttled' });
    world.localKms.faults.clear();
    expect(await grantees()).toEqual([READER, WRITER]);

    expect(await update(old.physicalResourceId)).toEqual(old);
    expect(await grantees()).toEqual([READER]);
  });

  test.each<[string, Partial<GrantRequest>]>([
    ['tags, or how long CloudFormation waits', {}],
    ['the order of operations', { operations: ['Encrypt', 'Decrypt'] }],
  ])('that changes only %s makes no other grant', async (_, changes) => {
    const old = await create({ operations: ['Decrypt', 'Encrypt'] });
    const asked = { ...properties(keyArn, { operations: ['Decrypt', 'Encrypt'], ...changes }), ServiceTimeout: '60', Tags: [{ Key: 'a', Value: 'b' }] as never };
    expect(await world.resource().update({ physicalResourceId: old.physicalResourceId, properties: asked, oldProperties: {} })).toEqual(old);
    expect(await world.grants(keyArn)).toHaveLength(1);
  });

  test('makes the grant again that somebody has revoked', async () => {
    const old = await create();
    await world.kms.send(new RevokeGrantCommand({ KeyId: keyArn, GrantId: old.attributes.GrantId }));
    const next = await update(old.physicalResourceId);
    expect(next.physicalResourceId).not.toBe(old.physicalResourceId);
    expect(await grantees()).toEqual([READER]);
  });

  test('leaves grants of other names alone', async () => {
    const old = await create();
    await world.kms.send(new CreateGrantCommand({ KeyId: keyArn, GranteePrincipal: WRITER, Operations: ['Decrypt'], Name: 'by-hand' }));
    await update(old.physicalResourceId);
    expect(await grantees()).toEqual([READER, WRITER]);
  });
});

describe('deleting', () => {
  test('takes the grant away, and only that one', async () => {
    const { physicalResourceId } = await create();
    await create({ name: 'another', granteePrincipal: WRITER });
    await remove(physicalResourceId);
    expect(await grantees()).toEqual([WRITER]);
  });

  test('twice is as good as once', async () => {
    const { physicalResourceId } = await create();
    await remove(physicalResourceId);
    await expect(remove(physicalResourceId)).resolves.toBeUndefined();
  });

  test('late, when the same terms stand again as another grant, leaves that one alone', async () => {
    const first = await create();
    await remove(first.physicalResourceId);
    await create();
    await remove(first.physicalResourceId);
    expect(await grantees()).toEqual([READER]);
  });

  test('succeeds when somebody has revoked the grant before', async () => {
    const { physicalResourceId, attributes } = await create();
    await world.kms.send(new RevokeGrantCommand({ KeyId: keyArn, GrantId: attributes.GrantId }));
    await expect(remove(physicalResourceId)).resolves.toBeUndefined();
  });

  test('takes the grant from a key that waits for its deletion', async () => {
    const { physicalResourceId } = await create();
    await world.kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyArn }));
    await remove(physicalResourceId);
    expect(await world.grants(keyArn)).toEqual([]);
  });

  test('succeeds when the key is gone', async () => {
    const { physicalResourceId } = await create();
    await world.kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: 7 }));
    world.clock.advance(8 * 24 * 60 * 60_000);
    await expect(remove(physicalResourceId)).resolves.toBeUndefined();
    await expect(remove('made-up-by-CloudFormation')).resolves.toBeUndefined();
  });
});

test.each<[string, () => Promise<void> | undefined]>([
  ['whose failure was told', () => world.resource().undoCreate?.(properties(keyArn))],
  ['whose answer nobody heard', () => remove('Orders-Grant-1ABCDEFGHIJKL')],
])('a create that failed after it had its effect, and %s, leaves no grant behind', async (_, undo) => {
  loseTheAnswer();
  await expect(create()).rejects.toMatchObject({ name: 'Throttled' });
  world.localKms.faults.clear();
  expect(await grantees()).toEqual([READER]);
  await create({ name: 'another', granteePrincipal: WRITER });

  await undo();

  expect(await grantees()).toEqual([WRITER]);
});

test.each<[string, () => Promise<unknown>, string[]]>([
  ['a create', async () => create(), []],
  ['an update', async () => update((await create({ granteePrincipal: WRITER })).physicalResourceId), [WRITER]],
])('%s that hears no answer of KMS takes back at once what it may have made, and nothing else', async (_, ask, left) => {
  world.localKms.faults.set([{ kind: 'answerLost', operation: 'CreateGrant', callNumbers: left.length === 0 ? [1] : [2] }]);
  await expect(ask()).rejects.toMatchObject({ name: 'Throttled' });
  expect(await grantees()).toEqual(left);
});

test('a grant that could not be taken back is told in the log', async () => {
  loseTheAnswer();
  await expect(create()).rejects.toMatchObject({ name: 'Throttled', message: expect.stringContaining('returned no usable response') });
  expect(world.lines.map((line) => JSON.parse(line) as object)).toContainEqual({ level: 'WARN', event: 'grant-may-remain', keyArn });
});

test('an answer that is lost is asked for again, and it is the same grant', async () => {
  world.localKms.faults.set([{ kind: 'answerLost', operation: 'CreateGrant', callNumbers: [1, 2] }]);
  const { attributes } = await world.resource(undefined, { maxAttempts: 4 }).create(properties(keyArn));
  expect(await world.grants(keyArn)).toMatchObject([{ GrantId: attributes.GrantId }]);

  world.localKms.faults.set([{ kind: 'answerLost', operation: 'RevokeGrant', callNumbers: [1] }]);
  await world.resource(undefined, { maxAttempts: 4 }).delete({ physicalResourceId: `${keyArn}/${attributes.GrantId}`, properties: {} });
  expect(await world.grants(keyArn)).toEqual([]);
});

test('grants are found on every page of a list', async () => {
  for (let number = 0; number < 101; number++) {
    await world.kms.send(new CreateGrantCommand({ KeyId: keyArn, GranteePrincipal: WRITER, Operations: ['Decrypt'], Name: `other-${number}` }));
  }
  await create();
  await world.resource().undoCreate?.(properties(keyArn));
  expect(await grantees()).not.toContain(READER);
});
