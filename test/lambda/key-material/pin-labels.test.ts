import { formerPinLabel, keyThatMayBeDeleted, pinLabel } from '../../../lambda/key-material/pin-labels';

const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const KEY = {
  keyId: KEY_ID,
  keyArn: `arn:aws:kms:eu-central-1:111122223333:key/${KEY_ID}`,
  createdAt: new Date('2026-01-15T23:59:59Z'),
};
const MATERIAL = 'a'.repeat(64);
const PLACE = { account: '111122223333', region: 'eu-central-1' };
const LATER = new Date('2027-01-01T00:00:00Z');
const LABEL = pinLabel(KEY, MATERIAL);

test('a label names account, Region, day of creation, key and key material, within the limit of Secrets Manager', () => {
  expect(LABEL).toBe(`cdk-kms-lifecycle/111122223333/eu-central-1/2026-01-15/${KEY_ID}/${MATERIAL}`);
  const longest = pinLabel({ ...KEY, keyArn: KEY.keyArn.replace('eu-central-1', 'ap-northeast-99-longer') }, MATERIAL);
  expect(longest.length).toBeLessThan(256);
});

test('a label of this account and Region may belong to a deleted key', () => {
  expect(keyThatMayBeDeleted(LABEL, PLACE, LATER)).toBe(KEY_ID);
});

test('a key cannot be deleted earlier than seven days after its creation, at the end of the day in its label', () => {
  expect(keyThatMayBeDeleted(LABEL, PLACE, new Date('2026-01-22T23:59:59Z'))).toBeUndefined();
  expect(keyThatMayBeDeleted(LABEL, PLACE, new Date('2026-01-23T00:00:00Z'))).toBe(KEY_ID);
});

test.each([
  ['another account', LABEL.replace(PLACE.account, '444455556666')],
  ['another Region', LABEL.replace(PLACE.region, 'eu-west-1')],
  ['an earlier version of this library', formerPinLabel(KEY, MATERIAL)],
  ['Secrets Manager', 'AWSPREVIOUS'],
  ['another tool', `backup/${LABEL}`],
  ['another tool, with the prefix', 'cdk-kms-lifecycle/mine'],
  ['no key id', LABEL.replace(KEY_ID, 'alias')],
  ['a multi-Region key', LABEL.replace(KEY_ID, `mrk-${KEY_ID.replace(/-/g, '')}`)],
  ['an unreadable day', LABEL.replace('2026-01-15', '2026-99-99')],
])('a label of %s names no key that may be deleted', (_, label) => {
  expect(keyThatMayBeDeleted(label, PLACE, LATER)).toBeUndefined();
});
