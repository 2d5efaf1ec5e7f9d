import { KEY_ACTIONS } from './guarded-family';
import type { Statement } from '../../support/a-customer-managed-key';

/** A key policy that differs from the declared one in one place. The laws must notice it. */
export interface Mutant {
  readonly name: string;
  readonly statements: readonly Statement[];
  /** The actions whose decision can differ. */
  readonly actions: readonly string[];
}

type Principals = { readonly [type in 'AWS' | 'Service']?: string | string[] };
type Conditions = { readonly [operator: string]: { readonly [key: string]: unknown } };

/** The actions for which AWS KMS sets kms:GrantIsForAWSResource. */
export const GRANTS = ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'];
/** Condition keys that AWS KMS sets for these actions only. For every other action such a condition never holds. */
const SET_FOR: ReadonlyMap<string, readonly string[]> = new Map([
  ['kms:GrantIsForAWSResource', GRANTS],
  ['kms:ReplicaRegion', ['kms:ReplicateKey']],
  ['kms:TrailingDaysWithoutKeyUsage', ['kms:DisableKey', 'kms:ScheduleKeyDeletion']],
  ['kms:WrappingAlgorithm', ['kms:GetParametersForImport']],
  ['aws:TagKeys', ['kms:TagResource', 'kms:UntagResource']],
]);
const TEMPTING = ['kms:Decrypt', 'kms:Encrypt', 'kms:CreateGrant', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:ReEncryptFrom'];

/** The statement dropped, narrowed and widened: by each action, principal and condition. */
export function mutantsOf(statement: Statement, statements: readonly Statement[], intruders: readonly Principals[]): Mutant[] {
  const actions = [statement.Action].flat();
  const affected = actions.includes('kms:*') ? KEY_ACTIONS : actions;
  const instead = (name: string, replacement: Statement | undefined, touched: readonly string[] = affected): Mutant => ({
    name: `${statement.Sid}: ${name}`,
    statements: statements.flatMap((each) => each !== statement ? [each] : replacement === undefined ? [] : [replacement]),
    actions: touched,
  });
  const setFor = conditionsOf(statement).flatMap(([, key]) => SET_FOR.get(key) ?? []);
  const tempting = (setFor.length > 0 ? setFor : TEMPTING).filter((action) => !actions.includes(action));
  return [
    instead('dropped', undefined),
    ...(actions.length === 1
      ? []
      : actions.map((action) =>
        instead(`without ${action}`, { ...statement, Action: actions.filter((each) => each !== action) }, [action]),
      )),
    ...(actions.includes('kms:*') || tempting.length === 0
      ? []
      : [
        instead('with kms:*', { ...statement, Action: 'kms:*' }, KEY_ACTIONS),
        ...tempting.map((action) => instead(`with ${action}`, { ...statement, Action: [...actions, action] }, [action])),
      ]),
    ...(statement.Principal === '*'
      ? intruders.map((intruder) => instead(`for ${JSON.stringify(intruder)} only`, { ...statement, Principal: intruder }))
      : [
        ...intruders.map((intruder) =>
          instead(`for ${JSON.stringify(intruder)}, too`, {
            ...statement,
            Principal: together(statement.Principal as Principals, intruder),
          }),
        ),
        instead('for every principal', { ...statement, Principal: '*' }),
      ]),
    ...conditionsOf(statement).map(([operator, key]) => instead(`without ${operator} ${key}`, withoutCondition(statement, operator, key))),
  ];
}

/** The statement with conditions that hold for any value, but not without a value. */
export function mutantsWithAnyValue(statement: Statement, statements: readonly Statement[]): Mutant[] {
  return conditionsOf(statement).filter(([operator]) => /^(String|Arn)/.test(operator)).map(([operator, key]) => {
    const { Condition: others } = withoutCondition(statement, operator, key) as { readonly Condition?: Conditions };
    const loosened = { ...statement, Condition: { ...others, StringLike: { ...others?.StringLike, [key]: '*' } } };
    return {
      name: `${statement.Sid}: with any value of ${key}`,
      statements: statements.map((each) => each === statement ? loosened : each),
      actions: [statement.Action].flat(),
    };
  });
}

function together(one: Principals, other: Principals): object {
  const named = (type: 'AWS' | 'Service') => [one[type] ?? [], other[type] ?? []].flat();
  return Object.fromEntries((['AWS', 'Service'] as const).flatMap((type) => named(type).length === 0 ? [] : [[type, named(type)]]));
}

function conditionsOf({ Condition: conditions = {} }: Statement): (readonly [operator: string, key: string])[] {
  return Object.entries(conditions as Conditions).flatMap(([operator, keys]) => Object.keys(keys).map((key) => [operator, key] as const));
}

function withoutCondition(statement: Statement, operator: string, key: string): Statement {
  const { [operator]: { [key]: _ = undefined, ...keys } = {}, ...others } = statement.Condition as Conditions;
  const left = Object.keys(keys).length === 0 ? others : { ...others, [operator]: keys };
  const { Condition: __, ...unconditional } = statement;
  return Object.keys(left).length === 0 ? unconditional : { ...unconditional, Condition: left };
}
