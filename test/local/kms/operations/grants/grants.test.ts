import type { KmsKey } from '../../../../../local/kms/model/keys/kms-key';
import { aKeyAndAStranger, deniedTo, grant, STRANGER, STRANGERS } from '../../grants-bench';
import { aKey, aLocalKms, ACCOUNT, DAY, encryptText, refusalOf, THE_BEGINNING } from '../../local-kms-bench';

const DRY_RUN_WORKS = 'DryRunOperationException: The request would have succeeded, but the DryRun option is set.';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader`;

test('a grant allows a principal of another account its operations on this key, until it is revoked', async () => {
  const bench = await aKeyAndAStranger();
  const { kms, stranger, key } = bench;
  const other = await aKey(kms);
  const encrypt = (KeyId: string) => stranger.encrypt({ KeyId, Plaintext: Buffer.from('text') });
  expect(await refusalOf(encrypt(key.Arn))).toBe(deniedTo('Encrypt'));

  const { GrantId } = await grant(bench, ['Encrypt', 'ReEncryptFrom']);

  const { CiphertextBlob } = await encrypt(key.Arn);
  expect(await refusalOf(encrypt(other.Arn))).toBe(deniedTo('Encrypt'));
  expect(await refusalOf(stranger.decrypt({ CiphertextBlob, KeyId: key.Arn }))).toBe(deniedTo('Decrypt'));
  await stranger.reEncrypt({ CiphertextBlob, DestinationKeyId: (await aKey(stranger)).KeyId });
  await kms.revokeGrant({ KeyId: key.KeyId, GrantId });
  expect(await refusalOf(encrypt(key.Arn))).toBe(deniedTo('Encrypt'));
});

describe('with a constraint, the encryption context of the request decides', () => {
  const context = { tenant: 'acme' };
  test.each<[string, object, Record<string, string> | undefined, boolean]>([
    ['equal, and the same', { EncryptionContextEquals: context }, { tenant: 'acme' }, true],
    ['equal, and more', { EncryptionContextEquals: context }, { tenant: 'acme', year: '2026' }, false],
    ['equal, and none', { EncryptionContextEquals: context }, undefined, false],
    ['subset, and the same', { EncryptionContextSubset: context }, { tenant: 'acme' }, true],
    ['subset, and more', { EncryptionContextSubset: context }, { year: '2026', tenant: 'acme' }, true],
    ['subset, and another value', { EncryptionContextSubset: context }, { tenant: 'Acme' }, false],
    ['subset, and none', { EncryptionContextSubset: context }, undefined, false],
    ['on behalf of a resource, which no caller here acts for', { SourceArn: 'arn:aws:s3:::orders' }, { tenant: 'acme' }, false],
  ])('%s', async (_, Constraints, EncryptionContext, allowed) => {
    const bench = await aKeyAndAStranger();
    await grant(bench, ['Encrypt'], { Constraints });
    const encrypted = bench.stranger.encrypt({ KeyId: bench.key.Arn, Plaintext: Buffer.from('text'), EncryptionContext });
    if (allowed) await encrypted;
    else expect(await refusalOf(encrypted)).toBe(deniedTo('Encrypt'));
  });

  test('DescribeKey has no encryption context, and constraints do not restrict it', async () => {
    const bench = await aKeyAndAStranger();
    await grant(bench, ['Encrypt', 'DescribeKey'], { Constraints: { EncryptionContextEquals: context } });
    await bench.stranger.describeKey({ KeyId: bench.key.Arn });
  });
});

test('a repeated call with a name returns the same grant, with another token', async () => {
  const bench = await aKeyAndAStranger();
  const first = await grant(bench, ['Encrypt', 'Decrypt'], { Name: 'orders' });
  const again = await grant(bench, ['Decrypt', 'Encrypt'], { Name: 'orders' });
  const otherTerms = await grant(bench, ['Decrypt'], { Name: 'orders' });
  const [unnamed, unnamedAgain] = [await grant(bench, ['Decrypt']), await grant(bench, ['Decrypt'])];

  expect(again.GrantId).toBe(first.GrantId);
  expect(first.GrantId).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set([first, otherTerms, unnamed, unnamedAgain].map(({ GrantId }) => GrantId)).size).toBe(4);
  expect(new Set([first, again, otherTerms, unnamed, unnamedAgain].map(({ GrantToken }) => GrantToken)).size).toBe(5);
});

test('a listed grant has its terms, and filters select grants', async () => {
  const bench = await aKeyAndAStranger();
  const { kms, key } = bench;
  const Constraints = { EncryptionContextSubset: { tenant: 'acme' } };
  const { GrantId } = await grant(bench, ['Encrypt', 'Decrypt'], { Name: 'orders', RetiringPrincipal: ROLE, Constraints });
  const unnamed = await grant(bench, ['Decrypt'], { GranteePrincipal: ROLE });

  expect((await kms.listGrants({ KeyId: key.KeyId, GranteePrincipal: STRANGER })).Grants).toEqual([{
    KeyId: key.Arn,
    GrantId,
    Name: 'orders',
    CreationDate: THE_BEGINNING,
    GranteePrincipal: STRANGER,
    RetiringPrincipal: ROLE,
    IssuingAccount: `arn:aws:iam::${ACCOUNT}:root`,
    Operations: ['Encrypt', 'Decrypt'],
    Constraints,
  }]);
  expect((await kms.listGrants({ KeyId: key.KeyId, GrantId: unnamed.GrantId })).Grants).toMatchObject([
    { GrantId: unnamed.GrantId, Name: '' },
  ]);
  expect((await kms.listGrants({ KeyId: key.KeyId, GrantId, GranteePrincipal: ROLE })).Grants).toEqual([]);
  expect(await refusalOf(kms.listGrants({ KeyId: key.KeyId, GrantId: 'none' }))).toBe('InvalidGrantIdException: UnknownError');
});

test('pages of grants show each grant once', async () => {
  const bench = await aKeyAndAStranger();
  const made = new Set<string>();
  for (let count = 0; count < 60; count++) made.add((await grant(bench, ['Decrypt'])).GrantId);
  const first = await bench.kms.listGrants({ KeyId: bench.key.KeyId });
  const second = await bench.kms.listGrants({ KeyId: bench.key.KeyId, Marker: first.NextMarker });

  expect([first.Grants!.length, first.Truncated, second.Grants!.length, second.Truncated]).toEqual([50, true, 10, false]);
  expect(new Set([...first.Grants!, ...second.Grants!].map(({ GrantId }) => GrantId))).toEqual(made);
});

test('retirable grants are those that name the principal, on keys of all accounts, in this Region', async () => {
  const bench = await aKeyAndAStranger();
  const { as, key, stranger } = bench;
  const { GrantId } = await grant(bench, ['Decrypt'], { RetiringPrincipal: STRANGER });
  await grant(bench, ['Decrypt'], { RetiringPrincipal: ROLE });
  const abroad = as(ACCOUNT, 'eu-west-1');
  await abroad.createGrant({
    KeyId: (await aKey(abroad)).KeyId,
    GranteePrincipal: ROLE,
    Operations: ['Decrypt'],
    RetiringPrincipal: STRANGER,
  });

  expect((await stranger.listRetirableGrants({ RetiringPrincipal: STRANGER })).Grants).toMatchObject([{ GrantId, KeyId: key.Arn }]);
  expect(await refusalOf(stranger.listRetirableGrants({ RetiringPrincipal: ROLE }))).toBe(
    'ValidationException: RetiringPrincipal must be a principal of your AWS account.');
});

describe('a grant is retired', () => {
  test('by its retiring principal, with a token or with key ARN and grant id', async () => {
    const bench = await aKeyAndAStranger();
    const { kms, stranger, key } = bench;
    const [one, other] = [
      await grant(bench, ['Decrypt'], { RetiringPrincipal: STRANGER }),
      await grant(bench, ['Decrypt'], { RetiringPrincipal: STRANGER }),
    ];
    await stranger.retireGrant({ GrantToken: one.GrantToken });
    await stranger.retireGrant({ KeyId: key.Arn, GrantId: other.GrantId });
    expect((await kms.listGrants({ KeyId: key.KeyId })).Grants).toEqual([]);
    expect(await refusalOf(stranger.retireGrant({ GrantToken: one.GrantToken }))).toBe('InvalidGrantTokenException: UnknownError');
  });

  test('by its grantee, if that very grant allows RetireGrant', async () => {
    const bench = await aKeyAndAStranger();
    const { stranger, key } = bench;
    const retirable = await grant(bench, ['Decrypt', 'RetireGrant'], { Constraints: { EncryptionContextEquals: { tenant: 'acme' } } });
    const other = await grant(bench, ['Decrypt']);
    expect(await refusalOf(stranger.retireGrant({ KeyId: key.Arn, GrantId: other.GrantId }))).toBe(deniedTo('RetireGrant'));
    await stranger.retireGrant({ KeyId: key.Arn, GrantId: retirable.GrantId });
  });

  test('by the account of the key', async () => {
    const bench = await aKeyAndAStranger();
    const { GrantId } = await grant(bench, ['Decrypt']);
    await bench.kms.retireGrant({ KeyId: bench.key.Arn, GrantId });
    expect((await bench.kms.listGrants({ KeyId: bench.key.KeyId })).Grants).toEqual([]);
  });

  test('only when it is named in full, by the key id or the ARN of its key', async () => {
    const bench = await aKeyAndAStranger();
    const { kms, key } = bench;
    const { GrantId } = await grant(bench, ['Decrypt']);
    const neither = 'ValidationException: Grant token OR (grant ID, key ID) must be specified';
    expect(await refusalOf(kms.retireGrant({}))).toBe(neither);
    expect(await refusalOf(kms.retireGrant({ GrantId }))).toBe(neither);
    expect(await refusalOf(kms.retireGrant({ KeyId: key.Arn }))).toBe(neither);
    for (const ofOtherKey of [kms.retireGrant.bind(kms), kms.revokeGrant.bind(kms)]) {
      expect(await refusalOf(ofOtherKey({ KeyId: (await aKey(kms)).KeyId, GrantId }))).toBe('InvalidGrantIdException: UnknownError');
    }
    expect((await kms.listGrants({ KeyId: key.KeyId })).Grants).toHaveLength(1);
    await kms.retireGrant({ KeyId: key.KeyId, GrantId });
    expect((await kms.listGrants({ KeyId: key.KeyId })).Grants).toEqual([]);
  });
});

test('a dry run neither creates nor retires nor revokes a grant', async () => {
  const bench = await aKeyAndAStranger();
  const { kms, key } = bench;
  const { GrantId, GrantToken } = await grant(bench, ['Decrypt']);
  expect(await refusalOf(grant(bench, ['Encrypt'], { DryRun: true }))).toBe(DRY_RUN_WORKS);
  expect(await refusalOf(kms.retireGrant({ GrantToken, DryRun: true }))).toBe(DRY_RUN_WORKS);
  expect(await refusalOf(kms.revokeGrant({ KeyId: key.KeyId, GrantId, DryRun: true }))).toBe(DRY_RUN_WORKS);
  expect((await kms.listGrants({ KeyId: key.KeyId })).Grants).toMatchObject([{ GrantId }]);
});

test('grants are deleted with their key', async () => {
  const bench = await aKeyAndAStranger();
  const { server, kms, stranger, key } = bench;
  const { GrantToken } = await grant(bench, ['Decrypt'], { RetiringPrincipal: STRANGER });
  await kms.scheduleKeyDeletion({ KeyId: key.KeyId, PendingWindowInDays: 7 });
  expect((await kms.listGrants({ KeyId: key.KeyId })).Grants).toHaveLength(1);
  server.clock.advance(7 * DAY);

  expect((await stranger.listRetirableGrants({ RetiringPrincipal: STRANGER })).Grants).toEqual([]);
  expect(await refusalOf(stranger.retireGrant({ GrantToken }))).toBe('InvalidGrantTokenException: UnknownError');
});

test('a token that belongs to no grant is refused by every operation that accepts tokens', async () => {
  const bench = await aKeyAndAStranger();
  const { kms, key, as } = bench;
  const invalid = 'InvalidGrantTokenException: UnknownError';
  const { GrantToken } = await grant(bench, ['Decrypt']);
  const tampered = Buffer.from(Buffer.from(GrantToken, 'base64').toString().replace(key.KeyId, (await aKey(kms)).KeyId)).toString('base64');
  for (const token of ['no token', tampered]) {
    const GrantTokens = [GrantToken, token];
    expect(await refusalOf(kms.describeKey({ KeyId: key.KeyId, GrantTokens }))).toBe(invalid);
    expect(await refusalOf(kms.encrypt({ KeyId: key.KeyId, Plaintext: Buffer.from('text'), GrantTokens }))).toBe(invalid);
    expect(await refusalOf(grant(bench, ['Decrypt'], { GrantTokens }))).toBe(invalid);
  }
  expect(await refusalOf(as(ACCOUNT, 'eu-west-1').retireGrant({ GrantToken }))).toBe(invalid);
  await kms.describeKey({ KeyId: key.KeyId, GrantTokens: [GrantToken] });
});

describe('a grant that is created through a grant', () => {
  const wider = `AccessDeniedException: User: ${STRANGER} is not authorized to perform: kms:CreateGrant on resource: `;
  const constrained = { Constraints: { EncryptionContextSubset: { tenant: 'acme' } } };

  test('can allow another principal the same or less', async () => {
    const bench = await aKeyAndAStranger();
    const { stranger, key, as } = bench;
    await grant(bench, ['Decrypt', 'Encrypt', 'CreateGrant'], constrained);
    const child = { KeyId: key.Arn, GranteePrincipal: 'arn:aws:iam::111122223333:user/worker' };
    const Constraints = { EncryptionContextEquals: { tenant: 'acme', year: '2026' } };

    await stranger.createGrant({ ...child, Operations: ['Encrypt'], Constraints });

    const encrypt = (EncryptionContext: Record<string, string>) =>
      as('worker').encrypt({ KeyId: key.Arn, Plaintext: Buffer.from('text'), EncryptionContext });
    await encrypt({ tenant: 'acme', year: '2026' });
    expect(await refusalOf(encrypt({ tenant: 'acme' }))).toContain('AccessDeniedException');
    expect(await refusalOf(stranger.createGrant({ ...child, Operations: ['Encrypt'] }))).toBe(
      `${wider}${key.Arn} because the new grant allows more than the grant that allows its creation`);
    expect(await refusalOf(stranger.createGrant({ ...child, Operations: ['DescribeKey'], Constraints }))).toContain(wider);
    expect((await bench.kms.listGrants({ KeyId: key.KeyId, GranteePrincipal: child.GranteePrincipal })).Grants).toMatchObject([
      { IssuingAccount: `arn:aws:iam::${STRANGERS}:root` },
    ]);
  });

  test('needs one grant that allows all of it: two grants together are not enough', async () => {
    const bench = await aKeyAndAStranger();
    const { stranger, key } = bench;
    await grant(bench, ['Decrypt', 'CreateGrant']);
    await grant(bench, ['Encrypt', 'CreateGrant']);
    const child = { KeyId: key.Arn, GranteePrincipal: ROLE };
    await stranger.createGrant({ ...child, Operations: ['Encrypt'] });
    await stranger.createGrant({ ...child, Operations: ['Decrypt'] });
    expect(await refusalOf(stranger.createGrant({ ...child, Operations: ['Encrypt', 'Decrypt'] }))).toContain(wider);
  });
});

test('a call under a grant is refused for the state of the key like any other', async () => {
  const bench = await aKeyAndAStranger();
  const { kms, stranger, key } = bench;
  await grant(bench, ['Decrypt']);
  const blob = await encryptText(kms, key.KeyId, 'text');
  await kms.disableKey({ KeyId: key.KeyId });
  expect(await refusalOf(stranger.decrypt({ CiphertextBlob: blob, KeyId: key.Arn }))).toBe(`DisabledException: ${key.Arn} is disabled.`);
});

test('a key has at most 50,000 grants', async () => {
  let full: KmsKey | undefined;
  const { kms } = await aLocalKms({
    authorizer: {
      decide: ({ key }) => {
        full = key;
        return undefined;
      },
    },
  });
  const { KeyId } = await aKey(kms);
  const toRole = { KeyId, GranteePrincipal: ROLE, Operations: ['Decrypt' as const] };
  const { GrantId } = await kms.createGrant({ ...toRole, Name: 'orders' });
  // Creating them one by one would take half a minute: copies of the first replace all but the last.
  const { grants } = full!;
  for (let count = 2; count < 50_000; count++) grants.set(`${count}`, { ...grants.get(GrantId!)!, grantId: `${count}` });

  await kms.createGrant(toRole);
  expect(await refusalOf(kms.createGrant(toRole))).toBe('LimitExceededException: Grants per key quota is 50000, current usage is 50000.');
  expect((await kms.createGrant({ ...toRole, Name: 'orders' })).GrantId).toBe(GrantId);
});
