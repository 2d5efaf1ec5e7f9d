import { KEY_ACTIONS } from './a-guarded-family';
import { EVERYBODY, everythingThat, GuardedKey, POSTURES } from './a-guarded-key';
import { CIRCUMSTANCES, KIND_LAWS, lawFor, propsOf, type Restrictions } from './key-laws';

const BOTH = [false, true];
const RESTRICTIONS: Restrictions[] = BOTH.flatMap((organization) => BOTH.map((encryptionContext) => ({ organization, encryptionContext })));
let proofs = 0;

afterAll(() => console.log(`key policy proofs: ${proofs} answers of the evaluator, each as the law says`));

describe.each(POSTURES)('in the %s posture', (posture) => {
  describe.each(Object.entries(KIND_LAWS))('%s', (_, law) => {
    // Only symmetric keys know encryption contexts.
    const restrictions = RESTRICTIONS.filter(({ encryptionContext }) => law.useInContext.length > 0 || !encryptionContext);

    test.each(restrictions)('with %j, lets everybody do exactly what the law says', async (restriction) => {
      const { statements } = new GuardedKey(posture, propsOf(law, restriction));
      for (const circumstances of CIRCUMSTANCES) {
        for (const person of EVERYBODY) {
          const allowed = await everythingThat(person, statements, circumstances.details);
          proofs += KEY_ACTIONS.length;
          const expected = [...lawFor(person, posture, law, restriction, circumstances)].sort();
          expect([person, circumstances.name, allowed]).toEqual([person, circumstances.name, expected]);
        }
      }
    });
  });
});
