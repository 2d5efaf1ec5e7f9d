import { EVERYTHING_BY_IAM, GuardedFamily, PRINCIPALS, type CallerName } from './guarded-family';
import { GENERATION_PHASES, GenerationTag, type GenerationPhase } from '../../../src/contract/family/generation-tags';
import type { KmsCall } from '../../support/policy-evaluator';

const ALL_CALLERS = Object.keys(PRINCIPALS) as CallerName[];
const OUR_TAGS = Object.values(GenerationTag);
/** IAM policies that allow everything: what is denied then, the gate denies. */
const ANYTHING = { identityStatements: EVERYTHING_BY_IAM };

const family = new GuardedFamily();
const withoutBreakGlass = new GuardedFamily({ breakGlass: false });

async function callersAllowed(action: string, phase: GenerationPhase, details: Partial<KmsCall> = {}, of = family): Promise<CallerName[]> {
  const call = { ...ANYTHING, ...details };
  const answers = await Promise.all(ALL_CALLERS.map(async (caller) => await of.may(caller, phase, action, call) ? [caller] : []));
  return answers.flat();
}

describe.each(GENERATION_PHASES)('the gate of a generation in phase %s', (phase) => {
  test('allows ScheduleKeyDeletion to the roles of this construct and the break-glass role only', async () => {
    const expected = phase === 'retiring' ? ['control', 'retirement', 'breakGlass'] : ['control', 'breakGlass'];
    expect(await callersAllowed('kms:ScheduleKeyDeletion', phase)).toEqual(expected);
  });

  test('allows DeleteImportedKeyMaterial to the break-glass role only, and to no principal without one', async () => {
    expect(await callersAllowed('kms:DeleteImportedKeyMaterial', phase)).toEqual(['breakGlass']);
    expect(await callersAllowed('kms:DeleteImportedKeyMaterial', phase, {}, withoutBreakGlass)).toEqual([]);
  });

  test.each(['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'])(
    'allows %s to the control role and the break-glass role only',
    async (action) => {
      expect(await callersAllowed(action, phase, { alias: 'alias/orders' })).toEqual(['control', 'breakGlass']);
      expect(await callersAllowed(action, phase, { alias: 'alias/decoy' })).toEqual(['control', 'breakGlass']);
    },
  );

  test.each(['kms:TagResource', 'kms:UntagResource'])(
    'allows %s on a tag of this construct to its own roles and the break-glass role only',
    async (action) => {
      for (const tag of OUR_TAGS) {
        expect(await callersAllowed(action, phase, { tags: { [tag]: 'x' } })).toEqual(['control', 'retirement', 'breakGlass']);
      }
      expect(await callersAllowed(action, phase, { tags: { team: 'x', [GenerationTag.OWNER]: 'x' } })).toEqual([
        'control',
        'retirement',
        'breakGlass',
      ]);
    },
  );

  test('does not restrict other tags', async () => {
    for (const action of ['kms:TagResource', 'kms:UntagResource']) {
      expect(await family.may('administrator', phase, action, { tags: { 'team': 'orders', 'cost-centre': '7' } })).toBe(true);
      expect(await callersAllowed(action, phase, { tags: { team: 'orders' } })).toEqual(ALL_CALLERS);
    }
  });
});

test('without a break-glass role, the gate allows only the roles of this construct', async () => {
  expect(await callersAllowed('kms:ScheduleKeyDeletion', 'current', {}, withoutBreakGlass)).toEqual(['control']);
  expect(await callersAllowed('kms:ScheduleKeyDeletion', 'retiring', {}, withoutBreakGlass)).toEqual(['control', 'retirement']);
  expect(await callersAllowed('kms:UpdateAlias', 'current', { alias: 'alias/orders' }, withoutBreakGlass)).toEqual(['control']);
});

test('the open gate allows no deletion of a generation that was used within the last day', async () => {
  const days = (count: string) => ({ context: { 'kms:TrailingDaysWithoutKeyUsage': count } });
  expect(await callersAllowed('kms:ScheduleKeyDeletion', 'retiring', days('0'))).toEqual([]);
  expect(await callersAllowed('kms:ScheduleKeyDeletion', 'retiring', days('1'))).toEqual(['control', 'retirement', 'breakGlass']);
  expect(await callersAllowed('kms:ScheduleKeyDeletion', 'retiring')).toEqual(['control', 'retirement', 'breakGlass']);
});

test('the control role can delete a new generation that is still unused', async () => {
  expect(await family.may('control', 'next', 'kms:ScheduleKeyDeletion', { context: { 'kms:TrailingDaysWithoutKeyUsage': '0' } })).toBe(
    true,
  );
});

test('the gate denies a caller without a principal ARN', async () => {
  expect(await family.may('control', 'retiring', 'kms:ScheduleKeyDeletion', { context: { 'aws:PrincipalArn': undefined } })).toBe(false);
});

test('the control role of another family can neither tag a generation of this one nor change its aliases', async () => {
  const theirs = { principalArn: 'arn:aws:iam::111122223333:role/documents-control', ...ANYTHING };
  expect(
    await family.may('stranger', 'current', 'kms:TagResource', { ...theirs, tags: { [GenerationTag.FAMILY]: 'alias/documents' } }),
  ).toBe(false);
  expect(await family.may('stranger', 'current', 'kms:UpdateAlias', { ...theirs, alias: 'alias/documents' })).toBe(false);
});
