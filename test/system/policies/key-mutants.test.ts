import { ALL_CALLERS, GuardedKey, may, PRINCIPALS, POSTURES, type PostureName } from './guarded-key';
import { CIRCUMSTANCES, KIND_LAWS, lawFor, propsOf, type Restrictions } from './key-laws';
import { mutantsOf, type Mutant } from './statement-mutants';
import type { Statement } from '../../support/a-customer-managed-key';

const law = KIND_LAWS['a symmetric key']!;
const INTRUDERS = [PRINCIPALS.stranger, PRINCIPALS.partnersRoot, PRINCIPALS.partnersColleague].map((AWS) => ({ AWS }));
const RESTRICTIONS: Restrictions[] = [{ organization: false, encryptionContext: false }, { organization: true, encryptionContext: true }];
const summaries: string[] = [];

afterAll(() => console.log(summaries.join('\n')));

describe.each(POSTURES)('in the %s posture', (posture) => {
  test.each(RESTRICTIONS)('with %j, the laws notice every mutant of every statement', async (restriction) => {
    const statements = new GuardedKey(posture, propsOf(law, restriction)).statements as Statement[];
    const mutants = statements.flatMap((statement) => mutantsOf(statement, statements, INTRUDERS));
    const survivors = [];
    for (const mutant of mutants) if (!await isCaught(mutant, posture, restriction)) survivors.push(mutant.name);
    summaries.push(`key policy mutants, ${posture}, ${JSON.stringify(restriction)}: ${mutants.length}, survivors ${survivors.length}`);
    expect(survivors).toEqual([]);
    expect(mutants.length).toBeGreaterThan(20);
  });
});

async function isCaught({ statements, actions }: Mutant, posture: PostureName, restriction: Restrictions): Promise<boolean> {
  for (const caller of ALL_CALLERS) {
    for (const circumstances of CIRCUMSTANCES) {
      const allowed = lawFor(caller, posture, law, restriction, circumstances);
      for (const action of actions) {
        if (await may(caller, action, statements, circumstances.details) !== allowed.includes(action)) return true;
      }
    }
  }
  return false;
}
