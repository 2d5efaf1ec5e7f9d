import { KeyStores } from '../../../../local/kms/model/keys/key-store';
import { OPERATION_NAMES } from '../../../../local/kms/protocol/operation-names';
import { chargesOf } from '../../../../local/kms/service/quotas/counted-request';
import { publishedRate } from '../../../../local/kms/service/quotas/quota-table';
import { Quotas } from '../../../../local/kms/service/quotas/quotas';
import { aKey, aLocalKms, ACCOUNT, encryptText, refusalOf } from '../local-kms-bench';

const THROTTLED = 'ThrottlingException: You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.';
const SECOND = 1000;

/** One letter for each call, one after the other: `x` throttled, `.` answered. */
async function letters(calls: number, call: () => Promise<unknown>): Promise<string> {
  let told = '';
  for (let each = 0; each < calls; each++) {
    told += await call().then(
      () => '.',
      (error: Error) => (error.name === 'ThrottlingException' ? 'x' : '?'),
    );
  }
  return told;
}

test('without quotas the number of calls is not limited', async () => {
  const { server, kms } = await aLocalKms();
  expect(server.quotas.settings).toBeUndefined();
  expect(await letters(8, () => aKey(kms))).toBe('........');
});

test('the sixth CreateKey in a second is throttled without effect, until the next second begins', async () => {
  const { server, kms } = await aLocalKms({ quotas: {} });
  expect(await letters(5, () => aKey(kms))).toBe('.....');
  expect(await refusalOf(kms.createKey({}))).toBe(THROTTLED);
  expect((await kms.listKeys({})).Keys).toHaveLength(5);

  server.clock.advance(SECOND - 1);
  expect(await letters(1, () => aKey(kms))).toBe('x');
  server.clock.advance(1);
  expect(await letters(6, () => aKey(kms))).toBe('.....x');
  expect(server.audit.count({ operation: 'CreateKey', status: 'ThrottlingException' })).toBe(3);
});

test('operations of one group share its rate, operations of other groups do not', async () => {
  const { server, kms } = await aLocalKms();
  const { KeyId } = await aKey(kms);
  const blob = await encryptText(kms, KeyId, 'text');
  server.quotas.enforce({ rates: { symmetric: 4 } });

  await encryptText(kms, KeyId, 'text');
  await kms.decrypt({ CiphertextBlob: blob });
  await kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: KeyId });
  await kms.generateRandom({ NumberOfBytes: 1 });
  expect(await refusalOf(kms.generateDataKey({ KeyId, KeySpec: 'AES_256' }))).toBe(THROTTLED);
  await kms.describeKey({ KeyId });
});

test('each account and each Region has its own rate', async () => {
  const { as } = await aLocalKms({ quotas: { rates: { symmetric: 1 } } });
  const random = (accessKey: string, region: string) => letters(2, () => as(accessKey, region).generateRandom({ NumberOfBytes: 1 }));
  expect(await random(ACCOUNT, 'eu-central-1')).toBe('.x');
  expect(await random(ACCOUNT, 'us-east-1')).toBe('.x');
  expect(await random('999900001111', 'eu-central-1')).toBe('.x');
  // Two access keys of one account share one rate.
  expect(await random('worker', 'eu-central-1')).toBe('.x');
  expect(await random('application', 'eu-central-1')).toBe('xx');
});

test('cryptographic operations count in the group of their key, by whatever name it is called, and whether or not they succeed', async () => {
  const { server, kms } = await aLocalKms();
  const { KeyMetadata: elliptic } = await kms.createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  await kms.createAlias({ AliasName: 'alias/elliptic', TargetKeyId: elliptic!.KeyId });
  server.quotas.enforce({ rates: { ecc: 3, symmetric: 1 } });

  for (const KeyId of [elliptic!.KeyId, elliptic!.Arn, 'alias/elliptic', elliptic!.KeyId]) {
    const refused = await refusalOf(kms.encrypt({ KeyId, Plaintext: Buffer.from('text') }));
    expect(refused === THROTTLED).toBe(server.audit.count({ operation: 'Encrypt' }) === 4);
  }
  // A key that does not exist is counted, too.
  expect(await refusalOf(kms.encrypt({ KeyId: 'alias/nobody', Plaintext: Buffer.from('text') }))).toMatch(/^NotFoundException/);
  expect(await refusalOf(kms.encrypt({ KeyId: 'alias/nobody', Plaintext: Buffer.from('text') }))).toBe(THROTTLED);
});

test('quotas can be enforced, changed and removed while the server runs', async () => {
  const { server, kms } = await aLocalKms();
  server.quotas.enforce({ rates: { ListKeys: 1 } });
  expect(server.quotas.settings).toEqual({ rates: { ListKeys: 1 } });
  expect(await letters(2, () => kms.listKeys({}))).toBe('.x');
  server.quotas.enforce({ rates: { ListKeys: 2 } });
  expect(await letters(3, () => kms.listKeys({}))).toBe('..x');
  server.quotas.lift();
  expect(await letters(3, () => kms.listKeys({}))).toBe('...');
});

describe('published quotas', () => {
  test.each([
    ['us-east-1', 100_000],
    ['us-west-2', 100_000],
    ['eu-west-1', 100_000],
    ['us-east-2', 20_000],
    ['ap-southeast-1', 20_000],
    ['ap-southeast-2', 20_000],
    ['ap-northeast-1', 20_000],
    ['eu-central-1', 20_000],
    ['eu-west-2', 20_000],
    ['eu-north-1', 10_000],
  ])('symmetric cryptography in %s: %d a second', (region, rate) => {
    expect(publishedRate('symmetric', region)).toBe(rate);
  });

  test('every operation has a rate, except those of custom key stores, which are not supported', () => {
    const without = OPERATION_NAMES.filter((operation) =>
      chargesOf({ operation, body: { KeyPairSpec: 'RSA_2048' }, caller: CALLER, stores: new KeyStores() })
        .some(({ group }) => publishedRate(group, CALLER.region) === undefined));
    expect(without).toEqual(OPERATION_NAMES.filter((operation) => operation.includes('CustomKeyStore')));
  });

  test('ReplicateKey counts once in the Region of the primary key, and twice as CreateKey in the Region of the replica', () => {
    expect(
      chargesOf({
        operation: 'ReplicateKey',
        body: { KeyId: 'mrk-1', ReplicaRegion: 'us-east-1' },
        caller: CALLER,
        stores: new KeyStores(),
      }),
    ).toEqual([
      { group: 'ReplicateKey', region: 'eu-central-1', requests: 1 },
      { group: 'CreateKey', region: 'us-east-1', requests: 2 },
    ]);
  });

  test('a change of the primary Region counts in both Regions', () => {
    expect(
      chargesOf({ operation: 'UpdatePrimaryRegion', body: { PrimaryRegion: 'us-east-1' }, caller: CALLER, stores: new KeyStores() }),
    ).toEqual([
      { group: 'UpdatePrimaryRegion', region: 'eu-central-1', requests: 1 },
      { group: 'UpdatePrimaryRegion', region: 'us-east-1', requests: 1 },
    ]);
  });
});

test('with a profile every Region has the rates of one Region', () => {
  const random = {
    operation: 'GenerateRandom',
    body: { NumberOfBytes: 1 },
    caller: { ...CALLER, region: 'eu-north-1' },
    stores: new KeyStores(),
  };
  const admitted = (quotas: Quotas) => {
    let calls = 0;
    try {
      for (; calls < 30_000; calls++) quotas.admit(random, 0);
    } catch {
      // The rate has been reached.
    }
    return calls;
  };
  expect(admitted(new Quotas({}))).toBe(10_000);
  expect(admitted(new Quotas({ profile: 'eu-central-1' }))).toBe(20_000);
});

test.each([
  [
    { profile: 'eu-centrall-1' },
    expect.stringMatching(
      /^quotas: profile is not the name of a Region, got eu-centrall-1; allowed: us-east-1, .*; AWS publishes rates for each Region$/,
    ) as string,
  ],
  [
    { rates: { symmetric: -1 } },
    'quotas: rate of symmetric is not a number of requests, got -1; allowed: 0 or more, whole; write for example { symmetric: 100 }',
  ],
])('%j is refused', async (quotas, message) => {
  await expect(aLocalKms({ quotas })).rejects.toMatchObject({ name: 'InvalidRequest', message });
});

const CALLER = { accessKey: ACCOUNT, account: ACCOUNT, region: 'eu-central-1', partition: 'aws', principalArn: '' };
