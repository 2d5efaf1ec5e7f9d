import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KMS } from '@aws-sdk/client-kms';
import * as evaluator from '@cloud-copilot/iam-simulate';
import type * as Library from '../../../../local/kms/index';
import { refusalOf, REGION } from '../local-kms-bench';

/** The library as the test of a user has it: the bundle of the package, which `npm test` has built before. */
const FOLDER = join(__dirname, '../../../../local-kms');
const { LocalKms, LocalKmsControl, VirtualClock } = jest.requireActual<typeof Library>(FOLDER);

test('it runs a KMS in the process of the test, and changes it from another', async () => {
  const server = await LocalKms.start({ clock: VirtualClock.frozenAt(new Date('2026-01-01')) });
  const kms = new KMS({
    endpoint: server.endpoint,
    region: REGION,
    maxAttempts: 1,
    credentials: { accessKeyId: 'tester', secretAccessKey: 'any' },
  });
  const control = new LocalKmsControl(server.endpoint);
  await control.faults.set(['throttle:#2:CreateKey']);
  await kms.createKey({});
  expect(await refusalOf(kms.createKey({}))).toMatch(/^ThrottlingException/);
  await control.clock.advance(1000);
  expect(server.clock.now()).toEqual(new Date('2026-01-01T00:00:01Z'));
  await control.policies.enforce();
  expect(await refusalOf(kms.listKeys({}))).toMatch(/^AccessDeniedException/);
  kms.destroy();
  await server.stop();
});

test('a state file of one bundle can be read by another', async () => {
  const [one, other] = [await LocalKms.start(), await LocalKms.start()];
  const kms = new KMS({ endpoint: one.endpoint, region: REGION, credentials: { accessKeyId: 'tester', secretAccessKey: 'any' } });
  const { KeyMetadata } = await kms.createKey({});
  other.restore(JSON.parse(JSON.stringify(one.snapshot())));
  const again = new KMS({ endpoint: other.endpoint, region: REGION, credentials: { accessKeyId: 'tester', secretAccessKey: 'any' } });
  expect((await again.describeKey({ KeyId: KeyMetadata!.KeyId })).KeyMetadata).toEqual(KeyMetadata);
  for (const client of [kms, again]) client.destroy();
  for (const server of [one, other]) await server.stop();
});

test('the package contains no policy evaluator', () => {
  for (const bundle of ['../assets/local-kms/index.js', 'index.js']) {
    const code = readFileSync(join(FOLDER, bundle), 'utf8');
    expect(code).toContain('@cloud-copilot/iam-simulate');
    // A bundle would keep the names that a package exports.
    const others = Object.keys(evaluator).filter((name) => name !== 'runSimulation');
    expect(others.filter((name) => code.includes(name))).toEqual([]);
    expect(others.length).toBeGreaterThan(3);
    expect(code.length).toBeLessThan(400_000);
  }
});
