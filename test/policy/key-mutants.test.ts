import { KEY_ACTIONS } from './a-guarded-family';
import { EVERYBODY, GuardedKey, may, PEOPLE, POSTURES, type PostureName } from './a-guarded-key';
import { CIRCUMSTANCES, KIND_LAWS, lawFor, propsOf, type Restrictions } from './key-laws';
import type { Statement } from '../support/a-customer-managed-key';

/** Each generated statement is dropped, narrowed and widened in turn: the laws have to notice every one. */
interface Mutant {
  readonly name: string;
  readonly statements: readonly Statement[];
  /** No other action can be decided otherwise than before. */
  readonly actions: readonly string[];
}

const law = KIND_LAWS['a symmetric key']!;
const TEMPTING = ['kms:Decrypt', 'kms:Encrypt', 'kms:CreateGrant', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:ReEncryptFrom'];
const INTRUDERS = ['stranger', 'partnersRoot', 'partnersColleague'] as const;
const RESTRICTIONS: Restrictions[] = [{ organization: false, encryptionContext: false }, { organization: true, encryptionContext: true }];
const told: string[] = [];

afterAll(() => console.log(told.join('\n')));

describe.each(POSTURES)('in the %s posture', (posture) => {
  test.each(RESTRICTIONS)('with %j, the laws notice whatever happens to any statement', async (restriction) => {
    const statements = new GuardedKey(posture, propsOf(law, restriction)).statements as Statement[];
    const mutants = statements.flatMap((statement) => mutantsOf(statement, statements));
    const survivors = [];
    for (const mutant of mutants) if (!await isCaught(mutant, posture, restriction)) survivors.push(mutant.name);
    told.push(`key policy mutants, ${posture}, ${JSON.stringify(restriction)}: ${mutants.length}, survivors ${survivors.length}`);
    expect(survivors).toEqual([]);
    expect(mutants.length).toBeGreaterThan(20);
  });
});

function mutantsOf(statement: Statement, statements: readonly Statement[]): Mutant[] {
  const actions = [statement.Action].flat();
  const affected = actions.includes('kms:*') ? KEY_ACTIONS : actions;
  const instead = (name: string, replacement: Statement | undefined, touched: readonly string[] = affected): Mutant => ({
    name: `${statement.Sid}: ${name}`,
    statements: statements.flatMap((each) => each !== statement ? [each] : replacement === undefined ? [] : [replacement]),
    actions: touched,
  });
  const principals = [(statement.Principal as { AWS: string | string[] }).AWS].flat();
  const conditions = Object.entries((statement.Condition ?? {}) as Record<string, Record<string, unknown>>)
    .flatMap(([operator, keys]) => Object.keys(keys).map((key) => [operator, key] as const));
  return [
    instead('dropped', undefined),
    ...(actions.length === 1 ? [] : actions.map((action) => instead(`without ${action}`, { ...statement, Action: actions.filter((each) => each !== action) }, [action]))),
    ...(actions.includes('kms:*') ? [] : [
      instead('with kms:*', { ...statement, Action: 'kms:*' }, KEY_ACTIONS),
      ...TEMPTING.filter((action) => !actions.includes(action)).map((action) => instead(`with ${action}`, { ...statement, Action: [...actions, action] }, [action])),
    ]),
    ...INTRUDERS.map((person) => instead(`for ${person}, too`, { ...statement, Principal: { AWS: [...principals, PEOPLE[person]] } })),
    instead('for everybody', { ...statement, Principal: '*' }),
    ...conditions.map(([operator, key]) => instead(`without ${operator} ${key}`, withoutCondition(statement, operator, key))),
  ];
}

function withoutCondition(statement: Statement, operator: string, key: string): Statement {
  const conditions = statement.Condition as Record<string, Record<string, unknown>>;
  const { [key]: _, ...keys } = conditions[operator] as Record<string, unknown>;
  const { Condition: __, ...unconditional } = statement;
  return Object.keys(keys).length === 0 ? unconditional : { ...statement, Condition: { ...conditions, [operator]: keys } };
}

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
