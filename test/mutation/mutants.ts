/** A safety that is taken away, and the tests that must notice. */
export interface Mutant {
  /** What is missing, in words. */
  readonly without: string;
  readonly file: string;
  /** Must stand in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Jest patterns of the tests that must fail. */
  readonly tests: string;
}

/** Every safety whose absence would lose data, sooner or later. */
export const MUTANTS: readonly Mutant[] = [
  {
    without: 'the condition on write',
    file: 'lambda/adapters/dynamodb-store.ts',
    find: '{ ...contextAttributes, [dataKeyAttribute]: dataKey });',
    replace: 'key);',
    tests: 'test/lambda/(reencrypt|adapters)/',
  },
  {
    without: 'the check that the source is a generation of the family',
    file: 'lambda/reencrypt/decide-record.ts',
    find: "if (!all.includes(answer.sourceKeyArn)) return quarantine('foreign-key', answer.sourceKeyArn);",
    replace: '',
    tests: 'test/lambda/reencrypt/',
  },
  {
    without: 'the check that the destination is the current generation',
    file: 'lambda/reencrypt/decide-record.ts',
    find: 'if (answer.destinationKeyArn !== current) return stop(wrongDestination(answer.destinationKeyArn, pass));',
    replace: '',
    tests: 'test/lambda/reencrypt/',
  },
  {
    without: 'the disbelief of a census in recorded key ids',
    file: 'lambda/reencrypt/decide-record.ts',
    find: 'if (!believesRecordedKeyIds(pass.mode)) return ask({ blob, context });',
    replace: '',
    tests: 'test/(rotation/hostile-applications|lambda/reencrypt/decide-record)',
  },
  {
    without: 'the re-check after the alias moved',
    file: 'lambda/rotation/move-alias.ts',
    find: 'if (named?.keyId !== to.keyId) {',
    replace: 'if (named === undefined) {',
    tests: 'test/rotation/rotate',
  },
  {
    without: 'the census that is repeated until zero',
    file: 'local/engine/rotation-engine.ts',
    find: 'while (census.underOldGeneration > 0 &&',
    replace: 'while (census.underOldGeneration < 0 &&',
    tests: 'test/rotation/hostile-applications',
  },
  {
    without: 'the proof that a census must give before anything is disabled',
    file: 'lambda/rotation/disable-old-generations.ts',
    find: '  refuseUnproven(description, run, census);\n',
    replace: '',
    tests: 'test/rotation/hostile-applications',
  },
  {
    without: 'the check that the run is still its own',
    file: 'lambda/rotation/still-ours.ts',
    find: 'to.run !== run.run',
    replace: 'false',
    tests: 'test/rotation/competing-runs',
  },
  {
    without: 'the canary before the alias moves',
    file: 'lambda/rotation/canary.ts',
    find: "if (outcome === 'encrypted') return;",
    replace: 'return;',
    tests: 'test/rotation/unfit-generation',
  },
  {
    without: 'the probe of the fence',
    file: 'lambda/rotation/fence-generations.ts',
    find: '  await probe(description, old, kms, clock);\n',
    replace: '',
    tests: 'test/rotation/unfit-generation',
  },
];
