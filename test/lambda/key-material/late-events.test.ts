import { keyMaterialResource } from '../../../lambda/key-material/key-material-resource';
import { encodeImport, type RequestedExpiration } from '../../../src/contract/requests/import-request';
import { DAY, ImportWorld, START, type ImportCase } from '../../support/world/import-world';

/** AWS Lambda delivers an event at least once: sometimes twice, and the second time after later events. */
let world: ImportWorld;
let oneKey: ImportCase;

beforeAll(async () => { world = await ImportWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => { oneKey = await world.newCase(); });

const MINUTE = 60_000;
const SHORT: RequestedExpiration = { kind: 'after', seconds: 30 * DAY / 1000 };
const LONG: RequestedExpiration = { kind: 'after', seconds: 300 * DAY / 1000 };

/** Delivers an event for the first time, and returns how to deliver it again. */
async function deliver(requestType: 'Create' | 'Update', expiration: RequestedExpiration, dated = true) {
  const sentAt = new Date(Math.floor(world.clock.now().getTime() / 1000) * 1000);
  const event = { requestId: 'one', requestType, stackName: 'Orders', logicalId: 'Material', sentAt: dated ? sentAt : undefined };
  const properties = { ...encodeImport(oneKey.request({ expiration })) };
  const perform = () => {
    const resource = keyMaterialResource(world.ports());
    return requestType === 'Create' ? resource.create(properties, event)
      : resource.update({ physicalResourceId: 'x', properties, oldProperties: {} }, event);
  };
  await perform();
  world.clock.advance(MINUTE);
  return perform;
}

const expiry = async () => (await oneKey.key()).ValidTo?.getTime() ?? Number.NaN;

test.each(['Create', 'Update'] as const)('a %s that is delivered again does not restore an expiry that a later Update has changed', async (type) => {
  const again = await deliver(type, SHORT);
  await deliver('Update', LONG);
  const extended = await expiry();
  await expect(again()).rejects.toMatchObject({
    name: 'RunSuperseded',
    message: expect.stringMatching(/event of CloudFormation was delivered again after a later one, so nothing was changed, got sent at 20/),
  });
  expect(await expiry()).toBe(extended);
  expect(extended - START.getTime()).toBeGreaterThan(299 * DAY);
});

test('an event that is delivered again before a later one has the same result', async () => {
  const again = await deliver('Create', SHORT);
  const [before, result] = [await expiry(), await again()];
  expect([await expiry(), result.attributes.ValidTo]).toEqual([before, new Date(before).toISOString()]);
});

test('the rollback of an Update that has changed the expiry restores it', async () => {
  await deliver('Create', LONG);
  const first = await expiry();
  await deliver('Update', SHORT);
  await deliver('Update', LONG);
  expect(Math.abs(await expiry() - first)).toBeLessThan(10 * MINUTE);
});

test('an event whose time is unknown is performed, and records none', async () => {
  await deliver('Create', LONG, false);
  await deliver('Update', SHORT, false);
  expect((await oneKey.materials()).map(({ KeyMaterialDescription }) => KeyMaterialDescription)).toEqual([
    `secret-version:${oneKey.firstVersion} secret:${oneKey.secretArn}`,
  ]);
});
