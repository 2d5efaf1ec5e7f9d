import { GrantWorld, properties } from '../../support/world/grant-world';

/** AWS Lambda delivers an event at least once: sometimes twice, and the second time after later events. */
let world: GrantWorld;
let keyArn: string;

beforeAll(async () => { world = await GrantWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => { keyArn = await world.newKey(); });

const create = () => world.resource().create(properties(keyArn));
const update = (physicalResourceId: string, changes = {}) =>
  world.resource().update({ physicalResourceId, properties: properties(keyArn, changes), oldProperties: {} });
const remove = (physicalResourceId: string) => world.resource().delete({ physicalResourceId, properties: properties(keyArn) });

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
