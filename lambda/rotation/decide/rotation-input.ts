import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { RotationInput } from '../../../src/contract/runs/rotation-run';

/** Every valid input, for error messages. */
const ALLOWED = '{}, { "toGeneration": 4 } or { "rollBackTo": 2 }';

/** Maximum length of an input value in an error message. */
const MAX_SHOWN_CHARACTERS = 60;

/** Decodes the input of an execution. An unknown member is refused, because it may be a misspelled option. */
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
      return refuse('input has an unknown member', show(name), 'remove it, or correct its name');
    }
    if (!Number.isSafeInteger(value) || value < 0) {
      return refuse(`${name} is not a generation number`, show(value), 'use the number at the end of the alias of the generation');
    }
  }
  if (members.size > 1) return refuse('input has both toGeneration and rollBackTo', show(input), 'remove one of them');
  return Object.fromEntries(members);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}...` : text;
}
