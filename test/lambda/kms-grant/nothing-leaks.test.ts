import { invokeShippedHandler, type Invocation } from '../../../local/cloudformation/shipped-handler';
import { AN_EVENT } from '../../support/an-event';
import { RecordingProxy } from '../../support/recording-proxy';
import { EVENT_MEMBERS, ResponseUrl } from '../../support/response-url';
import { GrantWorld, properties, READER, WRITER } from '../../support/world/grant-world';

/** The handler as it is shipped, in a separate process. The test records everything that leaves that process. */
let world: GrantWorld;
let kms: RecordingProxy;
let place: ResponseUrl;
/** Every grant token that KMS returned. */
let tokens: string[];

beforeAll(async () => { world = await GrantWorld.open(); });
afterAll(async () => world.close());
beforeEach(async () => {
  world.localKms.faults.clear();
  kms = await RecordingProxy.before(world.localKms.endpoint);
  place = await ResponseUrl.open();
  tokens = [];
  kms.tamper = (_, answer) => {
    const { GrantToken } = (answer.length === 0 ? {} : JSON.parse(answer.toString())) as { GrantToken?: string };
    if (GrantToken !== undefined) tokens.push(GrantToken);
    return answer;
  };
});
afterEach(async () => { await Promise.all([kms.close(), place.close()]); });

interface Request {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly changes?: Parameters<typeof properties>[1];
}

async function invoke(keyArn: string, { RequestType, PhysicalResourceId, changes }: Request): Promise<Invocation> {
  const event = {
    ...EVENT_MEMBERS,
    ResourceType: 'Custom::KmsGrant',
    RequestType,
    ResponseURL: place.url,
    PhysicalResourceId,
    ResourceProperties: properties(keyArn, changes),
  };
  return invokeShippedHandler('kms-grant', event, {
    AWS_ENDPOINT_URL_KMS: kms.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'maker',
    AWS_SECRET_ACCESS_KEY: 'not-checked',
    TIMEOUT_MILLISECONDS: '60000',
  });
}

/** Halves of tokens that were found: a leaked token may be truncated. */
function tokensIn(parts: readonly Buffer[]): string[] {
  const halves = tokens.flatMap((token) => {
    const middle = Math.floor(token.length / 2);
    return [token.slice(0, middle), token.slice(middle + 1)];
  });
  return halves.filter((half) => parts.some((part) => part.includes(half)));
}

function expectNothingLeaked({ output }: Invocation): void {
  const left = [Buffer.from(output), ...place.delivered.map(({ body }) => Buffer.from(body)), ...kms.sent];
  expect(tokensIn(left)).toEqual([]);
  expect(left.filter((part) => /presigned-secret|X-Amz-Signature=/.test(part.toString('latin1')))).toEqual([]);
}

test('the search finds a token, and half of a token', () => {
  tokens = ['first-half-last-half-'];
  for (const way of ['{"GrantToken":"first-half-last-half-"}', 'first-half...', '...last-half-']) {
    expect(tokensIn([Buffer.from('noise'), Buffer.from(way)])).not.toEqual([]);
  }
  expect(tokensIn([Buffer.from('noise')])).toEqual([]);
});

test('the token of a new grant does not leave the function: no log, response or later call contains it', async () => {
  const keyArn = await world.newKey();
  const invocation = await invoke(keyArn, { RequestType: 'Create' });

  const [grant] = await world.grants(keyArn);
  expect(place.answer).toMatchObject({
    Status: 'SUCCESS',
    PhysicalResourceId: `${keyArn}/${grant?.GrantId}`,
    Data: { GrantId: grant?.GrantId },
  });
  expect(Object.keys(place.answer.Data ?? {})).toEqual(['GrantId']);
  expect(tokens).toHaveLength(1);
  expectNothingLeaked(invocation);
});

test.each<[string, string, (keyArn: string) => Promise<Request>]>([
  ['an Update to other terms', 'SUCCESS', async (keyArn) => {
    const { physicalResourceId } = await world.resource().create(properties(keyArn), AN_EVENT);
    return { RequestType: 'Update', PhysicalResourceId: physicalResourceId, changes: { granteePrincipal: WRITER } };
  }],
  ['an Update without a change', 'SUCCESS', async (keyArn) => {
    const { physicalResourceId } = await world.resource().create(properties(keyArn), AN_EVENT);
    return { RequestType: 'Update', PhysicalResourceId: physicalResourceId };
  }],
  ['a lost response of KMS', 'SUCCESS', async () => {
    world.localKms.faults.set([{ kind: 'answerLost', operation: 'CreateGrant', callNumbers: [1, 2] }]);
    return { RequestType: 'Create' };
  }],
  ['a response of KMS without an id', 'FAILED', async () => {
    const record = kms.tamper;
    kms.tamper = (operation, answer) => {
      const recorded = record(operation, answer);
      return operation === 'CreateGrant' ? Buffer.from(JSON.stringify({ GrantToken: tokens[0] })) : recorded;
    };
    return { RequestType: 'Create' };
  }],
  ['a truncated response of KMS', 'FAILED', async () => {
    const record = kms.tamper;
    kms.tamper = (operation, answer) => operation === 'CreateGrant' ? record(operation, answer).subarray(0, answer.length - 10) : answer;
    return { RequestType: 'Create' };
  }],
])('%s ends as %s and leaks no token', async (_, status, prepare) => {
  const keyArn = await world.newKey();
  const invocation = await invoke(keyArn, await prepare(keyArn));
  expect(place.answer.Status).toBe(status);
  expect(tokens).not.toEqual([]);
  expectNothingLeaked(invocation);
});

test.each<[string, Partial<Parameters<typeof properties>[1]>]>([
  ['an operation that the key does not support', { operations: ['Sign'] }], ['no operations', { operations: [] }],
])('%s is reported as a failure, without a credential', async (_, changes) => {
  const invocation = await invoke(await world.newKey(), { RequestType: 'Create', changes });
  expect(place.answer.Status).toBe('FAILED');
  expectNothingLeaked(invocation);
});

test('a Delete sends the grant id and no token', async () => {
  const keyArn = await world.newKey();
  const { physicalResourceId } = await world.resource().create(properties(keyArn, { granteePrincipal: READER }), AN_EVENT);
  const invocation = await invoke(keyArn, { RequestType: 'Delete', PhysicalResourceId: physicalResourceId });
  expect(place.answer.Status).toBe('SUCCESS');
  expect(await world.grants(keyArn)).toEqual([]);
  expect(kms.sent.filter((part) => part.includes('GrantToken'))).toEqual([]);
  expectNothingLeaked(invocation);
});
