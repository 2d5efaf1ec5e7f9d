import { randomBytes } from 'node:crypto';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { DescribeSecretCommand, PutSecretValueCommand, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { Duration } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import type { Generation } from '../../../lambda/key-family/family';
import { readFamily } from '../../../lambda/key-family/read-family';
import { SECRET_LABELS } from '../../../src/contract/limits';
import { KeyMaterialSource, RotatingKey, RotationSchedule, type RotatingKeyProps } from '../../../src/index';
import { AccountWorld } from '../rotation/account-world';
import { familyStack, SECRET } from '../rotation/family-stack';
import { errors, expectAllIntact } from '../rotation/stages';

/** Labels of others: few are left for generations, each of which needs one for as long as its key exists. */
const APPLICATION_LABELS = 7;
const GENERATIONS = 10;
const ROTATION_DAYS = 9;
const SCHEDULE = RotationSchedule.every(Duration.days(ROTATION_DAYS));
const INVOICES = 'alias/invoices';

/** A second family that takes its key material from the same secret. */
function secondFamily(material: KeyMaterialSource): RotatingKeyProps {
  return { alias: INVOICES, users: [], schedule: RotationSchedule.every(Duration.days(300)), material, stores: [] };
}

let world: AccountWorld;
afterEach(() => world.close());

const secrets = () => world.account.laptop.secretsClient('deployment');

async function labels(): Promise<ReadonlyMap<string, string>> {
  const { VersionIdsToStages = {} } = await secrets().send(new DescribeSecretCommand({ SecretId: SECRET }));
  return new Map(Object.entries(VersionIdsToStages).flatMap(([versionId, stages]) => stages.map((stage) => [stage, versionId] as const)));
}

async function attach(label: string): Promise<void> {
  const MoveToVersionId = (await labels()).get('AWSCURRENT');
  await secrets().send(new UpdateSecretVersionStageCommand({ SecretId: SECRET, VersionStage: label, MoveToVersionId }));
}

/** New key material every day, as the owner of the secret stores it. */
async function storeKeyMaterial(): Promise<void> {
  await secrets().send(new PutSecretValueCommand({ SecretId: SECRET, SecretBinary: randomBytes(32) }));
}

async function expectPinned(generations: readonly Generation[]): Promise<void> {
  const pinned = [...await labels()];
  for (const { keyId, materialVersion } of generations) {
    expect(pinned.filter(([label, version]) => label.includes(keyId) && version === materialVersion)).toHaveLength(1);
  }
}

/** Of two removals, one takes effect without an answer, and the other one does not. */
function failRemovals(): () => number {
  let removals = 0;
  world.interceptors.call = async ({ operation, input }, proceed) => {
    if (operation !== 'UpdateSecretVersionStage' || input.MoveToVersionId !== undefined) return proceed();
    removals += 1;
    const answer = removals % 3 === 0 ? undefined : await proceed();
    if (removals % 3 === 1) return answer;
    throw Object.assign(new Error('no answer'), { name: 'InternalServiceError', $fault: 'server', $metadata: {} });
  };
  return () => removals;
}

test('a family outlives the labels of its secret: only those of deleted keys are removed, also if removals fail', async () => {
  world = await AccountWorld.open({ material: 'secret' }, familyStack({
    material: 'secret',
    props: { schedule: SCHEDULE },
    change: (stack) => {
      const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'SameMaterial', SECRET);
      new RotatingKey(stack, 'Invoices', secondFamily(KeyMaterialSource.secret(secret)));
    },
  }));
  const foreign = [
    ...Array.from({ length: APPLICATION_LABELS }, (_, index) => `application/${index}`),
    // Of an earlier version of this library, and of keys of another account and Region: KMS does not know these here.
    'cdk-kms-lifecycle/00000000-0000-4000-8000-000000000001/material',
    'cdk-kms-lifecycle/444455556666/eu-central-1/2025-01-01/00000000-0000-4000-8000-000000000002/material',
    'cdk-kms-lifecycle/111122223333/eu-west-1/2025-01-01/00000000-0000-4000-8000-000000000003/material',
  ];
  for (const label of foreign) await attach(label);
  const before = await labels();
  await world.writeOrders(2);
  const removals = failRemovals();
  await world.live(GENERATIONS * ROTATION_DAYS, storeKeyMaterial);

  expect(errors(world)).toEqual([]);
  const family = await world.readFamily();
  expect(family.current.generation).toBeGreaterThan(SECRET_LABELS - before.size);
  expect(removals()).toBeGreaterThan(2);
  const invoices = await readFamily(INVOICES, new KmsKeyFamily(world.kms));
  const after = await labels();
  for (const label of foreign) expect(after.get(label)).toBe(before.get(label));
  await expectPinned(family.generations);
  await expectPinned(invoices.generations);

  const removed = world.lines.map((line) => JSON.parse(line) as { event?: string; keyId?: string })
    .filter(({ event }) => event === 'secret-label-removed');
  expect(removed.length).toBeGreaterThan(0);
  for (const { keyId } of removed) {
    await expect(world.kms.send(new DescribeKeyCommand({ KeyId: keyId }))).rejects.toMatchObject({ name: 'NotFoundException' });
  }
  await expectAllIntact(world);
});
