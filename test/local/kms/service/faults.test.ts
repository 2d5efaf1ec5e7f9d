import { parseFaultRule, type FaultRule } from '../../../../local/kms/service/faults/fault-rule';
import { aKey, aLocalKms, refusalOf } from '../local-kms-bench';

const THROTTLED = 'ThrottlingException: You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.';

/** One letter for each of many calls: `x` refused, `.` answered. */
async function pattern(options: { seed?: number; faults: FaultRule[] }, calls = 60): Promise<string> {
  const { kms } = await aLocalKms(options);
  let letters = '';
  for (let call = 0; call < calls; call++) letters += await kms.listKeys({}).then(() => '.', () => 'x');
  return letters;
}

test('a throttled call has no effect', async () => {
  const { server, kms } = await aLocalKms({ faults: [{ kind: 'throttle', operation: 'CreateKey' }] });
  expect(await refusalOf(kms.createKey({}))).toBe(THROTTLED);
  expect((await kms.listKeys({})).Keys).toEqual([]);
  expect(server.audit.count({ operation: 'CreateKey', status: 'ThrottlingException' })).toBe(1);
});

test('an internal error is a fault of the server, and has no effect', async () => {
  const { kms } = await aLocalKms({ faults: [{ kind: 'internalError', operation: 'CreateKey' }] });
  await expect(kms.createKey({})).rejects.toMatchObject({
    name: 'KMSInternalException',
    $fault: 'server',
    $metadata: { httpStatusCode: 500 },
  });
  expect((await kms.listKeys({})).Keys).toEqual([]);
});

test.each([
  ['dependencyTimeout', 'DependencyTimeoutException', 503],
  ['keyUnavailable', 'KeyUnavailableException', 500],
] as const)('%s is a fault of the server, and has no effect', async (kind, name, httpStatusCode) => {
  const { server, kms } = await aLocalKms({ faults: [{ kind, operation: 'CreateKey' }] });
  await expect(kms.createKey({})).rejects.toMatchObject({ name, $fault: 'server', $metadata: { httpStatusCode } });
  expect((await kms.listKeys({})).Keys).toEqual([]);
  expect(server.audit.count({ operation: 'CreateKey', status: name })).toBe(1);
});

test('a call whose connection is reset has no effect and no audit record', async () => {
  const { server, kms } = await aLocalKms({ faults: [{ kind: 'connectionReset', operation: 'CreateKey', callNumbers: [1] }] });
  expect(await refusalOf(kms.createKey({}))).toMatch(/socket hang up|ECONNRESET/);
  expect((await kms.listKeys({})).Keys).toEqual([]);
  expect(server.audit.count({ operation: 'CreateKey' })).toBe(0);
  await aKey(kms);
});

test('a call whose answer is lost has its effect', async () => {
  const { server, kms } = await aLocalKms({ faults: [{ kind: 'answerLost', operation: 'CreateKey', callNumbers: [2] }] });
  await aKey(kms);
  expect(await refusalOf(kms.createKey({ Description: 'born in silence' }))).toMatch(/socket hang up|ECONNRESET/);

  expect((await kms.listKeys({})).Keys).toHaveLength(2);
  expect(server.audit.count({ operation: 'CreateKey', status: 'lost' })).toBe(1);
  const lost = server.audit.records.find(({ status }) => status === 'lost');
  expect((await kms.describeKey({ KeyId: lost!.keyArns[0] })).KeyMetadata).toMatchObject({ Description: 'born in silence' });
});

test('a call with latency is answered late', async () => {
  const { kms } = await aLocalKms({ faults: [{ kind: 'latency', latencyMilliseconds: 80 }] });
  const began = performance.now();
  await kms.listKeys({});
  // Timers may be a little early.
  expect(performance.now() - began).toBeGreaterThan(75);
});

test('call numbers count the calls to which the rule applies', async () => {
  const { kms } = await aLocalKms({ faults: [{ kind: 'throttle', operation: 'CreateKey', callNumbers: [1, 3] }] });
  for (const expected of [true, false, true, false]) {
    await kms.listKeys({});
    expect(await kms.createKey({}).then(() => false, () => true)).toBe(expected);
  }
});

test('the same seed gives faults to the same calls, another seed to other calls', async () => {
  const faults: FaultRule[] = [{ kind: 'throttle', probability: 0.3 }];
  const [once, again, otherwise] = [
    await pattern({ seed: 7, faults }),
    await pattern({ seed: 7, faults }),
    await pattern({ seed: 8, faults }),
  ];
  expect(again).toBe(once);
  expect(otherwise).not.toBe(once);
});

test('the frequency of faults matches their probability', async () => {
  const refused = (letters: string) => letters.split('x').length - 1;
  expect(refused(await pattern({ faults: [{ kind: 'throttle', probability: 0 }] }))).toBe(0);
  expect(refused(await pattern({ faults: [{ kind: 'throttle', probability: 1 }] }))).toBe(60);
  // About 180 of 600 calls, with a tolerance of four standard deviations.
  const some = refused(await pattern({ faults: [{ kind: 'throttle', probability: 0.3 }] }, 600));
  expect(Math.abs(some - 180)).toBeLessThan(45);
});

test('calls of other operations do not change the faults of a rule', async () => {
  const faults: FaultRule[] = [{ kind: 'throttle', probability: 0.5, operation: 'ListKeys' }];
  const [alone, mixed] = [await aLocalKms({ faults }), await aLocalKms({ faults })];
  for (let call = 0; call < 20; call++) {
    await mixed.kms.listAliases({});
    const outcomes = [alone, mixed].map(({ kms }) => kms.listKeys({}).then(() => 'answered', () => 'refused'));
    expect(await outcomes[1]).toBe(await outcomes[0]);
  }
});

test('rules can change while the server runs, and counting starts at 1 again', async () => {
  const { server, kms } = await aLocalKms();
  await kms.listKeys({});

  server.faults.set([{ kind: 'throttle', operation: 'ListKeys', callNumbers: [1] }]);
  expect(server.faults.rules).toHaveLength(1);
  expect(await refusalOf(kms.listKeys({}))).toBe(THROTTLED);
  await kms.listKeys({});

  server.faults.set([{ kind: 'throttle' }]);
  server.faults.clear();
  await kms.listKeys({});
});

describe('the text form of a rule', () => {
  test.each<[string, FaultRule]>([
    ['throttle', { kind: 'throttle' }],
    ['throttle:0.3', { kind: 'throttle', probability: 0.3 }],
    ['throttle:.3:ReEncrypt', { kind: 'throttle', probability: 0.3, operation: 'ReEncrypt' }],
    ['answerLost:ImportKeyMaterial', { kind: 'answerLost', operation: 'ImportKeyMaterial' }],
    ['internalError:#5:CreateKey', { kind: 'internalError', callNumbers: [5], operation: 'CreateKey' }],
    ['answerLost:#5,9', { kind: 'answerLost', callNumbers: [5, 9] }],
    ['latency=20:0.1', { kind: 'latency', latencyMilliseconds: 20, probability: 0.1 }],
  ])('%s', (text, rule) => {
    expect(parseFaultRule(text)).toEqual(rule);
  });

  const EXAMPLES = 'write for example throttle:0.3:ReEncrypt, answerLost:#5 or latency=20';
  test.each([
    [
      'throtle',
      `fault throtle: fault has an unknown kind, got throtle; allowed: throttle, internalError, dependencyTimeout, keyUnavailable, connectionReset, answerLost, latency; ${EXAMPLES}`,
    ],
    ['throttle:1.5', `fault throttle:1.5: fault has an impossible probability, got 1.5; allowed: a number from 0 to 1; ${EXAMPLES}`],
    ['throttle:0.3x', `fault throttle:0.3x: fault has an impossible probability, got NaN; allowed: a number from 0 to 1; ${EXAMPLES}`],
    ['throttle:#0', `fault throttle:#0: fault has an impossible call number, got 0; allowed: 1 or more; ${EXAMPLES}`],
    ['throttle:#', `fault throttle:#: fault has an impossible call number, got 0; allowed: 1 or more; ${EXAMPLES}`],
    [
      'throttle:0.3:Reencrypt',
      `fault throttle:0.3:Reencrypt: fault names an unknown operation, got Reencrypt; allowed: an operation of AWS KMS, such as ReEncrypt; ${EXAMPLES}`,
    ],
    ['latency', `fault latency: latency has no possible duration, got none; allowed: latency=0 to latency=60000 milliseconds; ${EXAMPLES}`],
    [
      'latency=90000',
      `fault latency=90000: latency has no possible duration, got 90000; allowed: latency=0 to latency=60000 milliseconds; ${EXAMPLES}`,
    ],
  ])('refuses %s', (text, message) => {
    expect(() => parseFaultRule(text)).toThrow(expect.objectContaining({ name: 'InvalidRequest', message }));
  });

  test('has no more parts than three, and only latency has a duration', () => {
    expect(() => parseFaultRule('throttle:0.3:ReEncrypt:now')).toThrow('fault has too many parts');
    expect(() => parseFaultRule('throttle=20')).toThrow('only latency has a duration, got 20 ms');
  });

  test('rules as objects are checked in the same way', async () => {
    const { server } = await aLocalKms();
    expect(() => server.faults.set([{ kind: 'throttle', probability: 2 }])).toThrow('impossible probability, got 2');
    expect(server.faults.rules).toEqual([]);
  });
});
