import { requireFreeLabel } from '../../../lambda/key-material/free-labels';
import type { SecretPort } from '../../../lambda/ports/key-material';
import { jsonLog } from '../../../lambda/runtime/log';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders-AbCdEf';

let lines: string[];
beforeEach(() => { lines = []; });

function withLabels(count: number): Promise<void> {
  const secrets = { listLabels: async () => Array.from({ length: count }, (_, index) => ({ label: `label-${index}`, versionId: 'v' })) } as unknown as SecretPort;
  return requireFreeLabel(SECRET, { secrets, log: jsonLog((line) => lines.push(line)), clock: { now: () => new Date(0) } });
}

test('a secret with few labels is not mentioned', async () => {
  await withLabels(14);
  expect(lines).toEqual([]);
});

test.each([15, 19])('%i labels are a warning and a metric, long before the limit of Secrets Manager', async (count) => {
  await withLabels(count);
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 'WARN', event: 'secret-labels-nearly-used', secretArn: SECRET, labels: count, allowed: 20 },
    { SecretStagingLabels: count, Secret: SECRET },
  ]);
});

test('without a label left nothing is imported, because the version could be deleted', async () => {
  await expect(withLabels(20)).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: expect.stringMatching(/the secret has no staging label left .*, got 20 labels; allowed: at most 20 in all versions of a secret; remove/),
  });
});
