import { GuardedKey, PRINCIPALS, POSTURES } from './guarded-key';
import { lawForService, mayAsService, SERVICE_LAWS, type ServiceLaw } from './service-laws';
import { mutantsOf, mutantsWithAnyValue, type Mutant } from './statement-mutants';
import type { Statement } from '../../support/a-customer-managed-key';
import { aStack } from '../../support/a-stack';

const OTHER_SERVICE = 'events.amazonaws.com';
const INTRUDERS = [{ AWS: PRINCIPALS.stranger }, { Service: OTHER_SERVICE }];
const totals = { mutants: 0, survivors: 0 };

afterAll(() => console.log(`mutants of the statements of services: ${totals.mutants}, survivors ${totals.survivors}`));

describe.each(POSTURES)('in the %s posture', (posture) => {
  test.each(Object.entries(SERVICE_LAWS))('the law of %s notices every mutant of its statements', async (_, law) => {
    const statements = new GuardedKey(posture, { ...law.key, serviceUsers: [law.serviceUser] }, aStack(law.region))
      .statements as Statement[];
    const without = new GuardedKey(posture, law.key, aStack(law.region)).statements as Statement[];
    const itsOwn = statements.filter(({ Sid }) => !without.some((other) => other.Sid === Sid));
    const all = itsOwn.flatMap((statement) => [
      ...mutantsOf(statement, statements, INTRUDERS),
      ...mutantsWithAnyValue(statement, statements),
    ]);
    const survivors: string[] = [];
    for (const mutant of all) if (!await isCaught(mutant, law)) survivors.push(mutant.name);
    totals.mutants += all.length;
    totals.survivors += survivors.length;
    expect(survivors).toEqual([]);
    expect(all.length).toBeGreaterThan(5);
  });
});

async function isCaught({ statements, actions }: Mutant, { principal, cases }: ServiceLaw): Promise<boolean> {
  for (const [circumstances, asLaw] of Object.values(cases)) {
    for (const forAwsResource of [true, false]) {
      for (const caller of [principal, PRINCIPALS.stranger, OTHER_SERVICE]) {
        const allowed = caller === principal ? lawForService(asLaw, forAwsResource) : [];
        for (const action of actions) {
          if (await mayAsService(caller, action, statements, circumstances, forAwsResource) !== allowed.includes(action)) return true;
        }
      }
    }
  }
  return false;
}
