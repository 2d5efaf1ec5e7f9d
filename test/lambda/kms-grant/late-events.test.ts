import type { DeploymentEvent } from '../../../lambda/runtime/deployment-event';
import { AN_EVENT } from '../../support/an-event';
import { GrantWorld, properties, WRITER } from '../../support/world/grant-world';

/** AWS Lambda delivers an event at least once: sometimes twice, and the second time after later events. */
let world: GrantWorld;
let keyArn: string;

beforeAll(async () => { world = await GrantWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => { keyArn = await world.newKey(); });

const create = () => world.resource().create(properties(keyArn), AN_EVENT);
const update = (physicalResourceId: string, changes = {}) =>
  world.resource().update({ physicalResourceId, properties: properties(keyArn, changes), oldProperties: {} }, AN_EVENT);
const remove = (physicalResourceId: string) => world.resource().delete({ physicalResourceId, properties: properties(keyArn) }, AN_EVENT);

const both = { operations: ['Decrypt', 'Encrypt'] };

test('an event that is repeated after an update creates no grant: no event would delete it', async () => {
  const first = await create();
  const second = await update(first.physicalResourceId, both);
  await remove(first.physicalResourceId);

  await expect(create()).rejects.toMatchObject({
    name: 'VerificationFailed',
    message: expect.stringContaining('a later deployment has created another grant'),
  });
  expect((await world.grants(keyArn)).map(({ GrantId }) => `${keyArn}/${GrantId}`)).toEqual([second.physicalResourceId]);
});

test('an event that is repeated after two updates creates no grant', async () => {
  const first = await create();
  const second = await update(first.physicalResourceId, { operations: ['Encrypt'] });
  await remove(first.physicalResourceId);
  const third = await update(second.physicalResourceId, both);
  await remove(second.physicalResourceId);

  await expect(update(first.physicalResourceId, { operations: ['Encrypt'] })).rejects.toMatchObject({ name: 'VerificationFailed' });
  expect((await world.grants(keyArn)).map(({ GrantId }) => `${keyArn}/${GrantId}`)).toEqual([third.physicalResourceId]);
});

test('an event that is repeated while both the old and the new grant exist has the same result', async () => {
  const first = await create();
  const second = await update(first.physicalResourceId, both);
  expect(await create()).toEqual(first);
  expect(await update(first.physicalResourceId, both)).toEqual(second);
  expect(await world.grants(keyArn)).toHaveLength(2);
});

test('an Update that is repeated after its old grant was deleted has the same result', async () => {
  const first = await create();
  const second = await update(first.physicalResourceId, both);
  await remove(first.physicalResourceId);
  expect(await update(first.physicalResourceId, both)).toEqual(second);
  await remove(first.physicalResourceId);
  expect(await world.grants(keyArn)).toHaveLength(1);
});

describe('an event that is repeated keeps a grant that was created after it was sent:', () => {
  const sent = (requestType: DeploymentEvent['requestType'], sentAt?: Date): DeploymentEvent =>
    ({ requestId: 'one', requestType, stackName: 'Orders', logicalId: 'Grant', sentAt });
  const undo = (event: DeploymentEvent) => world.resource().undoCreate?.(properties(keyArn), event);
  const grantIds = async () => (await world.grants(keyArn)).map(({ GrantId }) => `${keyArn}/${GrantId}`).sort();

  test('the Delete of a failed creation', async () => {
    const deletion = sent('Delete', world.clock.now());
    await undo(deletion);
    world.clock.advance(60_000);
    const { physicalResourceId } = await create();
    await undo(deletion);
    expect(await grantIds()).toEqual([physicalResourceId]);
    expect(world.lines.map((line) => JSON.parse(line) as object)).toContainEqual(
      { level: 'WARN', event: 'later-grant-retained', keyArn, grantId: physicalResourceId.slice(keyArn.length + 1) });
  });

  test('the rollback of an Update', async () => {
    const first = await create();
    const rollback = sent('Update', world.clock.now());
    const rollBack = () => world.resource().update({
      physicalResourceId: first.physicalResourceId, properties: properties(keyArn), oldProperties: {},
    }, rollback);
    expect(await rollBack()).toEqual(first);
    world.clock.advance(60_000);
    const second = await update(first.physicalResourceId, { granteePrincipal: WRITER });
    expect(await rollBack()).toEqual(first);
    expect(await grantIds()).toEqual([first.physicalResourceId, second.physicalResourceId].sort());
  });

  test.each([['in the second in which it was created', () => world.clock.now()], ['at an unknown time', () => undefined]])(
    'but not one of the creation itself, if the Delete was sent %s', async (_, sentAt) => {
      await create();
      await undo(sent('Delete', sentAt()));
      expect(await grantIds()).toEqual([]);
    });
});
