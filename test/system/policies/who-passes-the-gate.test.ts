import { EVERYTHING_BY_IAM, GuardedFamily, PEOPLE, type Person } from './a-guarded-family';
import { GENERATION_PHASES, GenerationTag, type GenerationPhase } from '../../../src/contract/family/generation-tags';
import type { KmsCall } from '../../support/policy-evaluator';

const EVERYBODY = Object.keys(PEOPLE) as Person[];
const OUR_TAGS = Object.values(GenerationTag);
/** As if IAM gave everybody everything: what is refused then, the gate refuses. */
const ANYTHING = { identityStatements: EVERYTHING_BY_IAM };

const family = new GuardedFamily();
const withoutBreakGlass = new GuardedFamily({ breakGlass: false });

async function whoMay(action: string, phase: GenerationPhase, details: Partial<KmsCall> = {}, of = family): Promise<Person[]> {
  const call = { ...ANYTHING, ...details };
  const answers = await Promise.all(EVERYBODY.map(async (person) => await of.may(person, phase, action, call) ? [person] : []));
  return answers.flat();
}

describe.each(GENERATION_PHASES)('through the gate of a generation that is %s', (phase) => {
  test('deletion is scheduled by our own roles and the break-glass role only', async () => {
    const expected = phase === 'retiring' ? ['control', 'retirement', 'breakGlass'] : ['control', 'breakGlass'];
    expect(await whoMay('kms:ScheduleKeyDeletion', phase)).toEqual(expected);
  });

  test('key material is deleted by the break-glass role only, and by nobody where there is none', async () => {
    expect(await whoMay('kms:DeleteImportedKeyMaterial', phase)).toEqual(['breakGlass']);
    expect(await whoMay('kms:DeleteImportedKeyMaterial', phase, {}, withoutBreakGlass)).toEqual([]);
  });

  test.each(['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'])('%s is for the control role and the break-glass role', async (action) => {
    expect(await whoMay(action, phase, { alias: 'alias/orders' })).toEqual(['control', 'breakGlass']);
    expect(await whoMay(action, phase, { alias: 'alias/decoy' })).toEqual(['control', 'breakGlass']);
  });

  test.each(['kms:TagResource', 'kms:UntagResource'])('%s touches a tag of ours for our own roles and the break-glass role only', async (action) => {
    for (const tag of OUR_TAGS) {
      expect(await whoMay(action, phase, { tags: { [tag]: 'x' } })).toEqual(['control', 'retirement', 'breakGlass']);
    }
    expect(await whoMay(action, phase, { tags: { team: 'x', [GenerationTag.OWNER]: 'x' } })).toEqual(['control', 'retirement', 'breakGlass']);
  });

  test('everybody\'s own tags stay everybody\'s own', async () => {
    for (const action of ['kms:TagResource', 'kms:UntagResource']) {
      expect(await family.may('administrator', phase, action, { tags: { 'team': 'orders', 'cost-centre': '7' } })).toBe(true);
      expect(await whoMay(action, phase, { tags: { team: 'orders' } })).toEqual(EVERYBODY);
    }
  });
});

test('without a break-glass role, nobody but our own roles passes', async () => {
  expect(await whoMay('kms:ScheduleKeyDeletion', 'current', {}, withoutBreakGlass)).toEqual(['control']);
  expect(await whoMay('kms:ScheduleKeyDeletion', 'retiring', {}, withoutBreakGlass)).toEqual(['control', 'retirement']);
  expect(await whoMay('kms:UpdateAlias', 'current', { alias: 'alias/orders' }, withoutBreakGlass)).toEqual(['control']);
});

test('the open gate lets nobody delete a generation that was used within the last day', async () => {
  const days = (count: string) => ({ context: { 'kms:TrailingDaysWithoutKeyUsage': count } });
  expect(await whoMay('kms:ScheduleKeyDeletion', 'retiring', days('0'))).toEqual([]);
  expect(await whoMay('kms:ScheduleKeyDeletion', 'retiring', days('1'))).toEqual(['control', 'retirement', 'breakGlass']);
  expect(await whoMay('kms:ScheduleKeyDeletion', 'retiring')).toEqual(['control', 'retirement', 'breakGlass']);
});

test('the control role can delete a generation that it made a moment ago, before anybody used it', async () => {
  expect(await family.may('control', 'next', 'kms:ScheduleKeyDeletion', { context: { 'kms:TrailingDaysWithoutKeyUsage': '0' } })).toBe(true);
});

test('a caller without a principal ARN stays outside', async () => {
  expect(await family.may('control', 'retiring', 'kms:ScheduleKeyDeletion', { context: { 'aws:PrincipalArn': undefined } })).toBe(false);
});

test('the control role of another family can neither tag nor name a generation of this one', async () => {
  const theirs = { principalArn: 'arn:aws:iam::111122223333:role/documents-control', ...ANYTHING };
  expect(await family.may('stranger', 'current', 'kms:TagResource', { ...theirs, tags: { [GenerationTag.FAMILY]: 'alias/documents' } })).toBe(false);
  expect(await family.may('stranger', 'current', 'kms:UpdateAlias', { ...theirs, alias: 'alias/documents' })).toBe(false);
});
