import { invokeShippedHandler, type Invocation } from '../../../local/cloudformation/shipped-handler';
import { RecordingProxy } from '../../support/recording-proxy';
import { EVENT_MEMBERS, ResponseUrl } from '../../support/response-url';
import { GrantWorld, properties, READER, WRITER } from '../../support/world/grant-world';

/** The handler as it is shipped, in a process of its own: everything that leaves that process is caught here. */
let world: GrantWorld;
let kms: RecordingProxy;
let place: ResponseUrl;
/** Every grant token that KMS has handed out. */
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

interface Ask {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly changes?: Parameters<typeof properties>[1];
}

async function invoke(keyArn: string, { RequestType, PhysicalResourceId, changes }: Ask): Promise<Invocation> {
  const event = {
    ...EVENT_MEMBERS, ResourceType: 'Custom::KmsGrant', RequestType, ResponseURL: place.url, PhysicalResourceId, ResourceProperties: properties(keyArn, changes),
  };
  return invokeShippedHandler('kms-grant', event, {
    AWS_ENDPOINT_URL_KMS: kms.url, AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'maker', AWS_SECRET_ACCESS_KEY: 'not-checked', TIMEOUT_MILLISECONDS: '60000',
  });
}

/** Halves of tokens that were seen: a leak may be cut off. */
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

test('the search finds a token, and half of one', () => {
  tokens = ['first-half-last-half-'];
  for (const way of ['{"GrantToken":"first-half-last-half-"}', 'first-half...', '...last-half-']) expect(tokensIn([Buffer.from('noise'), Buffer.from(way)])).not.toEqual([]);
  expect(tokensIn([Buffer.from('noise')])).toEqual([]);
});

test('the token of a new grant stays with the function: no log, no answer and no later call has it', async () => {
  const keyArn = await world.newKey();
  const invocation = await invoke(keyArn, { RequestType: 'Create' });

  const [grant] = await world.grants(keyArn);
  expect(place.answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: `${keyArn}/${grant?.GrantId}`, Data: { GrantId: grant?.GrantId } });
  expect(Object.keys(place.answer.Data ?? {})).toEqual(['GrantId']);
  expect(tokens).toHaveLength(1);
  expectNothingLeaked(invocation);
});

test.each<[string, string, (keyArn: string) => Promise<Ask>]>([
  ['an update to other terms', 'SUCCESS', async (keyArn) => {
    const { physicalResourceId } = await world.resource().create(properties(keyArn));
    return { RequestType: 'Update', PhysicalResourceId: physicalResourceId, changes: { granteePrincipal: WRITER } };
  }],
  ['an update that changes nothing', 'SUCCESS', async (keyArn) => {
    const { physicalResourceId } = await world.resource().create(properties(keyArn));
    return { RequestType: 'Update', PhysicalResourceId: physicalResourceId };
  }],
  ['an answer of KMS that is lost', 'SUCCESS', async () => {
    world.localKms.faults.set([{ kind: 'answerLost', operation: 'CreateGrant', callNumbers: [1, 2] }]);
    return { RequestType: 'Create' };
  }],
  ['KMS that answers no id', 'FAILED', async () => {
    const hear = kms.tamper;
    kms.tamper = (operation, answer) => {
      const heard = hear(operation, answer);
      return operation === 'CreateGrant' ? Buffer.from(JSON.stringify({ GrantToken: tokens[0] })) : heard;
    };
    return { RequestType: 'Create' };
  }],
  ['an answer of KMS that is cut off', 'FAILED', async () => {
    const hear = kms.tamper;
    kms.tamper = (operation, answer) => operation === 'CreateGrant' ? hear(operation, answer).subarray(0, answer.length - 10) : answer;
    return { RequestType: 'Create' };
  }],
])('%s ends as %s and lets no token out', async (_, status, prepare) => {
  const keyArn = await world.newKey();
  const invocation = await invoke(keyArn, await prepare(keyArn));
  expect(place.answer.Status).toBe(status);
  expect(tokens).not.toEqual([]);
  expectNothingLeaked(invocation);
});

test.each<[string, Partial<Parameters<typeof properties>[1]>]>([
  ['a grant of what the key cannot do', { operations: ['Sign'] }], ['no operations', { operations: [] }],
])('%s is told as a failure, without a credential', async (_, changes) => {
  const invocation = await invoke(await world.newKey(), { RequestType: 'Create', changes });
  expect(place.answer.Status).toBe('FAILED');
  expectNothingLeaked(invocation);
});

test('deleting asks for the grant by its id, and brings no token', async () => {
  const keyArn = await world.newKey();
  const { physicalResourceId } = await world.resource().create(properties(keyArn, { granteePrincipal: READER }));
  const invocation = await invoke(keyArn, { RequestType: 'Delete', PhysicalResourceId: physicalResourceId });
  expect(place.answer.Status).toBe('SUCCESS');
  expect(await world.grants(keyArn)).toEqual([]);
  expect(kms.sent.filter((part) => part.includes('GrantToken'))).toEqual([]);
  expectNothingLeaked(invocation);
});
