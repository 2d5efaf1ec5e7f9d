import { measureCounts } from './count-metrics';
import { preflightStores, preflightWorker } from './pass/preflight';
import { DEFAULT_LIMITS, reEncryptShard, type ReEncryptionLimits } from './shard/re-encrypt-shard';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { ALIAS_DIMENSION, FamilyMetric, METRIC_NAMESPACE } from '../../src/contract/family/family-metrics';
import type { WorkerRequest } from '../../src/contract/runs/function-steps';
import type {
  GenerationArns, PassMode, RecordCounts, ShardProgress, ShardRequest, StoreReference,
} from '../../src/contract/runs/reencryption';
import type { StoreDescription } from '../../src/contract/stores/store-description';
import type { Clock } from '../ports/clock';
import type { EvidencePort } from '../ports/evidence';
import type { ReEncryptionPort } from '../ports/re-encryption';
import type { ProgressPort, RecordStorePort } from '../ports/records';
import type { InvocationContext } from '../runtime/custom-resource';
import { arrayOf, nameIn, optional, structure, nonEmptyString, wholeNumber, type Decode } from '../runtime/decode-value';
import type { Log } from '../runtime/log';
import { performStep, type StepTable } from '../runtime/step-request';

/** The ports of the worker function. */
export interface WorkerPorts {
  readonly kms: ReEncryptionPort;
  /** Opens a store as the request describes it, and refuses a description that its kind does not allow. */
  readonly openStore: (description: StoreDescription) => Promise<RecordStorePort>;
  readonly evidence: EvidencePort;
  readonly clock: Clock;
  readonly log: Log;
  /** Optional: reports the progress. */
  readonly progress?: ProgressPort;
  /** @default DEFAULT_LIMITS */
  readonly limits?: ReEncryptionLimits;
}

/**
 * No page is read in the last third of an invocation: that time is for the two pages that may be in progress, and for
 * the evidence.
 */
const SHARE_FOR_READING = 2 / 3;

const GENERATIONS = structure<GenerationArns>({
  current: nonEmptyString, all: arrayOf(nonEmptyString), counted: optional(arrayOf(nonEmptyString)),
});

/** The members that every kind of store has. `openStore` decodes the kind, and the members of that kind. */
const STORE = structure<StoreReference & { readonly kind: string }>({
  kind: nonEmptyString, storeId: nonEmptyString, shards: wholeNumber,
}) as Decode<StoreDescription>;

/** The steps of the worker function. */
export const WORKER_STEPS: StepTable<WorkerRequest, WorkerPorts> = {
  'pre-flight': { members: { family: nonEmptyString, stores: arrayOf(STORE), generations: GENERATIONS }, perform: preflight },
  'daily-pre-flight': { members: { family: nonEmptyString, stores: arrayOf(STORE) }, perform: dailyPreflight },
  'work-on-shard': {
    members: {
      family: nonEmptyString,
      stores: arrayOf(STORE),
      run: nonEmptyString,
      pass: wholeNumber,
      mode: nameIn<PassMode>({ 're-encrypt': true, 're-encrypt-every-blob': true, 'census': true, 'dry-run': true }),
      generations: GENERATIONS,
      storeId: nonEmptyString,
      shard: wholeNumber,
      sequence: wholeNumber,
    },
    perform: workOnShard,
  },
};

/** The handler of the worker function. Any request may be repeated. */
export function workerFunction(ports: WorkerPorts): (event: unknown, context?: InvocationContext) => Promise<object> {
  return (event, context) => performStep('worker function', WORKER_STEPS, event, { ...ports, limits: limitsOf(ports, context) });
}

/** Proves that the worker can do its work, before the alias moves. */
async function preflight({ family, stores, generations }: WorkerRequest & { step: 'pre-flight' }, ports: WorkerPorts): Promise<object> {
  await provesItsWork(family, stores, generations, ports);
  return {};
}

async function provesItsWork(
  family: string, stores: readonly StoreDescription[], generations: GenerationArns, { kms, openStore }: WorkerPorts,
): Promise<void> {
  await preflightWorker(family, kms, generations);
  await preflightStores(family, await Promise.all(stores.map(openStore)), kms, generations);
}

/**
 * The pre-flight of a rotation that is not due yet, so that a missing permission or a wrong description is known on the
 * first day. It needs no list of generations, because the alias names the current one.
 */
async function dailyPreflight({ family, stores }: WorkerRequest & { step: 'daily-pre-flight' }, ports: WorkerPorts): Promise<object> {
  const { log, clock } = ports;
  const measure = (ready: 0 | 1) => log.measure({
    namespace: METRIC_NAMESPACE, dimensions: { [ALIAS_DIMENSION]: family }, values: { [FamilyMetric.STORES_READY]: ready }, at: clock.now(),
  });
  try {
    await provesItsWork(family, stores, { current: family, all: [family] }, ports);
  } catch (error) {
    // Nobody waits for the answer, and a retry would find the same: metric and log report it.
    measure(0);
    if (!(error instanceof Failure)) throw error;
    log.error('stores-not-ready', { family, error: error.name, reason: error.message });
    return { ready: false };
  }
  measure(1);
  return { ready: true };
}

/** Re-encrypts or counts a part of a shard. Opens only the store of that shard. */
async function workOnShard(
  { family, stores, storeId, run, pass, mode, generations, shard, sequence }: WorkerRequest & { step: 'work-on-shard' },
  ports: WorkerPorts,
): Promise<ShardProgress> {
  const description = stores.find((store) => store.storeId === storeId);
  if (description === undefined) throw unknownStore(family, storeId, stores);
  const store = await ports.openStore(description);
  const request: ShardRequest = {
    family, run, pass, mode, shard, generations, sequence, store: { storeId, shards: description.shards },
  };
  const counted = (counts: RecordCounts) => ports.log.measure(measureCounts(request, counts, ports.clock.now()));
  return reEncryptShard(request, { ...ports, store, counted }, ports.limits);
}

function limitsOf({ limits = DEFAULT_LIMITS }: WorkerPorts, context: InvocationContext | undefined): ReEncryptionLimits {
  if (context === undefined) return limits;
  return { ...limits, milliseconds: Math.min(limits.milliseconds, SHARE_FOR_READING * context.getRemainingTimeInMillis()) };
}

function unknownStore(family: string, storeId: string, stores: readonly StoreDescription[]): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: `re-encryption of ${family}`,
    what: 'the store does not exist',
    given: storeId,
    allowed: stores.map((store) => store.storeId).join(', '),
    remedy: 'start a new run, which takes the stores of the family as they are declared now',
  });
}
