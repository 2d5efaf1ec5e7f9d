import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { RetirementInput } from '../../../src/contract/runs/retirement-run';

/** An operator may have written the input. A misspelled member is an error, so that it is not treated as absent. */
export function decodeRetirementInput({ alias }: FamilyDescription, input: unknown): RetirementInput {
  const members = (typeof input === 'object' && input !== null ? input : {}) as { [name: string]: unknown };
  const { generation, cancelDeletion, keyId, onlyReversals, ...unknown } = members;
  const isNumber = typeof generation === 'number' && Number.isSafeInteger(generation) && generation >= 0;
  const isKeyId = keyId === undefined || (cancelDeletion === true && typeof keyId === 'string' && keyId !== '');
  if (isNumber && isKeyId && isFlag(cancelDeletion) && isFlag(onlyReversals) && Object.keys(unknown).length === 0) {
    return { generation, cancelDeletion, keyId, onlyReversals };
  }
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: `${alias}, input of a retirement run`,
    what: 'input is invalid',
    given: Object.keys(input ?? {}).join(', ') || 'nothing',
    allowed: '{"generation": 3}, {"generation": 3, "cancelDeletion": true}, or the same with "keyId" if its alias was deleted',
    remedy: 'start the run again with one of these inputs',
  });
}

function isFlag(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean';
}
