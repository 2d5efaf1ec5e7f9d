import { GuardedFamily, PRINCIPALS } from './guarded-family';
import { GENERATION_PHASES, GenerationTag } from '../../../src/contract/family/generation-tags';

const family = new GuardedFamily();
const OF_FAMILY = { context: { [`aws:ResourceTag/${GenerationTag.FAMILY}`]: 'alias/orders' } };
const OF_ANOTHER = { context: { [`aws:ResourceTag/${GenerationTag.FAMILY}`]: 'alias/invoices' } };
/** The same role after it was created again with another name: the key policy of a pending key does not name it. */
const CREATED_AGAIN = { principalArn: `${PRINCIPALS.control}-again` };

/** The cancellation of a deletion is the last defense, so it must be allowed whatever happened to the key before. */
describe.each(GENERATION_PHASES)('the deletion of a generation in phase %s', (phase) => {
  test.each(['control', 'retirement', 'administrator', 'breakGlass'] as const)('can be cancelled by %s', async (caller) => {
    expect(await family.may(caller, phase, 'kms:CancelKeyDeletion')).toBe(true);
  });

  test('can be found and cancelled by a control role that was created again, by the tag of the family', async () => {
    for (const action of ['kms:CancelKeyDeletion', 'kms:DescribeKey', 'kms:ListResourceTags']) {
      expect([action, await family.may('control', phase, action, { ...CREATED_AGAIN, ...OF_FAMILY })]).toEqual([action, true]);
    }
  });

  test('cannot be cancelled by that role for a key of another family', async () => {
    expect(await family.may('control', phase, 'kms:CancelKeyDeletion', { ...CREATED_AGAIN, ...OF_ANOTHER })).toBe(false);
  });

  test('cannot be scheduled, and the key cannot be enabled or used, by that right', async () => {
    for (const action of ['kms:ScheduleKeyDeletion', 'kms:EnableKey', 'kms:Decrypt']) {
      expect([action, await family.may('control', phase, action, { ...CREATED_AGAIN, ...OF_FAMILY })]).toEqual([action, false]);
    }
  });
});
