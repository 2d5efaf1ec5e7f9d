import type { Policies } from '../../../../local/kms/authorization/policies';
import { aLocalKms, encryptText, refusalOf } from '../local-kms-bench';

const ADMIN = 'arn:aws:iam::111122223333:role/admin';
const WORKER = 'arn:aws:iam::111122223333:role/worker';
const FOREIGN = 'arn:aws:iam::999988887777:role/foreign';
const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: string, AWS?: string) => ({ Effect: 'Allow', Action, Resource: '*', ...(AWS && { Principal: { AWS } }) });

/** The policies while a worker exists with this unique id, or while no worker exists. */
const policiesWith = (workerId?: string): Policies => ({
  principals: { admin: ADMIN, worker: WORKER },
  identityPolicies: { [ADMIN]: [document(allow('kms:*'))] },
  uniqueIds: { [ADMIN]: 'AROAADMIN', ...(workerId !== undefined && { [WORKER]: workerId }) },
});
const keyPolicy = (...named: string[]) =>
  JSON.stringify(document(allow('kms:*', ADMIN), ...named.map((arn) => allow('kms:Encrypt', arn))));

async function aStage() {
  const bench = await aLocalKms({ enforcePolicies: policiesWith('AROAWORKER') });
  const [admin, worker] = [bench.as('admin'), bench.as('worker')];
  return { ...bench, admin, worker };
}

test('a key policy cannot name a role of its account that has no unique id; of other accounts nothing is known', async () => {
  const { admin } = await aStage();
  const refusal = await refusalOf(admin.createKey({ Policy: keyPolicy('arn:aws:iam::111122223333:role/missing') }));
  expect(refusal).toMatch(/^MalformedPolicyDocumentException: .*invalid principals/);
  await admin.createKey({ Policy: keyPolicy(WORKER, FOREIGN) });
});

test('policies are enforced from the call that switches them on, also if nobody waits for it', async () => {
  const { server, admin, worker } = await aStage();
  const { KeyMetadata } = await admin.createKey({ Policy: keyPolicy(FOREIGN) });
  const KeyId = KeyMetadata?.KeyId as string;
  server.enforcement.off();
  await encryptText(worker, KeyId, 'text');
  const switched = server.enforcement.on(policiesWith());
  expect(await refusalOf(encryptText(worker, KeyId, 'text'))).toMatch(/^AccessDeniedException/);
  await switched;
});

test('without unique ids every role exists', async () => {
  const { server, admin } = await aStage();
  await server.enforcement.on({ ...policiesWith(), uniqueIds: undefined });
  await admin.createKey({ Policy: keyPolicy('arn:aws:iam::111122223333:role/missing') });
});

test('a role that is created again has another unique id: what named the deleted role does not apply to it', async () => {
  const { server, admin, worker } = await aStage();
  const { KeyMetadata } = await admin.createKey({ Policy: keyPolicy(WORKER) });
  const KeyId = KeyMetadata?.KeyId as string;
  await encryptText(worker, KeyId, 'text');

  await server.enforcement.on(policiesWith('AROASECONDWORKER'));
  expect((await admin.getKeyPolicy({ KeyId })).Policy).toContain('"AROAWORKER"');
  expect(await refusalOf(encryptText(worker, KeyId, 'text'))).toMatch(/^AccessDeniedException/);

  expect(await refusalOf(admin.putKeyPolicy({ KeyId, Policy: keyPolicy('AROAWORKER') }))).toMatch(/^MalformedPolicyDocumentException/);
  await admin.putKeyPolicy({ KeyId, Policy: keyPolicy(WORKER) });
  await encryptText(worker, KeyId, 'text');
});

test('a role that is left out is deleted; one that stays is not', async () => {
  const { server, admin } = await aStage();
  const { KeyMetadata } = await admin.createKey({ Policy: keyPolicy(WORKER) });
  await server.enforcement.on(policiesWith());
  const { Policy } = await admin.getKeyPolicy({ KeyId: KeyMetadata?.KeyId });
  expect(Policy).toContain('"AROAWORKER"');
  expect(Policy).toContain(ADMIN);
});

test('policies that are refused delete no role', async () => {
  const { server, admin } = await aStage();
  const { KeyMetadata } = await admin.createKey({ Policy: keyPolicy(WORKER) });
  const unreadable = { ...policiesWith(), identityPolicies: { [ADMIN]: [document({ Effect: 'Perhaps' })] } };
  await expect(server.enforcement.on(unreadable)).rejects.toThrow('is not a policy that IAM can read');
  expect((await admin.getKeyPolicy({ KeyId: KeyMetadata?.KeyId })).Policy).toContain(WORKER);
});
