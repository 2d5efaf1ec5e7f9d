import { EVERYBODY, GuardedKey, may, PEOPLE, POSTURES, type PostureName } from './a-guarded-key';
import { CIRCUMSTANCES, KIND_LAWS, lawFor, propsOf, type Restrictions } from './key-laws';
import { mutantsOf, type Mutant } from './statement-mutants';
import type { Statement } from '../../support/a-customer-managed-key';

const law = KIND_LAWS['a symmetric key']!;
const INTRUDERS = [PEOPLE.stranger, PEOPLE.partnersRoot, PEOPLE.partnersColleague].map((AWS) => ({ AWS }));
const RESTRICTIONS: Restrictions[] = [{ organization: false, encryptionContext: false }, { organization: true, encryptionContext: true }];
const told: string[] = [];

afterAll(() => console.log(told.join('\n')));

describe.each(POSTURES)('in the %s posture', (posture) => {
  test.each(RESTRICTIONS)('with %j, the laws notice whatever happens to any statement', async (restriction) => {
    const statements = new GuardedKey(posture, propsOf(law, restriction)).statements as Statement[];
    const mutants = statements.flatMap((statement) => mutantsOf(statement, statements, INTRUDERS));
    const survivors = [];
    for (const mutant of mutants) if (!await isCaught(mutant, posture, restriction)) survivors.push(mutant.name);
    told.push(`key policy mutants, ${posture}, ${JSON.stringify(restriction)}: ${mutants.length}, survivors ${survivors.length}`);
    expect(survivors).toEqual([]);
    expect(mutants.length).toBeGreaterThan(20);
  });
});

async function isCaught({ statements, actions }: Mutant, posture: PostureName, restriction: Restrictions): Promise<boolean> {
  for (const person of EVERYBODY) {
    for (const circumstances of CIRCUMSTANCES) {
      const allowed = lawFor(person, posture, law, restriction, circumstances);
      for (const action of actions) {
        if (await may(person, action, statements, circumstances.details) !== allowed.includes(action)) return true;
      }
    }
  }
  return false;
}
