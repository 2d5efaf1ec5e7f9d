import * as fc from 'fast-check';
import { UnconditionalDenyAuthorizer } from '../../../../local/kms/authorization/unconditional-deny-authorizer';
import { afterChange, seenAt, type FormerValues } from '../../../../local/kms/model/time/former-values';
import { aKeyAndAStranger, deniedTo, grant, STRANGER } from '../grants-bench';
import { aKey, aLocalKms, ACCOUNT, describeKey, encryptText, refusalOf, REGION } from '../local-kms-bench';

const DELAY = 1000;
const NOT_FOUND = `NotFoundException: Alias arn:aws:kms:${REGION}:${ACCOUNT}:alias/orders is not found.`;

describe('during the propagation delay of an alias', () => {
  test('a new one is listed, and not found', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    server.propagation.set({ aliasMilliseconds: DELAY });
    await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: KeyId });

    server.clock.advance(DELAY - 1);
    expect((await kms.listAliases({})).Aliases).toMatchObject([{ AliasName: 'alias/orders', TargetKeyId: KeyId }]);
    expect(await refusalOf(kms.describeKey({ KeyId: 'alias/orders' }))).toBe(NOT_FOUND);
    server.clock.advance(1);
    expect((await describeKey(kms, 'alias/orders')).KeyId).toBe(KeyId);
  });

  test('one that was moved is listed with its new key, and used as the former one', async () => {
    const { server, kms } = await aLocalKms();
    const [old, next] = [await aKey(kms), await aKey(kms)];
    await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: old.KeyId });
    server.propagation.set({ aliasMilliseconds: DELAY });
    await kms.updateAlias({ AliasName: 'alias/orders', TargetKeyId: next.KeyId });
    const keyUsed = async () => (await kms.encrypt({ KeyId: 'alias/orders', Plaintext: Buffer.from('text') })).KeyId;

    expect((await kms.listAliases({ KeyId: next.KeyId })).Aliases).toHaveLength(1);
    expect(await keyUsed()).toBe(old.Arn);
    server.clock.advance(DELAY);
    expect(await keyUsed()).toBe(next.Arn);
  });

  test('one that was deleted is not listed, is free again, and still resolves', async () => {
    const { server, kms } = await aLocalKms();
    const [old, next] = [await aKey(kms), await aKey(kms)];
    await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: old.KeyId });
    server.propagation.set({ aliasMilliseconds: DELAY });
    await kms.deleteAlias({ AliasName: 'alias/orders' });

    expect((await kms.listAliases({})).Aliases).toEqual([]);
    expect((await describeKey(kms, 'alias/orders')).KeyId).toBe(old.KeyId);
    server.clock.advance(DELAY / 2);
    await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: next.KeyId });
    expect((await describeKey(kms, 'alias/orders')).KeyId).toBe(old.KeyId);
    server.clock.advance(DELAY / 2);
    expect(await refusalOf(kms.describeKey({ KeyId: 'alias/orders' }))).toBe(NOT_FOUND);
    server.clock.advance(DELAY / 2);
    expect((await describeKey(kms, 'alias/orders')).KeyId).toBe(next.KeyId);
  });
});

test('during the propagation delay of a key policy, the former one is enforced and the new one is returned', async () => {
  const { server, kms } = await aLocalKms({ authorizer: new UnconditionalDenyAuthorizer() });
  const { KeyId, Arn } = await aKey(kms);
  server.propagation.set({ policyMilliseconds: DELAY });
  const everybody = (Effect: string, Action: string) => ({ Effect, Principal: '*', Action, Resource: '*' });
  const Policy = JSON.stringify({ Statement: [everybody('Allow', 'kms:*'), everybody('Deny', 'kms:Encrypt')] });
  await kms.putKeyPolicy({ KeyId, Policy });

  expect((await kms.getKeyPolicy({ KeyId })).Policy).toBe(Policy);
  server.clock.advance(DELAY - 1);
  await encryptText(kms, KeyId, 'text');
  server.clock.advance(1);
  expect(await refusalOf(encryptText(kms, KeyId, 'text'))).toContain(`kms:Encrypt on resource: ${Arn} with an explicit deny`);
});

describe('during the propagation delay of a grant', () => {
  test('it is listed, and counts only with its token', async () => {
    const bench = await aKeyAndAStranger();
    const { server, kms, stranger, key } = bench;
    server.propagation.set({ grantMilliseconds: DELAY });
    const { GrantId, GrantToken } = await grant(bench, ['Encrypt'], { Name: 'orders' });
    const again = await grant(bench, ['Encrypt'], { Name: 'orders' });
    const other = await grant(bench, ['Decrypt']);
    const encrypt = (...GrantTokens: string[]) => stranger.encrypt({ KeyId: key.Arn, Plaintext: Buffer.from('text'), GrantTokens });

    expect((await kms.listGrants({ KeyId: key.KeyId, GrantId })).Grants).toHaveLength(1);
    expect(await refusalOf(encrypt())).toBe(deniedTo('Encrypt'));
    expect(await refusalOf(encrypt(other.GrantToken))).toBe(deniedTo('Encrypt'));
    await encrypt(other.GrantToken, GrantToken);
    await encrypt(again.GrantToken);
    server.clock.advance(DELAY - 1);
    expect(await refusalOf(encrypt())).toBe(deniedTo('Encrypt'));
    server.clock.advance(1);
    await encrypt();
  });

  test('a token gives permission to the grantee only', async () => {
    const bench = await aKeyAndAStranger();
    const { GrantToken } = await grant(bench, ['Encrypt'], { GranteePrincipal: `arn:aws:iam::${ACCOUNT}:role/reader` });
    expect(
      await refusalOf(bench.stranger.encrypt({ KeyId: bench.key.Arn, Plaintext: Buffer.from('text'), GrantTokens: [GrantToken] })),
    ).toBe(deniedTo('Encrypt'));
  });

  test('its retiring principal can retire it with its token', async () => {
    const bench = await aKeyAndAStranger();
    const { server, stranger, key } = bench;
    server.propagation.set({ grantMilliseconds: DELAY });
    const { GrantId, GrantToken } = await grant(bench, ['Decrypt'], { RetiringPrincipal: STRANGER });
    expect(await refusalOf(stranger.retireGrant({ KeyId: key.Arn, GrantId }))).toBe(deniedTo('RetireGrant'));
    await stranger.retireGrant({ GrantToken });
  });

  test('a grant that is created through it needs its token', async () => {
    const bench = await aKeyAndAStranger();
    const { server, stranger, key } = bench;
    server.propagation.set({ grantMilliseconds: DELAY });
    const { GrantToken } = await grant(bench, ['Decrypt', 'CreateGrant']);
    const child = { KeyId: key.Arn, GranteePrincipal: STRANGER, Operations: ['Decrypt' as const] };
    expect(await refusalOf(stranger.createGrant(child))).toBe(deniedTo('CreateGrant'));
    await stranger.createGrant({ ...child, GrantTokens: [GrantToken] });
  });
});

test('a delay is a duration', async () => {
  const { server } = await aLocalKms();
  for (const milliseconds of [-1, NaN, Infinity]) {
    expect(() => server.propagation.set({ aliasMilliseconds: milliseconds })).toThrow('aliasMilliseconds: is not a duration');
  }
  server.propagation.set({ aliasMilliseconds: 5 });
  server.propagation.set({ grantMilliseconds: 7 });
  expect(server.propagation.delays).toMatchObject({
    aliasMilliseconds: 5, policyMilliseconds: 0, grantMilliseconds: 7, readMilliseconds: 0,
  });
});

/** Changes at moments in order, each with its delay; the values are their numbers, and 0 is what was there before. */
const CHANGES = fc.array(fc.record({ wait: fc.nat(20), delay: fc.nat(20) }), { maxLength: 6 });

test('readers see the last change whose delay is over, whatever preceded it', () => {
  fc.assert(fc.property(CHANGES, fc.nat(30), (changes, later) => {
    let former: FormerValues<number> = [];
    let now = 0;
    const dueAt: number[] = [];
    for (const [index, { wait, delay }] of changes.entries()) {
      now += wait;
      former = afterChange(index, former, now, delay);
      dueAt.push(now + delay);
    }
    now += later;
    const lastDue = dueAt.map((due) => due <= now).lastIndexOf(true);
    expect(seenAt(changes.length, former, now)).toBe(lastDue + 1);
  }), { numRuns: 1000 });
});

test('without a delay no former value is kept', () => {
  fc.assert(fc.property(CHANGES, (changes) => {
    const former = changes.reduce<FormerValues<number>>((kept, { delay }, moment) => afterChange(moment, kept, moment, delay), []);
    expect(afterChange(changes.length, former, changes.length, 0)).toEqual([]);
  }));
});
