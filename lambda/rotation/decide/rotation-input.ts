import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { RotationInput } from '../../../src/contract/runs/rotation-run';

/** Every way to start a rotation, as people are told. */
const ALLOWED = '{}, { "toGeneration": 4 } or { "rollBackTo": 2 }';

/** As much of what somebody wrote as an error repeats. */
const SHOWN_CHARACTERS = 60;

/** Reads what somebody wrote to start a rotation. A word that is not known may have been meant to matter, so it is refused. */
export function decodeRotationInput(alias: string, input: unknown): RotationInput {
  const refuse = (what: string, given: string, remedy: string) => {
    throw new Failure(ErrorName.INVALID_REQUEST, { where: `rotation of ${alias}`, what, given, allowed: ALLOWED, remedy });
  };
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return refuse('input is not a JSON object', show(input), 'start the execution with {} to rotate');
  }
  const members = new Map(Object.entries(input));
  for (const [name, value] of members) {
    if (name !== 'toGeneration' && name !== 'rollBackTo') {
      return refuse('input has a member that is not known', show(name), 'leave it out, or correct its name');
    }
    if (!Number.isSafeInteger(value) || value < 0) {
      return refuse(`${name} is not the number of a generation`, show(value), 'give the number that stands in the alias of the generation');
    }
  }
  if (members.size > 1) return refuse('input asks for two things at once', show(input), 'ask for one of them');
  return Object.fromEntries(members);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
}
