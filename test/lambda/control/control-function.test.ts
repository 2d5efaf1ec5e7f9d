import { controlFunction } from '../../../lambda/control/control-function';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../../src/contract/family/rotating-key-resource';
import { STEP_SCHEMA } from '../../../src/contract/runs/function-steps';
import { EVENT_MEMBERS, ResponseUrl } from '../../support/response-url';
import { aFamilyDescription } from '../../support/world/a-family-description';
import { ControlWorld, MACHINE } from '../../support/world/control-world';

const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };

async function errorOf(outcome: Promise<unknown>): Promise<Error> {
  return outcome.then(() => { throw new Error('it did not fail'); }, (error: Error) => error);
}

let world: ControlWorld;
beforeAll(async () => {
  world = await ControlWorld.open();
});
afterAll(() => world.close());

test('a request that is not valid is refused and logged', async () => {
  const event = { schema: STEP_SCHEMA, step: 'fence', family: aFamilyDescription(), machine: MACHINE, run: null };
  const message = expect.stringMatching(/^control function, step fence, member run: value is missing, got null; allowed: an object; /);
  await expect(controlFunction(world.ports)(event, CONTEXT)).rejects.toMatchObject({ name: 'InvalidRequest', message });
  expect(JSON.parse(world.lines.at(-1) ?? '')).toEqual({ level: 'ERROR', event: 'failed', error: 'InvalidRequest', reason: message });
});

test('the plan refuses an absent input', async () => {
  const event = { schema: STEP_SCHEMA, step: 'plan', family: world.description, execution: 'run-1', startedAt: world.now, machine: MACHINE };
  await expect(controlFunction(world.ports)(event, CONTEXT)).rejects.toMatchObject({
    name: 'InvalidRequest', message: expect.stringMatching(/^rotation of alias\/orders: input is not a JSON object/),
  });
});

test('an error of AWS is thrown with its name and text only', async () => {
  const event = {
    schema: STEP_SCHEMA,
    step: 'create-generation',
    machine: MACHINE,
    run: await world.plan('run-1'),
    family: { ...world.description, policyDocument: '{"Statement":[{"Sid":"WithoutEffect"}]}' },
  };
  const error = await errorOf(controlFunction(world.ports)(event, CONTEXT));
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: 'InvalidRequest', problem: expect.objectContaining({ given: expect.stringMatching(/^MalformedPolicyDocumentException/) }),
  });
});

test('an unexpected error is reported by its name only', async () => {
  const kms = Object.assign(Object.create(world.ports.kms), { listAliases: async () => { throw new RangeError('key bytes 0xC0FFEE'); } });
  const event = { schema: STEP_SCHEMA, step: 'plan', family: world.description, execution: 'run-1', startedAt: world.now, machine: MACHINE, input: {} };
  const error = await errorOf(controlFunction({ ...world.ports, kms })(event, CONTEXT));
  expect(`${error.name} ${error.message} ${JSON.stringify(error)} ${String(error.cause)}`).not.toMatch(/C0FFEE/);
  expect(error.message).toBe('unexpected RangeError; the log of the function shows where');
  expect(world.lines.join()).not.toMatch(/C0FFEE/);
});

describe('a request of CloudFormation', () => {
  let place: ResponseUrl;
  beforeEach(async () => {
    place = await ResponseUrl.open();
  });
  afterEach(() => place.close());

  const update = (family: string) => controlFunction(world.ports)({
    ...EVENT_MEMBERS,
    RequestType: 'Update',
    ResourceType: ROTATING_KEY_RESOURCE_TYPE,
    PhysicalResourceId: 'alias/orders',
    ResponseURL: place.url,
    ResourceProperties: { Family: family },
    OldResourceProperties: { Family: family },
  }, CONTEXT);

  test('is performed, and its result is sent to CloudFormation only', async () => {
    expect(await update(JSON.stringify(world.description))).toBeUndefined();
    expect(place.answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'alias/orders', Data: { AliasName: 'alias/orders' } });
  });

  test('is refused with a response, because the stack would wait for a response after an error', async () => {
    await update('nonsense');
    expect(place.answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/^InvalidRequest: property Family/) });
  });
});
