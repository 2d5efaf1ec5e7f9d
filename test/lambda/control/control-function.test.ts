import { controlFunction } from '../../../lambda/control/control-function';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../../src/contract/family/rotating-key-resource';
import { STEP_SCHEMA } from '../../../src/contract/runs/function-steps';
import { EVENT_MEMBERS, ResponseUrl } from '../../support/response-url';
import { ControlWorld, MACHINE } from '../../support/world/control-world';

const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };

let world: ControlWorld;
beforeAll(async () => {
  world = await ControlWorld.open();
});
afterAll(() => world.close());

test('a request that is not valid is refused and logged', async () => {
  const event = { schema: STEP_SCHEMA, step: 'fence', family: {}, machine: MACHINE, run: null };
  const message = expect.stringMatching(/^control function, step fence, member run: value is missing, got null; allowed: an object; /);
  await expect(controlFunction(world.ports)(event, CONTEXT)).rejects.toMatchObject({ name: 'InvalidRequest', message });
  expect(JSON.parse(world.lines.at(-1) ?? '')).toEqual({ level: 'ERROR', event: 'failed', error: 'InvalidRequest', reason: message });
});

test('a plan without input is refused by the plan', async () => {
  const event = { schema: STEP_SCHEMA, step: 'plan', family: world.description, execution: 'run-1', machine: MACHINE };
  await expect(controlFunction(world.ports)(event, CONTEXT)).rejects.toMatchObject({
    name: 'InvalidRequest', message: expect.stringMatching(/^rotation of alias\/orders: input is not a JSON object/),
  });
});

test('what is refused keeps its name and its words, and nothing of what AWS answered besides them', async () => {
  const event = {
    schema: STEP_SCHEMA,
    step: 'create-generation',
    machine: MACHINE,
    run: await world.plan('run-1'),
    family: { ...world.description, policyDocument: '{"Statement":[{"Sid":"WithoutEffect"}]}' },
  };
  const error: Error = await controlFunction(world.ports)(event, CONTEXT).then(() => { throw new Error('it must fail'); }, (reason) => reason);
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: 'InvalidRequest', problem: expect.objectContaining({ given: expect.stringMatching(/^MalformedPolicyDocumentException/) }),
  });
});

test('an error that nobody foresaw is told by its name alone', async () => {
  const kms = Object.assign(Object.create(world.ports.kms), { listAliases: async () => { throw new RangeError('key bytes 0xC0FFEE'); } });
  const event = { schema: STEP_SCHEMA, step: 'plan', family: world.description, execution: 'run-1', machine: MACHINE, input: {} };
  const error: Error = await controlFunction({ ...world.ports, kms })(event, CONTEXT).then(() => { throw new Error('it must fail'); }, (reason) => reason);
  expect(`${error.name} ${error.message} ${JSON.stringify(error)} ${String(error.cause)}`).not.toMatch(/C0FFEE/);
  expect(error.message).toBe('unexpected RangeError; the log of the function shows where');
  expect(world.lines.join()).not.toMatch(/C0FFEE/);
});

describe('what CloudFormation asks', () => {
  let place: ResponseUrl;
  beforeEach(async () => {
    place = await ResponseUrl.open();
  });
  afterEach(() => place.close());

  const ask = (family: string) => controlFunction(world.ports)({
    ...EVENT_MEMBERS,
    RequestType: 'Update',
    ResourceType: ROTATING_KEY_RESOURCE_TYPE,
    PhysicalResourceId: 'alias/orders',
    ResponseURL: place.url,
    ResourceProperties: { Family: family },
    OldResourceProperties: { Family: family },
  }, CONTEXT);

  test('is done, and answered to CloudFormation alone', async () => {
    expect(await ask(JSON.stringify(world.description))).toBeUndefined();
    expect(place.answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'alias/orders', Data: { AliasName: 'alias/orders' } });
  });

  test('is refused in an answer, and not by an error: the stack would hang', async () => {
    await ask('nonsense');
    expect(place.answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/^InvalidRequest: property Family/) });
  });
});
