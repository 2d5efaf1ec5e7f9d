import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { KmsGrants } from '../../../lambda/adapters/kms/kms-grants';
import { KmsKeyMaterial } from '../../../lambda/adapters/kms/kms-key-material';
import { KmsReEncryption } from '../../../lambda/adapters/kms/kms-reencryption';
import { callAws } from '../../../lambda/adapters/sdk/sdk-errors';
import { workerKmsClient } from '../../../lambda/adapters/sdk/worker-clients';
import { SecretsManagerMaterial } from '../../../lambda/adapters/secrets-manager';
import { controlFunction } from '../../../lambda/control/control-function';
import { keyMaterialResource } from '../../../lambda/key-material/key-material-resource';
import { kmsGrantResource } from '../../../lambda/kms-grant/kms-grant-resource';
import { workerFunction } from '../../../lambda/reencrypt/worker-function';
import { customResource, type CustomResourceEvent } from '../../../lambda/runtime/custom-resource';
import { beforeDeadline, duringInvocation, InvocationEnded, unlessEnded } from '../../../lambda/runtime/invocation';
import { jsonLog } from '../../../lambda/runtime/log';
import { SYSTEM_CLOCK } from '../../../lambda/runtime/system-clock';
import { EvidenceInMemory } from '../../../local/evidence/evidence-in-memory';
import { STEP_SCHEMA } from '../../../src/contract/runs/function-steps';
import { EVENT_MEMBERS, ResponseUrl } from '../../support/response-url';
import { aRetiringFamily } from '../../support/world/a-retiring-generation';

/** A step that waits until it is released, as a call does whose environment is frozen. */
function held<T>(value: T) {
  let release: () => void = () => undefined;
  const released = new Promise<T>((resolve) => { release = () => resolve(value); });
  return { released, release };
}

/** Every continuation that a released step has is run when a timer of 0 fires. */
const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('work whose invocation has ended', () => {
  test('performs no call after the deadline, and ends what it wipes in its finally blocks', async () => {
    const done: string[] = [];
    const step = held('read');
    const work = async () => {
      try {
        done.push(await step.released);
        await unlessEnded(async () => done.push('written'));
      } finally {
        done.push('wiped');
      }
    };
    let outcome: unknown;
    await beforeDeadline(0, () => work().catch((error) => { outcome = error; }), () => undefined);
    step.release();
    await settled();
    expect(done).toEqual(['read', 'wiped']);
    expect(outcome).toBeInstanceOf(InvocationEnded);
  });

  test('performs no call after its answer: a part of it that was still running', async () => {
    const done: string[] = [];
    const step = held(undefined);
    const slow = async () => {
      await step.released;
      await callAws('AWS', 'here', {}, async () => done.push('written'));
    };
    const work = () => Promise.all([slow(), Promise.reject(new Error('the other part has failed'))]);
    await expect(duringInvocation(work)).rejects.toThrow('the other part has failed');
    step.release();
    await settled();
    expect(done).toEqual([]);
  });

  test('learns nothing from a call that was interrupted', async () => {
    const step = held('an answer from long ago');
    const learned: unknown[] = [];
    const work = () => unlessEnded(() => step.released).then((answer) => learned.push(answer)).catch(() => undefined);
    await beforeDeadline(0, work, () => undefined);
    step.release();
    await settled();
    expect(learned).toEqual([]);
  });

  test('does not stop the work of the next invocation', async () => {
    await duringInvocation(async () => undefined);
    await expect(duringInvocation(() => unlessEnded(async () => 'done'))).resolves.toBe('done');
  });

  test('does not wait on', async () => {
    let waiting: Promise<unknown> = Promise.resolve();
    await duringInvocation(async () => { waiting = SYSTEM_CLOCK.sleep(0); });
    await expect(waiting).rejects.toBeInstanceOf(InvocationEnded);
  });

  test('sends no retry of a call that was interrupted', async () => {
    const step = held(undefined);
    let attempts = 0;
    const requestHandler = {
      handle: async () => {
        attempts += 1;
        await step.released;
        throw Object.assign(new Error('the connection was lost in the frozen environment'), { name: 'TimeoutError' });
      },
    };
    const client = workerKmsClient(1, {
      region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, requestHandler: requestHandler as never,
    });
    let outcome: unknown;
    const work = () => new KmsReEncryption(client).mayReEncrypt('one', 'other').catch((error) => { outcome = error; });
    await duringInvocation(async () => {
      void work();
      while (attempts === 0) await settled();
    });
    step.release();
    while (outcome === undefined) await settled();
    expect([attempts, outcome]).toEqual([1, expect.any(InvocationEnded)]);
  });
});

test('every client in the entry point of a function is stoppable', () => {
  const entries = readdirSync('lambda', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.lambda.ts'));
  const created = entries.flatMap((name) => readFileSync(join('lambda', name), 'utf8').match(/.{0,10}new [A-Za-z0-9]+Client\(/g) ?? []);
  expect(created.length).toBeGreaterThan(4);
  expect(created.filter((text) => !text.includes('stoppable(new'))).toEqual([]);
});

/** Answers of AWS after which each function continues with another call. */
const ANSWERS: { readonly [command: string]: object } = {
  ListAliasesCommand: { Aliases: [] },
  DescribeKeyCommand: {
    KeyMetadata: { KeyId: 'key', Arn: 'arn', KeyState: 'PendingImport', Origin: 'EXTERNAL', KeySpec: 'SYMMETRIC_DEFAULT', CreationDate: new Date(0) },
  },
  ListGrantsCommand: { Grants: [] },
};

/** A client whose first call is answered only when it is released. */
function heldClient() {
  const sent: string[] = [];
  const step = held(undefined);
  // The SDK's own paginators accept an instance of the client only.
  const client = Object.assign(Object.create(KMSClient.prototype) as KMSClient, {
    send: async ({ constructor: { name } }: object) => {
      sent.push(name);
      await step.released;
      return ANSWERS[name] ?? {};
    },
  });
  return { client, sent, release: step.release };
}

type Client = ReturnType<typeof heldClient>['client'];

const log = jsonLog(() => undefined);
const clock = { now: () => new Date(0), sleep: async () => undefined };

/** The functions that answer CloudFormation, with a request that needs several calls. */
const RESOURCES: { readonly [name: string]: readonly [handler: (client: Client) => unknown, properties: object] } = {
  'control': [(client) => controlFunction({
    kms: new KmsKeyFamily(client),
    material: new KmsKeyMaterial(client),
    secret: new SecretsManagerMaterial(client as unknown as SecretsManagerClient),
    machines: { start: async () => 'started', runningExecutions: async () => [] },
    evidence: new EvidenceInMemory(),
    clock,
    log,
  }), { Family: JSON.stringify(aRetiringFamily()) }],
  'key material': [(client) => customResource(keyMaterialResource({
    kms: new KmsKeyMaterial(client), secrets: new SecretsManagerMaterial(client as unknown as SecretsManagerClient), clock, log,
  }), { clock, log }), {
    KeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1',
    SecretArn: 'secret',
    SecretEncoding: 'binary',
    Expiration: 'never',
    WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    WrappingKeySpec: 'RSA_4096',
  }],
  'KMS grant': [(client) => customResource(kmsGrantResource({ kms: new KmsGrants(client), clock, log }), { clock, log }), {
    KeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1',
    GranteePrincipal: 'arn:aws:iam::111122223333:role/a',
    RetiringPrincipal: 'arn:aws:iam::111122223333:role/b',
    Operations: ['Decrypt'],
    Name: 'one',
  }],
};

describe('a function that has answered FAILED because its time has ended performs no further call when it is thawed', () => {
  test.each(Object.keys(RESOURCES))('%s', async (name) => {
    const [handlerOf, properties] = RESOURCES[name]!;
    const place = await ResponseUrl.open();
    try {
      const { client, sent, release } = heldClient();
      const event: CustomResourceEvent = { RequestType: 'Create', ResponseURL: place.url, ResourceProperties: properties as never, ...EVENT_MEMBERS };
      const handler = handlerOf(client) as ReturnType<typeof customResource>;
      await handler(event, { getRemainingTimeInMillis: () => 15_000 });
      expect(place.answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('ran out of time') });
      expect(sent).toHaveLength(1);
      release();
      await settled();
      expect(sent).toHaveLength(1);
    } finally {
      await place.close();
    }
  });
});

describe('a function that has answered a state machine performs no further call when it is thawed', () => {
  test('worker', async () => {
    const { client, sent, release } = heldClient();
    const kms = new KmsReEncryption(client);
    const handler = workerFunction({
      kms: { mayReEncrypt: async () => 'allowed', reEncrypt: kms.reEncrypt.bind(held), tryReEncrypt: kms.tryReEncrypt.bind(held) },
      openStore: async ({ storeId }) => {
        if (storeId === 'fails') throw new Error('this store cannot be opened');
        await kms.mayReEncrypt('one', 'other').catch(() => undefined);
        await kms.mayReEncrypt('one', 'other');
        throw new Error('not reached');
      },
      evidence: new EvidenceInMemory(),
      clock,
      log,
    });
    const store = { kind: 'dynamodb-table', shards: 1 };
    const stores = [{ ...store, storeId: 'slow' }, { ...store, storeId: 'fails' }];
    const generations = { current: 'one', all: ['one'] };
    await expect(handler({ schema: STEP_SCHEMA, step: 'pre-flight', family: 'alias/orders', stores, generations })).rejects.toThrow();
    expect(sent).toHaveLength(1);
    release();
    await settled();
    expect(sent).toHaveLength(1);
  });
});
