import { AN_EVENT } from '../../support/an-event';
import { GrantWorld, MAKER, properties, READER } from '../../support/world/grant-world';

const ADMIN = 'arn:aws:iam::111122223333:role/admin';
const statement = (AWS: string, Action: string | string[]) => ({ Effect: 'Allow', Principal: { AWS }, Action, Resource: '*' });
const admin = statement(ADMIN, 'kms:*');

let world: GrantWorld;

beforeAll(async () => {
  const identityPolicies = {
    [ADMIN]: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'kms:CreateKey', Resource: '*' }] }],
  };
  world = await GrantWorld.open({ enforcePolicies: { principals: { admin: ADMIN, maker: MAKER }, identityPolicies } });
});
afterAll(async () => world.close());

async function aKeyWithAGrant(makerMay: string[], retiringPrincipal: string) {
  const keyArn = await world.newKey({
    Version: '2012-10-17',
    Statement: [admin, statement(MAKER, ['kms:CreateGrant', 'kms:ListGrants', ...makerMay])],
  });
  const { physicalResourceId } = await world.resource().create(properties(keyArn, { retiringPrincipal }), AN_EVENT);
  return { keyArn, end: async () => world.resource().delete({ physicalResourceId, properties: {} }, AN_EVENT) };
}

test('a grant is retired if the policy no longer allows its creator to revoke it', async () => {
  const { keyArn, end } = await aKeyWithAGrant([], MAKER);
  await end();
  expect(await world.grants(keyArn)).toEqual([]);
});

test('a grant with another retiring principal is revoked', async () => {
  const { keyArn, end } = await aKeyWithAGrant(['kms:RevokeGrant'], READER);
  await end();
  expect(await world.grants(keyArn)).toEqual([]);
});

test('a grant that its creator can neither revoke nor retire is reported after the propagation timeout', async () => {
  const { keyArn, end } = await aKeyWithAGrant([], READER);
  await expect(end()).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringContaining('kms:RetireGrant') });
  expect(await world.grants(keyArn)).toHaveLength(1);
});
