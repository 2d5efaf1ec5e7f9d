import { callsOf, type ExpectedCall } from './generation-laws';
import { GuardedFamily, PRINCIPALS } from './guarded-family';
import { mutantsOf, mutantsWithAnyValue, type Mutant } from './statement-mutants';
import { GENERATION_PHASES, type GenerationPhase } from '../../../src/contract/family/generation-tags';
import type { Statement } from '../../support/a-customer-managed-key';

/**
 * Each statement of a generation's key policy is dropped, narrowed and widened in turn. The laws must
 * notice every mutant.
 *
 * A mutant of a statement of several phases must be noticed in one of them: in another phase the fence may deny
 * what it allows.
 */
const family = new GuardedFamily();
const INTRUDERS = [{ AWS: PRINCIPALS.stranger }];

/** Mutants without effect, each with the reason. */
const OF_NO_EFFECT: ReadonlyMap<string, string> = new Map([
  ['AdministratorsManageButCannotUse: with kms:ScheduleKeyDeletion', 'the gate denies it in every phase'],
  ['UsersEncryptAndDecryptButCannotManage: with kms:ScheduleKeyDeletion', 'the gate denies it in every phase'],
  ['WorkerReEncryptsButCannotDecrypt: with kms:ScheduleKeyDeletion', 'the gate denies it in every phase'],
  [
    'ControlCreatesAndNamesGenerationsButCannotUseThem: without kms:ListResourceTags',
    'IAM allows the role to read the tags of every key, by which it finds its own',
  ],
  ['ControlProvesThatAGenerationEncrypts: with kms:PutKeyPolicy', 'the role may do it in any encryption context, by another statement'],
  [
    'ControlProvesThatAGenerationEncrypts: with kms:ScheduleKeyDeletion',
    'the role may do it in any encryption context, by another statement',
  ],
  ['RetirementProvesThatItsWatchWorks: with kms:ScheduleKeyDeletion', 'the role may do it in any encryption context, by another statement'],
]);

const EXPECTED_CALLS = new Map(GENERATION_PHASES.map((phase) => [phase, callsOf(phase)]));

async function isNoticed(keyPolicy: string, questions: readonly ExpectedCall[], phase: GenerationPhase): Promise<boolean> {
  for (const { caller, action, details, allowed } of questions) {
    if (await family.may(caller, phase, action, { ...details, keyPolicy }) !== allowed) return true;
  }
  return false;
}

test.each(GENERATION_PHASES)('the key policy of a generation in phase %s decides every call as the law requires', async (phase) => {
  expect(await isNoticed(family.policy(phase), EXPECTED_CALLS.get(phase) ?? [], phase)).toBe(false);
});

test('the laws notice every mutant of every statement', async () => {
  const mutants = GENERATION_PHASES.flatMap((phase) => mutantsIn(phase).map((mutant) => ({ phase, mutant })));
  const unnoticed = new Set(mutants.map(({ mutant }) => mutant.name));
  const count = unnoticed.size;
  for (const { phase, mutant: { name, statements, actions } } of mutants) {
    if (!unnoticed.has(name)) continue;
    const affected = (EXPECTED_CALLS.get(phase) ?? []).filter(({ action }) => actions.includes(action));
    if (await isNoticed(JSON.stringify({ Version: '2012-10-17', Statement: statements }), affected, phase)) unnoticed.delete(name);
  }
  const survivors = [...unnoticed].filter((name) => !OF_NO_EFFECT.has(name));
  console.log(
    `mutants of the key policy of a generation: ${count}, survivors ${survivors.length}, of no effect ${unnoticed.size - survivors.length}`,
  );
  expect(survivors).toEqual([]);
  expect([...unnoticed].sort()).toEqual([...OF_NO_EFFECT.keys()].sort());
  expect(count).toBeGreaterThan(100);
});

function mutantsIn(phase: GenerationPhase): Mutant[] {
  const { Statement: statements } = JSON.parse(family.policy(phase)) as { readonly Statement: readonly Statement[] };
  return statements.flatMap((statement) => [...mutantsOf(statement, statements, INTRUDERS), ...mutantsWithAnyValue(statement, statements)]);
}
