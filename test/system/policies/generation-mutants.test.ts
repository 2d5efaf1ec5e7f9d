import { GuardedFamily, PEOPLE } from './a-guarded-family';
import { questionsOf, type Question } from './generation-laws';
import { mutantsOf, mutantsWithAnyValue, type Mutant } from './statement-mutants';
import { GENERATION_PHASES, type GenerationPhase } from '../../../src/contract/family/generation-tags';
import type { Statement } from '../../support/a-customer-managed-key';

/**
 * Each statement of a generation's key policy is dropped, narrowed and widened in turn: the laws have to notice every one.
 *
 * A statement that stands there in several phases has to be noticed in one of them: what it allows, the fence may deny in another.
 */
const family = new GuardedFamily();
const INTRUDERS = [{ AWS: PEOPLE.stranger }];

/** What changes nothing, and why. */
const OF_NO_EFFECT: ReadonlyMap<string, string> = new Map([
  ['AdministratorsManageButCannotUse: with kms:ScheduleKeyDeletion', 'the gate denies it in every phase'],
  ['UsersEncryptAndDecryptButCannotManage: with kms:ScheduleKeyDeletion', 'the gate denies it in every phase'],
  ['WorkerReEncryptsButCannotDecrypt: with kms:ScheduleKeyDeletion', 'the gate denies it in every phase'],
  ['ControlMakesAndNamesGenerationsButCannotUseThem: without kms:ListResourceTags', 'IAM lets the role read the tags of any key: it looks for its own by them'],
  ['ControlTriesWhetherAGenerationEncrypts: with kms:PutKeyPolicy', 'the role may do it in any encryption context, by another statement'],
  ['ControlTriesWhetherAGenerationEncrypts: with kms:ScheduleKeyDeletion', 'the role may do it in any encryption context, by another statement'],
  ['RetirementTriesWhetherItsWatchSees: with kms:ScheduleKeyDeletion', 'the role may do it in any encryption context, by another statement'],
]);

const QUESTIONS = new Map(GENERATION_PHASES.map((phase) => [phase, questionsOf(phase)]));

async function isNoticed(keyPolicy: string, questions: readonly Question[], phase: GenerationPhase): Promise<boolean> {
  for (const { person, action, details, allowed } of questions) {
    if (await family.may(person, phase, action, { ...details, keyPolicy }) !== allowed) return true;
  }
  return false;
}

test.each(GENERATION_PHASES)('the policy of a generation that is %s answers every question as the law says', async (phase) => {
  expect(await isNoticed(family.policy(phase), QUESTIONS.get(phase) ?? [], phase)).toBe(false);
});

test('the laws notice whatever happens to any statement', async () => {
  const mutants = GENERATION_PHASES.flatMap((phase) => mutantsIn(phase).map((mutant) => ({ phase, mutant })));
  const unnoticed = new Set(mutants.map(({ mutant }) => mutant.name));
  const count = unnoticed.size;
  for (const { phase, mutant: { name, statements, actions } } of mutants) {
    if (!unnoticed.has(name)) continue;
    const asked = (QUESTIONS.get(phase) ?? []).filter(({ action }) => actions.includes(action));
    if (await isNoticed(JSON.stringify({ Version: '2012-10-17', Statement: statements }), asked, phase)) unnoticed.delete(name);
  }
  const survivors = [...unnoticed].filter((name) => !OF_NO_EFFECT.has(name));
  console.log(`mutants of the key policy of a generation: ${count}, survivors ${survivors.length}, of no effect ${unnoticed.size - survivors.length}`);
  expect(survivors).toEqual([]);
  expect([...unnoticed].sort()).toEqual([...OF_NO_EFFECT.keys()].sort());
  expect(count).toBeGreaterThan(100);
});

function mutantsIn(phase: GenerationPhase): Mutant[] {
  const { Statement: statements } = JSON.parse(family.policy(phase)) as { readonly Statement: readonly Statement[] };
  return statements.flatMap((statement) => [...mutantsOf(statement, statements, INTRUDERS), ...mutantsWithAnyValue(statement, statements)]);
}
