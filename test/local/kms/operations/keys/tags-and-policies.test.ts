import { aKey, aLocalKms, ACCOUNT, refusalOf } from '../../local-kms-bench';

const tag = (TagKey: string, TagValue: string) => ({ TagKey, TagValue });

describe('tags', () => {
  test('keep their order, change in place and can be removed twice', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    await kms.tagResource({ KeyId, Tags: [tag('family', 'orders'), tag('state', 'unclaimed')] });
    await kms.tagResource({ KeyId, Tags: [tag('state', 'claimed'), tag('run', '7'), tag('family', 'orders')] });
    expect((await kms.listResourceTags({ KeyId })).Tags).toEqual([tag('family', 'orders'), tag('state', 'claimed'), tag('run', '7')]);

    await kms.untagResource({ KeyId, TagKeys: ['state', 'never there'] });
    expect((await kms.listResourceTags({ KeyId })).Tags).toEqual([tag('family', 'orders'), tag('run', '7')]);
  });

  test('are at most 50, and are listed page by page', async () => {
    const { kms } = await aLocalKms();
    const fifty = Array.from({ length: 50 }, (_, index) => tag(`tag-${index}`, 'value'));
    const KeyId = (await kms.createKey({ Tags: fifty })).KeyMetadata!.KeyId!;

    expect(await refusalOf(kms.tagResource({ KeyId, Tags: [tag('one more', '')] }))).toBe('TagException: Too many tags');
    expect(await refusalOf(kms.createKey({ Tags: [...fifty, tag('one more', '')] }))).toBe('TagException: Too many tags');
    await kms.tagResource({ KeyId, Tags: [tag('tag-0', 'changed')] });

    const first = await kms.listResourceTags({ KeyId, Limit: 30 });
    const second = await kms.listResourceTags({ KeyId, Limit: 30, Marker: first.NextMarker });
    expect([...first.Tags!, ...second.Tags!]).toEqual([tag('tag-0', 'changed'), ...fifty.slice(1)]);
    expect([first.Truncated, second.Truncated]).toEqual([true, false]);
  });

  test.each([
    [[tag('team', 'a'), tag('team', 'b')], 'TagException: Duplicate tag keys'],
    ...['{"a":1}', 'a,b', 'a;b', 'a%b', 'line\nfeed'].map((value): [ReturnType<typeof tag>[], string] => [
      [tag('team', value)],
      'TagException: Tag keys and values can contain only letters, digits, spaces, and the characters _ . : / = + - @',
    ]),
    [[tag('aWs:team', 'a')], 'TagException: Tags beginning with aws: are reserved'],
    [
      [tag('k'.repeat(129), 'a')],
      `ValidationException: 1 validation error detected: Value '${'k'.repeat(129)}' at 'tags.1.member.tagKey' failed to satisfy ` +
        'constraint: Member must have length less than or equal to 128',
    ],
    [
      [tag('team', 'v'.repeat(257))],
      `ValidationException: 1 validation error detected: Value '${'v'.repeat(257)}' at 'tags.1.member.tagValue' failed to satisfy ` +
        'constraint: Member must have length less than or equal to 256',
    ],
  ])('that are refused leave the key as it was: %#', async (Tags, refusal) => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    expect(await refusalOf(kms.tagResource({ KeyId, Tags }))).toBe(refusal);
    expect(await refusalOf(kms.createKey({ Tags }))).toBe(refusal);
    expect((await kms.listResourceTags({ KeyId })).Tags).toEqual([]);
  });
});

describe('key policies', () => {
  const statement = { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' };
  const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

  test('a key without one gets AWS\'s own: the account decides', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    expect(await kms.getKeyPolicy({ KeyId })).toMatchObject({
      PolicyName: 'default',
      Policy: '{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow",'
        + `"Principal":{"AWS":"arn:aws:iam::${ACCOUNT}:root"},"Action":"kms:*","Resource":"*"}]}`,
    });
    expect(await kms.listKeyPolicies({ KeyId })).toMatchObject({ PolicyNames: ['default'], Truncated: false });
  });

  test('a new policy replaces the old one and is returned unchanged', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    const Policy = `\n  ${policy(statement)}  `;
    await kms.putKeyPolicy({ KeyId, Policy, PolicyName: 'default' });
    expect((await kms.getKeyPolicy({ KeyId, PolicyName: 'default' })).Policy).toBe(Policy);
  });

  test('there is no policy of another name', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    expect(await refusalOf(kms.getKeyPolicy({ KeyId, PolicyName: 'mine' }))).toBe('NotFoundException: No such policy exists');
    expect(await refusalOf(kms.putKeyPolicy({ KeyId, PolicyName: 'mine', Policy: policy(statement) }))).toMatch(
      /^UnsupportedOperationException/,
    );
  });

  test.each([
    ['no JSON', '{', 'MalformedPolicyDocumentException'],
    ['no statement', '{}', 'MalformedPolicyDocumentException'],
    ['null', 'null', 'MalformedPolicyDocumentException'],
    ['a statement without an action', policy({ ...statement, Action: undefined }), 'MalformedPolicyDocumentException'],
    ['a statement without a resource', policy(statement, { ...statement, Resource: undefined }), 'MalformedPolicyDocumentException'],
    ['a statement without a principal', policy({ ...statement, Principal: undefined }), 'MalformedPolicyDocumentException'],
    ['more than 32 KiB', policy({ ...statement, Sid: 's'.repeat(32768) }), 'LimitExceededException'],
  ])('what has %s is refused, and the old policy stays', async (_, Policy, name) => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    const { Policy: before } = await kms.getKeyPolicy({ KeyId });
    expect(await refusalOf(kms.putKeyPolicy({ KeyId, Policy }))).toMatch(new RegExp(`^${name}: `));
    expect(await refusalOf(kms.createKey({ Policy }))).toMatch(new RegExp(`^${name}: `));
    expect((await kms.getKeyPolicy({ KeyId })).Policy).toBe(before);
  });

  test('32 KiB are accepted', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    const Policy = policy(statement).padEnd(32768);
    await kms.putKeyPolicy({ KeyId, Policy });
    expect(await refusalOf(kms.putKeyPolicy({ KeyId, Policy: `${Policy} ` }))).toMatch(/^LimitExceededException: /);
  });
});
