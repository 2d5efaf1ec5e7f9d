import fc from 'fast-check';
import { FAMILY_SCHEMA, type FamilyDescription } from '../../../src/contract/family/family-description';
import type { GenerationArns, PassMode } from '../../../src/contract/runs/reencryption';
import type { RetirementAction, RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { GenerationReference, Pass, RotationRun, ShardItem } from '../../../src/contract/runs/rotation-run';
import type { StoreDescription } from '../../../src/contract/stores/store-description';

/** Text that is not empty, with any characters: quotes, line feeds, braces and non-ASCII characters included. */
export const text = () => fc.string({ minLength: 1, maxLength: 30, unit: 'binary' });

const count = () => fc.nat();
export const time = () =>
  fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString());

/** A record whose optional members are missing or present, and never undefined: JSON has no undefined. */
function record<Required extends object, Optional extends object>(
  required: { [member in keyof Required]: fc.Arbitrary<Required[member]> },
  optional: { [member in keyof Optional]: fc.Arbitrary<Optional[member]> },
): fc.Arbitrary<Required & Partial<Optional>> {
  return fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required) as never }) as fc.Arbitrary<
    Required & Partial<Optional>
  >;
}

export const passMode = (): fc.Arbitrary<PassMode> => fc.constantFrom('re-encrypt', 're-encrypt-every-blob', 'census', 'dry-run');

export const generationArns = (): fc.Arbitrary<GenerationArns> =>
  record({ current: text(), all: fc.array(text()) }, { counted: fc.array(text()) });

export const storeDescription = (): fc.Arbitrary<StoreDescription> => record({
  kind: fc.constant('dynamodb-table' as const),
  storeId: text(),
  tableName: text(),
  tableArn: text(),
  dataKeyAttribute: text(),
  encryptionContext: fc.dictionary(text(), fc.oneof(
    fc.record({ kind: fc.constant('literal' as const), value: fc.string() }),
    fc.record({ kind: fc.constant('attribute' as const), attribute: text() }),
  ), { noNullPrototype: true }),
  shards: count(),
}, { keyIdAttribute: text() });

export const familyDescription = (): fc.Arbitrary<FamilyDescription> => record({
  schema: fc.constant(FAMILY_SCHEMA),
  alias: text(),
  owner: text(),
  description: fc.string(),
  policyDocument: fc.jsonValue().map((document) => JSON.stringify(document)),
  roles: record({ control: text(), worker: text(), retirement: text() }, { breakGlass: text() }),
  material: fc.oneof(
    fc.record({ kind: fc.constant('aws-kms' as const) }),
    fc.record({
      kind: fc.constant('secret' as const),
      secretArn: text(),
      encoding: fc.constantFrom('binary' as const, 'base64' as const, 'hex' as const),
      wrappingAlgorithm: text(),
      wrappingKeySpec: text(),
    }),
  ),
  tags: fc.dictionary(text(), fc.string(), { noNullPrototype: true }),
  stores: fc.array(storeDescription(), { maxLength: 3 }),
  propagationDelaySeconds: count(),
  firstRotationWatchSeconds: count(),
  dataKeyMaxAgeSeconds: count(),
  maxPasses: count(),
  onConsumerFailure: fc.constantFrom('roll-back' as const, 'roll-back-if-watched' as const, 'continue' as const),
  paused: fc.boolean(),
}, {
  rotateEverySeconds: count(),
  deletion: fc.record({
    observationDays: count(),
    soakDays: count(),
    backupRetentionDays: count(),
    pendingWindowDays: count(),
    onUse: fc.constantFrom('start-over' as const, 'hold' as const),
  }),
});

const generationReference = (): fc.Arbitrary<GenerationReference> => fc.record({ generation: count(), keyArn: text() });
const shardItem = (): fc.Arbitrary<ShardItem> => fc.record({ storeId: text(), shard: count() });
const pass = (): fc.Arbitrary<Pass> => fc.record({ number: count(), mode: passMode(), startedAt: time() });

export const rotationRun = (): fc.Arbitrary<RotationRun> => record({
  run: text(),
  kind: fc.constantFrom('nothing-to-do' as const, 'rotate' as const, 'finish' as const, 'roll-back' as const),
  toGeneration: count(),
  from: fc.array(generationReference()),
  others: fc.array(generationReference()),
  watchSeconds: count(),
  nextCheckSeconds: count(),
  shards: fc.array(shardItem()),
}, {
  to: generationReference(),
  generations: generationArns(),
  materialVersion: text(),
  movedAt: time(),
  consumers: fc.constantFrom(
    'watching' as const, 'working' as const, 'failing' as const, 'working-fenced' as const, 'failing-fenced' as const,
  ),
  consumerFailure: text(),
  watch: fc.record({ probedAt: time(), state: fc.constantFrom('waiting' as const, 'proven' as const, 'unknown' as const) }),
  fence: record({ held: fc.boolean(), probes: count() }, { fencedAt: time() }),
  pass: pass(),
  census: fc.record({
    startedAt: time(), underOldGeneration: count(), quarantined: count(), verdict: fc.constantFrom('again' as const, 'empty' as const),
  }),
});

const retirementAction = (): fc.Arbitrary<RetirementAction> =>
  fc.oneof(
    fc.record({ kind: fc.constantFrom('wait' as const, 'start-over' as const, 'cancel-deletion' as const, 'end-retirement' as const), reason: text() }),
    fc.record({
      kind: fc.constant('count' as const),
      purpose: fc.constantFrom('certify' as const, 'recount' as const, 'recount-in-pending-window' as const),
    }),
    fc.record({ kind: fc.constant('disable' as const) }),
  );

export const retirementRun = (): fc.Arbitrary<RetirementRun> => record({
  run: text(), generation: generationReference(), action: retirementAction(), shards: fc.array(shardItem()),
}, {
  generations: generationArns(),
  pass: pass(),
  count: fc.record({
    underOldGeneration: count(),
    quarantined: count(),
    verdict: fc.constantFrom('certify' as const, 'schedule-deletion' as const, 'record-recount' as const, 'start-over' as const),
  }),
});

/** A value as the state machine passes it on: encoded as JSON and decoded again. */
export function throughStateMachine(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
