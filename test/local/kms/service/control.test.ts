import { LocalKmsControl } from '../../../../local/kms/service/control/local-kms-control';
import { aKey, aLocalKms, decryptText, encryptText, MINUTE, refusalOf, REGION, THE_BEGINNING } from '../local-kms-bench';

async function aControlledKms() {
  const bench = await aLocalKms();
  return { ...bench, control: new LocalKmsControl(bench.server.endpoint) };
}

async function ask(endpoint: string, method: string, path: string, body?: string): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(`${endpoint}${path}`, { method, body });
  return { status: response.status, answer: await response.json() };
}

test('the clock is read and moved', async () => {
  const { server, control } = await aControlledKms();
  expect(await control.clock.now()).toEqual(THE_BEGINNING);
  await control.clock.advance(MINUTE);
  expect(server.clock.now()).toEqual(new Date('2026-01-01T00:01:00Z'));
  await control.clock.set(new Date('2026-06-01T00:00:00Z'));
  expect(await control.clock.now()).toEqual(new Date('2026-06-01T00:00:00Z'));
  expect(await refusalOf(control.clock.set(THE_BEGINNING))).toMatch(
    /^InvalidRequest: VirtualClock: the clock cannot go back, got -\d+ ms; allowed: 0 ms or more; /,
  );
});

test('faults are set, in either form, and cleared', async () => {
  const { kms, control } = await aControlledKms();
  await control.faults.set(['throttle:#1:ListKeys', { kind: 'internalError', operation: 'CreateKey' }]);
  expect(await control.faults.rules()).toEqual([
    { kind: 'throttle', callNumbers: [1], operation: 'ListKeys' }, { kind: 'internalError', operation: 'CreateKey' },
  ]);
  expect(await refusalOf(kms.listKeys({}))).toMatch(/^ThrottlingException/);
  expect(await refusalOf(kms.createKey({}))).toMatch(/^KMSInternalException/);
  await control.faults.clear();
  expect(await control.faults.rules()).toEqual([]);
  await aKey(kms);
  expect(await refusalOf(control.faults.set(['throtle']))).toMatch(
    /^InvalidRequest: fault throtle: fault has an unknown kind, got throtle; /,
  );
});

test('changes take their configured delay, until a reset', async () => {
  const { kms, control } = await aControlledKms();
  const { KeyId } = await aKey(kms);
  await control.delays.set({ aliasMilliseconds: MINUTE });
  expect(await control.delays.settings()).toEqual(
    {
      replicationMilliseconds: 0,
      aliasMilliseconds: MINUTE,
      policyMilliseconds: 0,
      grantMilliseconds: 0,
      readMilliseconds: 0,
      usageMilliseconds: 0,
    });

  await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: KeyId });
  expect(await refusalOf(kms.describeKey({ KeyId: 'alias/orders' }))).toMatch(/^NotFoundException/);
  await control.clock.advance(MINUTE);
  await kms.describeKey({ KeyId: 'alias/orders' });

  expect(await refusalOf(control.delays.set({ tagMilliseconds: 1 } as object))).toMatch(
    /^InvalidRequest: delays: the delay does not exist, got tagMilliseconds/,
  );
  await control.reset();
  expect(await control.delays.settings()).toMatchObject({ aliasMilliseconds: 0 });
});

test('delays can be set at the start', async () => {
  const { server } = await aLocalKms({ delays: { aliasMilliseconds: MINUTE } });
  expect(await new LocalKmsControl(server.endpoint).delays.settings()).toMatchObject({ aliasMilliseconds: MINUTE, grantMilliseconds: 0 });
  await expect(aLocalKms({ delays: { aliasMilliseconds: -1 } })).rejects.toThrow('aliasMilliseconds: is not a duration, got -1 ms');
});

test('quotas are enforced and lifted', async () => {
  const { kms, control } = await aControlledKms();
  expect(await control.quotas.settings()).toBeUndefined();
  await control.quotas.enforce({ profile: REGION, rates: { ListKeys: 0 } });
  expect(await control.quotas.settings()).toEqual({ profile: REGION, rates: { ListKeys: 0 } });
  expect(await refusalOf(kms.listKeys({}))).toMatch(/^ThrottlingException/);
  await control.quotas.lift();
  await kms.listKeys({});
  expect(await refusalOf(control.quotas.enforce({ profile: 'Frankfurt' }))).toMatch(
    /^InvalidRequest: quotas: profile is not the name of a Region/,
  );
});

test('policies are enforced and removed, and the principals stay known', async () => {
  const { as, control } = await aControlledKms();
  const [reader, writer] = [as('reader'), as('writer')];
  const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
  const identityPolicies = {
    [role('writer')]: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }] }],
  };
  const policies = { principals: { reader: role('reader'), writer: role('writer') }, identityPolicies };
  expect(await control.policies.enforced()).toBeUndefined();

  await control.policies.enforce(policies);
  expect(await control.policies.enforced()).toEqual(policies);
  const { KeyId, Arn } = await aKey(writer);
  expect(await refusalOf(reader.describeKey({ KeyId }))).toBe(
    `AccessDeniedException: User: ${role('reader')} is not authorized to perform: ` +
      `kms:DescribeKey on resource: ${Arn} because no identity-based policy allows the kms:DescribeKey action`,
  );
  await writer.putKeyPolicy({
    KeyId,
    Policy: JSON.stringify({
      Statement: { Effect: 'Allow', Principal: { AWS: policies.principals.reader }, Action: 'kms:*', Resource: '*' },
    }),
    BypassPolicyLockoutSafetyCheck: true,
  });
  await reader.describeKey({ KeyId });

  await control.policies.lift();
  expect(await control.policies.enforced()).toBeUndefined();
  await reader.listKeys({});
  expect((await control.audit.cloudTrail()).at(-1)).toMatchObject({
    eventName: 'ListKeys',
    userIdentity: { sessionContext: { sessionIssuer: { arn: role('reader') } } },
  });
  expect(await refusalOf(control.policies.enforce({ principals: { reader: 'reader' } }))).toMatch(
    /^InvalidRequest: policies principals reader: is not a principal that can call KMS, got "reader"; allowed: ARN of a role, /);
});

test('a reset ends enforcement', async () => {
  const { as, control } = await aControlledKms();
  await control.policies.enforce();
  expect(await refusalOf(as('anybody').listKeys({}))).toMatch(/^AccessDeniedException/);
  await control.reset();
  await as('anybody').listKeys({});
});

test('the audit log is read, counted, and returned in the form of CloudTrail', async () => {
  const { server, kms, control } = await aControlledKms();
  const { KeyId, Arn } = await aKey(kms);
  await refusalOf(kms.enableKey({ KeyId: 'nobody' }));
  expect(await control.audit.count()).toBe(2);
  expect(await control.audit.count({ operation: 'CreateKey', status: 'answered' })).toBe(1);
  expect(await control.audit.records({ status: 'NotFoundException' })).toEqual([JSON.parse(JSON.stringify(server.audit.records[1]))]);
  const [created, refused] = await control.audit.cloudTrail();
  expect(created).toMatchObject({ eventName: 'CreateKey', resources: [{ ARN: Arn }], responseElements: { keyMetadata: { keyId: KeyId } } });
  expect(refused).toMatchObject({ eventName: 'EnableKey', errorCode: 'NotFoundException' });
});

test('a snapshot restores what a reset has deleted', async () => {
  const { server, kms, control } = await aControlledKms();
  const { KeyId } = await aKey(kms);
  const blob = await encryptText(kms, KeyId, 'text');
  await control.faults.set(['throttle:ScheduleKeyDeletion']);
  await control.quotas.enforce();
  const snapshot = await control.snapshot();
  await control.clock.advance(MINUTE);

  await control.reset();
  expect(await control.audit.count()).toBe(0);
  expect(await control.faults.rules()).toEqual([]);
  expect(await control.quotas.settings()).toBeUndefined();
  expect((await kms.listKeys({})).Keys).toEqual([]);

  await control.restore(snapshot);
  expect(await decryptText(kms, blob)).toBe('text');
  // Time never goes back, even with a snapshot.
  expect(server.clock.now()).toEqual(new Date('2026-01-01T00:01:00Z'));
});

test('saving needs a file', async () => {
  const { control } = await aControlledKms();
  expect(await refusalOf(control.save())).toBe(
    'InvalidRequest: save: no state file was given at the start; start with --state FILE, or take a snapshot and store it yourself');
});

test('it lists its routes, and every listed route exists', async () => {
  const { server: { endpoint } } = await aControlledKms();
  const { routes } = (await ask(endpoint, 'GET', '/_local/')).answer as { routes: { method: string; path: string; what: string }[] };
  expect(routes).toContainEqual({ method: 'GET', path: '/_local/clock', what: 'the time of the virtual clock' });
  for (const { method, path } of routes) {
    expect([200, 400]).toContain((await ask(endpoint, method, path, method === 'GET' ? undefined : '{}')).status);
  }
});

describe('refused requests', () => {
  test('an unknown path', async () => {
    const { server } = await aControlledKms();
    expect(await ask(server.endpoint, 'GET', '/_local/clocks')).toEqual({
      status: 404,
      answer: {
        error: {
          where: '/_local/clocks',
          what: 'the path does not exist',
          allowed: expect.stringContaining('/_local/clock, '),
          remedy: 'GET /_local/ lists the requests',
        },
      },
    });
  });

  test('every request of a page in a browser, without an effect', async () => {
    const { server, kms } = await aControlledKms();
    const { KeyId } = await aKey(kms);
    const response = await fetch(`${server.endpoint}/_local/reset`, { method: 'POST', headers: { Origin: 'https://page.example' } });
    expect({ status: response.status, answer: await response.json() }).toMatchObject(
      { status: 403, answer: { error: { what: 'the request comes from a page in a browser', given: 'https://page.example' } } });
    await kms.describeKey({ KeyId });
  });

  test('a method that the path does not support', async () => {
    const { server } = await aControlledKms();
    expect(await ask(server.endpoint, 'DELETE', '/_local/clock')).toEqual({
      status: 405,
      answer: {
        error: {
          where: '/_local/clock',
          what: 'the path does not support this method',
          given: 'DELETE',
          allowed: 'GET, PUT',
          remedy: 'GET /_local/ lists the requests',
        },
      },
    });
  });

  test.each([
    ['PUT', '/_local/clock', '[]', { where: 'the body of the request', what: 'is not a JSON object' }],
    ['PUT', '/_local/clock', '{"now":"soon"}', { where: 'now', what: 'is not a time', given: '"soon"' }],
    ['POST', '/_local/clock/advance', '{}', { where: 'milliseconds', what: 'is not a whole number', given: 'nothing' }],
    ['PUT', '/_local/faults', '{}', { what: 'fault has an unknown kind' }],
    ['PUT', '/_local/faults', '{"rules":[{"kind":5}]}', { what: 'fault has an unknown kind', given: '5' }],
    [
      'PUT',
      '/_local/faults',
      '{"rules":[{"kind":"throttle","operation":["Encrypt"]}]}',
      { what: 'fault names an unknown operation', given: '["Encrypt"]' },
    ],
    [
      'PUT',
      '/_local/faults',
      '{"rules":[{"kind":"throttle","probability":"0.3"}]}',
      { what: 'fault has an impossible probability', given: '"0.3"' },
    ],
    [
      'PUT',
      '/_local/faults',
      '{"rules":[{"kind":"throttle","callNumbers":5}]}',
      { what: 'fault has an impossible call number', given: '5' },
    ],
    [
      'PUT',
      '/_local/faults',
      '{"rules":[{"kind":"latency","latencyMilliseconds":"5"}]}',
      { what: 'latency has no possible duration', given: '"5"' },
    ],
    [
      'PUT',
      '/_local/faults',
      '{"rules":[{"kind":"throttle","probabilty":0.3}]}',
      { what: 'fault has an unknown member', given: 'probabilty' },
    ],
    ['PUT', '/_local/delays', '{"aliasMilliseconds":"5"}', { where: 'aliasMilliseconds', what: 'is not a duration', given: '"5"' }],
    [
      'PUT',
      '/_local/delays',
      '{"replicationMilliseconds":"5"}',
      { where: 'replicationMilliseconds', what: 'is not a duration', given: '"5"' },
    ],
    ['PUT', '/_local/policies', '{"principals":[]}', { where: 'policies principals', what: 'must be an object', given: '[]' }],
    ['PUT', '/_local/quotas', '{"rates":{"symetric":1}}', { where: 'quotas', what: 'unknown group of operations', given: 'symetric' }],
    ['PUT', '/_local/snapshot', '{}', { where: 'snapshot', what: 'is not a snapshot of the local KMS' }],
  ])('%s %s %s', async (method, path, body, error) => {
    const { server } = await aControlledKms();
    expect(await ask(server.endpoint, method, path, body)).toEqual({ status: 400, answer: { error: expect.objectContaining(error) } });
  });
});
