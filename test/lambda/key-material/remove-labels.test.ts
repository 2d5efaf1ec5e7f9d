import { formerPinLabel, pinLabel } from '../../../lambda/key-material/pin-labels';
import { removeLabelsOfDeletedKeys } from '../../../lambda/key-material/remove-labels';
import type { SecretLabel, SecretPort } from '../../../lambda/ports/key-material';
import { jsonLog } from '../../../lambda/runtime/log';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders-AbCdEf';
const NOW = new Date('2026-11-01T00:00:00Z');
const OLD = new Date('2026-01-01T00:00:00Z');
const MATERIAL = 'f'.repeat(64);

const keyId = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const keyArn = (number: number, place = 'eu-central-1:111122223333') => `arn:aws:kms:${place}:key/${keyId(number)}`;

function labelOf(number: number, { place, createdAt = OLD }: { place?: string; createdAt?: Date } = {}): SecretLabel {
  return { label: pinLabel({ keyId: keyId(number), keyArn: keyArn(number, place), createdAt }, MATERIAL), versionId: `version-${number}` };
}

/** Labels that nothing removes. */
function fill(count: number): SecretLabel[] {
  return Array.from({ length: count }, (_, index) => ({ label: `application-${index}`, versionId: `other-${index}` }));
}

const refused = (name: ErrorName) => new Failure(name, { where: 'key', what: 'refused', remedy: 'none' });

let lines: string[];
let labels: SecretLabel[];
let removed: string[];
/** The calls to KMS, in order. */
let asked: string[];
beforeEach(() => { [lines, removed, asked] = [[], [], []]; });

interface Kms {
  readonly listed?: readonly number[];
  readonly isUnknown?: (keyId: string) => boolean;
  readonly refusal?: Error;
}

function remove({ listed = [], isUnknown = () => true, refusal }: Kms = {}): Promise<void> {
  const secrets = {
    listLabels: async () => labels,
    removeLabel: async (_: string, versionId: string, label: string) => {
      if (refusal !== undefined) throw refusal;
      removed.push(`${versionId} ${label}`);
    },
  } as unknown as SecretPort;
  return removeLabelsOfDeletedKeys(SECRET, keyArn(99), {
    secrets,
    kms: {
      listKeyIds: async () => { asked.push('list'); return listed.map(keyId); },
      isUnknownKey: async (given) => { asked.push(given); return isUnknown(given); },
    },
    clock: { now: () => NOW },
    log: jsonLog((line) => lines.push(line)),
  });
}

test('the labels of deleted keys are removed when 15 are used, each from its version, and every other label stays', async () => {
  labels = [...fill(13), labelOf(1), labelOf(2)];
  await remove();
  expect(removed).toEqual([labelOf(1), labelOf(2)].map(({ label, versionId }) => `${versionId} ${label}`));
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { event: 'secret-label-removed', keyId: keyId(1), secretVersionId: 'version-1' }, { event: 'secret-label-removed', keyId: keyId(2) },
  ]);
});

test('with fewer labels nothing is removed, and KMS is not called', async () => {
  labels = [...fill(12), labelOf(1), labelOf(2)];
  await remove();
  expect([removed, asked]).toEqual([[], []]);
});

test('the label of a key that exists stays, such as one that is pending deletion', async () => {
  labels = [...fill(15), labelOf(1), labelOf(2)];
  await remove({ isUnknown: (id) => id === keyId(2) });
  expect(removed).toEqual([expect.stringContaining(keyId(2))]);
});

test('the label of a key that KMS lists stays, even if another read does not show the key', async () => {
  labels = [...fill(15), labelOf(1)];
  await remove({ listed: [1] });
  expect(removed).toEqual([]);
});

test.each([ErrorName.ACCESS_DENIED, ErrorName.THROTTLED, ErrorName.KEY_NOT_READY])('%s is no proof: the label stays', async (name) => {
  labels = [...fill(15), labelOf(1), labelOf(2)];
  await remove({ isUnknown: (id) => { if (id === keyId(1)) throw refused(name); return true; } });
  expect(removed).toEqual([expect.stringContaining(keyId(2))]);
  expect(lines.join()).toContain('secret-label-kept');
});

test.each<[string, SecretLabel]>([
  ['of another account', labelOf(1, { place: 'eu-central-1:444455556666' })],
  ['of another Region', labelOf(1, { place: 'eu-west-1:111122223333' })],
  ['of a key that cannot be deleted yet', labelOf(1, { createdAt: new Date('2026-10-26T00:00:00Z') })],
  ['of an earlier version of this library', { label: formerPinLabel({ keyId: keyId(1) }, MATERIAL), versionId: 'v' }],
])('a label %s stays, and KMS is not called', async (_, label) => {
  labels = [...fill(16), label];
  await remove();
  expect([removed, asked]).toEqual([[], []]);
});

test.each(['AWSCURRENT', 'AWSPENDING'])('a version that has %s keeps its labels', async (label) => {
  labels = [...fill(15), labelOf(1), { label, versionId: 'version-1' }, labelOf(2)];
  await remove();
  expect(removed).toEqual([expect.stringContaining(keyId(2))]);
});

test('a label that cannot be removed does not prevent the import', async () => {
  labels = [...fill(15), labelOf(1)];
  await remove({ refusal: refused(ErrorName.ACCESS_DENIED) });
  expect(lines.join()).toContain('secret-label-kept');
});

test('a defect is not hidden', async () => {
  labels = [...fill(15), labelOf(1)];
  await expect(remove({ refusal: new TypeError('defect') })).rejects.toThrow('defect');
});
