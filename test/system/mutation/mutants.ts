/** A safety measure that is removed, and the tests that must notice. */
export interface Mutant {
  /** The removed measure. */
  readonly without: string;
  readonly file: string;
  /** Must occur in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Jest patterns of the tests that must fail. */
  readonly tests: string;
}

/** Every safety measure without which data could be lost. */
export const MUTANTS: readonly Mutant[] = [
  {
    without: 'the condition on write',
    file: 'lambda/stores/dynamodb/store.ts',
    find: '{ ...contextAttributes, [dataKeyAttribute]: dataKey },',
    replace: 'key,',
    tests: 'test/lambda/(reencrypt|stores)/',
  },
  {
    without: 'the check that the source is a generation of the family',
    file: 'lambda/reencrypt/record/decide-record.ts',
    find: "if (!all.includes(response.sourceKeyArn)) return quarantine('foreign-key', response.sourceKeyArn);",
    replace: '',
    tests: 'test/lambda/reencrypt/',
  },
  {
    without: 'the check that the destination is the current generation',
    file: 'lambda/reencrypt/record/decide-record.ts',
    find: 'if (response.destinationKeyArn !== current) return stop(wrongDestination(response.destinationKeyArn, pass));',
    replace: '',
    tests: 'test/lambda/reencrypt/',
  },
  {
    without: 'a census that ignores recorded key ids',
    file: 'lambda/reencrypt/record/decide-record.ts',
    find: 'if (!trustsRecordedKeyIds(pass.mode)) return reEncrypt({ blob, context });',
    replace: '',
    tests: 'test/lambda/reencrypt/(decide-record|census)',
  },
  {
    without: 'evidence that is written once',
    file: 'lambda/adapters/s3-evidence.ts',
    find: ", IfNoneMatch: '*'",
    replace: '',
    tests: 'test/lambda/adapters/s3-evidence',
  },
  {
    without: 'the precedence of existing evidence',
    file: 'lambda/reencrypt/shard/shard-evidence.ts',
    find: "  if (own !== undefined) return { kind: 'finished', progress: progressAfter(own) };\n",
    replace: '',
    tests: 'test/lambda/reencrypt/recorded-once',
  },
  {
    without: 'evidence that continues where the former evidence ended',
    file: 'lambda/reencrypt/pass/sum-pass.ts',
    find: ' && from === previous.cursor',
    replace: '',
    tests: 'test/lambda/reencrypt/sum-pass',
  },
  {
    without: 'the propagation delay before the alias moves',
    file: 'src/rotation/machines/rotation-machine.ts',
    find: 'states.waitBeforeMove().next(states.moveAlias())',
    replace: 'states.moveAlias()',
    tests: 'test/src/rotation/machines/rotation-machine',
  },
  {
    without: 'the propagation delay after the fence, before a census',
    file: 'lambda/rotation/steps/conclude-census.ts',
    find: '+ description.propagationDelaySeconds * 1000',
    replace: '',
    tests: 'test/lambda/rotation/conclude-census',
  },
  {
    without: 'the re-check after the alias moved',
    file: 'lambda/rotation/steps/move-alias.ts',
    find: 'if (named?.keyId !== to.keyId) {',
    replace: 'if (named === undefined) {',
    tests: 'test/lambda/rotation/',
  },
  {
    without: 'the census that is repeated until zero',
    file: 'lambda/rotation/steps/conclude-census.ts',
    find: 'if (underOldGeneration > 0 && roundOf(pass.number)',
    replace: 'if (underOldGeneration < 0 && roundOf(pass.number)',
    tests: 'test/lambda/rotation/conclude-census',
  },
  {
    without: 'the zero that a census must have found',
    file: 'lambda/rotation/steps/conclude-census.ts',
    find: '  if (underOldGeneration > 0) {\n    throw censusFailure(',
    replace: '  if (underOldGeneration < 0) {\n    throw censusFailure(',
    tests: 'test/lambda/rotation/conclude-census',
  },
  {
    without: 'the check of the schema version of a request',
    file: 'lambda/runtime/step-request.ts',
    find: '  literal(STEP_SCHEMA)(request.schema, `${functionName}, schema version`);\n',
    replace: '',
    tests: 'test/lambda/runtime/step-request',
  },
  {
    without: 'the check that the run is still its own',
    file: 'lambda/rotation/run-ownership.ts',
    find: 'to.run !== run.run',
    replace: 'false',
    tests: 'test/lambda/rotation/rotation-steps',
  },
  {
    without: 'the check that no other run is active',
    file: 'lambda/rotation/run-ownership.ts',
    find: '  refuseOtherRuns(family, run.run, await machines.runningExecutions(machine));\n',
    replace: '',
    tests: 'test/lambda/rotation/',
  },
  {
    without: 'the canary before the alias moves',
    file: 'lambda/key-family/canary.ts',
    find: "if (outcome === 'encrypted') return;",
    replace: 'return;',
    tests: 'test/lambda/rotation/',
  },
  {
    without: 'the probe of the fence',
    file: 'lambda/rotation/steps/probe-fence.ts',
    find: "!== 'encrypted') continue;",
    replace: "!== 'not-asked') continue;",
    tests: 'test/lambda/rotation/fence',
  },
  {
    without: 'the time in which writers discard their data keys',
    file: 'lambda/retirement/decide/replaced-generation.ts',
    find: '(propagationDelaySeconds + dataKeyMaxAgeSeconds)',
    replace: 'propagationDelaySeconds',
    tests: 'test/lambda/retirement/decide-retirement',
  },
  {
    without: 'the start over when a recount finds something',
    file: 'lambda/retirement/steps/count.ts',
    find: '  if (underOldGeneration > 0) return',
    replace: '  if (underOldGeneration < 0) return',
    tests: 'test/lambda/retirement/(steps|decide-and-count|whole-retirement)',
  },
  {
    without: 'the zero that is read again before a deletion is scheduled',
    file: 'lambda/retirement/steps/schedule-deletion.ts',
    find: 'await requireEmptyCensus(description, run, evidence);',
    replace: 'await readCensusTimes(run, evidence) as never;',
    tests: 'test/lambda/retirement/steps',
  },
  {
    without: 'the certificate that is read again before a deletion is scheduled',
    file: 'lambda/retirement/steps/preconditions.ts',
    find: 'if (certificate !== undefined && verifyCertificate(certificate) && certifiesThisKey(certificate)) return certificate;',
    replace: 'return certificate as Certificate;',
    tests: 'test/lambda/retirement/steps',
  },
  {
    without: 'the repeated decision before a step of no return',
    file: 'lambda/retirement/steps/preconditions.ts',
    find: 'if (same && sameKey &&',
    replace: 'if (',
    tests: 'test/lambda/retirement/steps',
  },
  {
    without: 'the watch probe that proves the watch',
    file: 'lambda/retirement/decide/decide-soak.ts',
    find: ' && countedDays.length >= deletion.soakDays && watchWorks',
    replace: '',
    tests: 'test/lambda/retirement/decide-retirement',
  },
  {
    without: 'the gate that opens for a certified generation only',
    file: 'lambda/key-family/policy/generation-policy.ts',
    find: "gate(roles, phase === 'retiring' ? 'open' : 'closed')",
    replace: "gate(roles, 'open')",
    tests: 'test/system/policies/gate',
  },
  {
    without: 'the check for a late event of a grant',
    file: 'lambda/kms-grant/create-grant.ts',
    find: 'if (isLate(request, previous, existing)) throw lateEvent(request);',
    replace: '',
    tests: 'test/lambda/kms-grant/late-events',
  },
  {
    without: 'the revocation of a grant that KMS created without a response',
    file: 'lambda/kms-grant/create-grant.ts',
    find: 'if (Failure.named(error, ErrorName.THROTTLED)) {',
    replace: 'if (request.name === "") {',
    tests: 'test/lambda/kms-grant/kms-grant-resource',
  },
  {
    without: 'the retirement of a grant whose revocation is no longer allowed',
    file: 'lambda/kms-grant/create-grant.ts',
    find: '    await kms.retireGrant(keyArn, grantId);\n',
    replace: '',
    tests: 'test/lambda/kms-grant/grant-rights',
  },
  {
    without: 'the revocation of the grant that a failed update has left',
    file: 'lambda/kms-grant/kms-grant-resource.ts',
    find: 'if (physicalIdOf(grant) === physicalResourceId) await endOthers(request, [grant], ports);',
    replace: '',
    tests: 'test/lambda/kms-grant/kms-grant-resource',
  },
  {
    without: 'the restriction of CreateGrant to the pairs of the constraint',
    file: 'src/key/grants/grant-permissions.ts',
    find: '...Object.fromEntries(pairs.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),',
    replace: '',
    tests: 'test/src/key/kms-grant',
  },
  {
    without: 'the restriction of CreateGrant to one grantee',
    file: 'src/key/grants/grant-permissions.ts',
    find: "{ 'kms:GranteePrincipal': granteePrincipal, 'kms:RetiringPrincipal': retiringPrincipal }",
    replace: "{ 'kms:RetiringPrincipal': retiringPrincipal }",
    tests: 'test/system/policies/grant-end-to-end',
  },
];
