import { matchesAction, type Permit, type PermitCondition } from './permits';

/** Operators that hold if one of the values matches. With fewer values they hold for fewer requests. */
const ONE_VALUE_MATCHES = /^((ForAnyValue|ForAllValues):)?(String|Arn)(Equals|Like|EqualsIgnoreCase)(IfExists)?$/i;
/** Operators that hold if no value matches. With more values they hold for fewer requests. */
const NO_VALUE_MATCHES = /^((ForAnyValue|ForAllValues):)?(String|Arn)Not(Equals|Like|EqualsIgnoreCase)(IfExists)?$/i;

/**
 * Whether one permit includes another: the same effect, for the same principal or every principal, for the action, and
 * under no condition that the other does not have.
 *
 * If it cannot be decided, the answer is no: the difference is then reported as more and as less access.
 */
export function covers(wide: Permit, narrow: Permit): boolean {
  return wide.effect === narrow.effect
    && (wide.principal === narrow.principal || wide.principal === 'every principal')
    && matchesAction(wide.action, narrow.action)
    && restrictionsOf(wide).every((restriction) => restrictionsOf(narrow).some((other) => implies(other, restriction)))
    && coversScope(wide, narrow);
}

function restrictionsOf({ conditions }: Permit): PermitCondition[] {
  return conditions.filter(({ isScope }) => isScope !== true);
}

/** A statement on one key is included in a statement on many keys. */
function coversScope(wide: Permit, narrow: Permit): boolean {
  const scopeOf = ({ conditions }: Permit) => conditions.filter(({ isScope }) => isScope === true).map(({ name }) => name).join('; ');
  return scopeOf(narrow) === '' || scopeOf(narrow) === scopeOf(wide);
}

/** Whether the second condition holds for every request for which the first one holds. Keys are not case-sensitive. */
function implies({ name, values = [] }: PermitCondition, { name: wideName, values: wideValues = [] }: PermitCondition): boolean {
  if (name.toLowerCase() !== wideName.toLowerCase()) return false;
  const [operator = ''] = name.split(' ');
  const isSubset = (some: readonly string[], others: readonly string[]) => some.every((value) => others.includes(value));
  if (ONE_VALUE_MATCHES.test(operator) && isSubset(values, wideValues)) return true;
  if (NO_VALUE_MATCHES.test(operator) && isSubset(wideValues, values)) return true;
  return isSubset(values, wideValues) && isSubset(wideValues, values);
}
