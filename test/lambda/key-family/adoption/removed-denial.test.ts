import { ALIAS, RotatingKeyWorld } from '../../../support/world/rotating-key-world';

let world: RotatingKeyWorld;

beforeEach(async () => { world = await RotatingKeyWorld.open(); });
afterEach(async () => world.close());

const ACCOUNT = { Sid: 'Account', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' };
const ONLY_FROM_THE_NETWORK = {
  Sid: 'OnlyFromTheNetwork',
  Effect: 'Deny',
  Principal: '*',
  Action: 'kms:Decrypt',
  Resource: '*',
  Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
};
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

test('a key whose policy denies what that of the family does not is adopted only after the statement was removed', async () => {
  const { keyId, keyArn } = await world.foreignKey(ALIAS);
  await world.putPolicy(keyId, policy(ACCOUNT, ONLY_FROM_THE_NETWORK));
  for (const PrincipalsToDrop of [undefined, ['*']]) {
    expect(await world.create({ StartFromKeyArn: keyArn, PrincipalsToDrop })).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('key policy denies what that of the rotating key does not, so more access would be allowed, '
        + 'got statements OnlyFromTheNetwork; '),
    });
  }
  expect(await world.policy(keyId)).toBe(policy(ACCOUNT, ONLY_FROM_THE_NETWORK));

  await world.putPolicy(keyId, policy(ACCOUNT));
  expect(await world.create({ StartFromKeyArn: keyArn })).toMatchObject({ Status: 'SUCCESS' });
});
