import type { Mutant } from './mutant';

/** Safety measures at synthesis. */
export const SYNTHESIS_MUTANTS: readonly Mutant[] = [
  {
    without: 'the comparison of account and Region of a resource with those of the stack',
    file: 'src/validation/same-environment.ts',
    find: 'return Token.compareStrings(own, other) === TokenComparison.DIFFERENT;',
    replace: 'return false;',
    tests: 'test/src/validation/same-environment',
  },
  {
    without: 'the account and Region in the ARN of a resource that the app only refers to',
    file: 'src/validation/same-environment.ts',
    find: "if (!arn.startsWith('arn:')) return undefined;",
    replace: 'return undefined;',
    tests: 'test/src/validation/same-environment',
  },
  {
    without: 'the error for an alias that two constructs create',
    file: 'src/key/alias/alias-owners.ts',
    find: "return together === 'same' ? [problem] : [];",
    replace: 'return [];',
    tests: 'test/src/key/alias',
  },
  {
    without: 'the error for a data key in the primary key of a table',
    file: 'src/stores/dynamodb/table-schema.ts',
    find: '.filter(([, name]) => keys.includes(name))',
    replace: '.filter(() => false)',
    tests: 'test/src/inputs/inputs',
  },
  {
    without: 'the overrides of a table in its recovery period',
    file: 'src/stores/dynamodb/dynamo-table-store.ts',
    find: 'backupRetention: () => recoveryOf(table)',
    replace: 'backupRetention: ((recovery) => () => recovery)(recoveryOf(table))',
    tests: 'test/src/stores/table-recovery',
  },
  {
    without: 'the longest recovery period for a table whose point-in-time recovery is decided by a deployment',
    file: 'src/stores/dynamodb/table-recovery.ts',
    find: 'if (!isRecord(specification) || isFunction(specification)) return POINT_IN_TIME_RECOVERY_DAYS;',
    replace: 'if (!isRecord(specification) || isFunction(specification)) return 0;',
    tests: 'test/src/stores/table-recovery',
  },
  {
    without: 'the refusal of wildcards in the id of an account or organization',
    file: 'src/permissions/principals/restricting-conditions.ts',
    find: 'return isMoreThanWildcards(value) && !/[*?]/.test(value);',
    replace: 'return isMoreThanWildcards(value);',
    tests: 'test/src/permissions/restricting-conditions',
  },
  {
    without: 'the account in the ARN of a source',
    file: 'src/permissions/principals/restricting-conditions.ts',
    find: "'aws:SourceArn': namesAccount,",
    replace: "'aws:SourceArn': isMoreThanWildcards,",
    tests: 'test/src/permissions/restricting-conditions',
  },
  {
    without: 'the refusal of a condition that compares the caller with itself',
    file: 'src/permissions/principals/restricting-conditions.ts',
    find: '!variesWithCaller(text) && ',
    replace: '',
    tests: 'test/src/permissions/restricting-conditions',
  },
  {
    without: 'the definitions of conditions in a comparison of two templates',
    file: 'cli/compare/undecided.ts',
    find: '...changedConditions(old, now),',
    replace: '',
    tests: 'test/cli/compare/compare',
  },
  {
    without: 'the defaults of parameters in a comparison of two templates',
    file: 'cli/compare/compare.ts',
    find: 'template: substituteDefaults(template)',
    replace: 'template',
    tests: 'test/cli/compare/compare',
  },
];
