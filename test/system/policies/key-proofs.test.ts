import { KEY_ACTIONS } from './guarded-family';
import { ALL_CALLERS, allowedActions, GuardedKey, POSTURES } from './guarded-key';
import { CIRCUMSTANCES, KIND_LAWS, lawFor, propsOf, type Restrictions } from './key-laws';

const BOTH = [false, true];
const RESTRICTIONS: Restrictions[] = BOTH.flatMap((organization) => BOTH.map((encryptionContext) => ({ organization, encryptionContext })));
let proofs = 0;

afterAll(() => console.log(`key policy proofs: ${proofs} answers of the evaluator, each as the law says`));

describe.each(POSTURES)('in the %s posture', (posture) => {
  describe.each(Object.entries(KIND_LAWS))('%s', (_, law) => {
    // Only symmetric keys support encryption contexts.
    const restrictions = RESTRICTIONS.filter(({ encryptionContext }) => law.useInContext.length > 0 || !encryptionContext);

    test.each(restrictions)('with %j, each caller is allowed exactly what the law allows', async (restriction) => {
      const { statements } = new GuardedKey(posture, propsOf(law, restriction));
      for (const circumstances of CIRCUMSTANCES) {
        for (const caller of ALL_CALLERS) {
          const allowed = await allowedActions(caller, statements, circumstances.details);
          proofs += KEY_ACTIONS.length;
          const expected = [...lawFor(caller, posture, law, restriction, circumstances)].sort();
          expect([caller, circumstances.name, allowed]).toEqual([caller, circumstances.name, expected]);
        }
      }
    });
  });
});
