import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { STEP_SCHEMA, type WorkerRequest } from '../../src/contract/runs/function-steps';
import type { GenerationArns, PassMode } from '../../src/contract/runs/reencryption';
import type { DynamoTableDescription, StoreDescription } from '../../src/contract/stores/store-description';

type Check = (value: unknown) => boolean;

/** A check for each member: one that is forgotten here does not compile. */
type Checks<Shape> = { readonly [member in keyof Required<Shape>]: Check };

const text: Check = (value) => typeof value === 'string' && value !== '';
const count: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const oneOf = (allowed: object): Check => (value) => text(value) && Object.hasOwn(allowed, value as string);
const listOf = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);
const optional = (check: Check): Check => (value) => value === undefined || check(value);
const anything: Check = (value) => typeof value === 'object' && value !== null;
const structure = <Shape>(checks: Checks<Shape>): Check => (value) => anything(value) && unfitMember(value as object, checks) === undefined;

const MODES: { readonly [mode in PassMode]: true } = { 're-encrypt': true, 're-encrypt-every-blob': true, 'census': true, 'dry-run': true };
const KINDS: { readonly [kind in StoreDescription['kind']]: true } = { 'dynamodb-table': true };

const GENERATIONS = structure<GenerationArns>({ current: text, all: listOf(text), counted: optional(listOf(text)) });
const STORES = listOf(structure<DynamoTableDescription>({
  kind: oneOf(KINDS),
  storeId: text,
  tableName: text,
  dataKeyAttribute: text,
  keyIdAttribute: optional(text),
  encryptionContext: anything,
  shards: count,
}));

const SCHEMA: Check = (value) => value === STEP_SCHEMA;

const REQUESTS: { readonly [step in WorkerRequest['step']]: Checks<WorkerRequest & { step: step }> } = {
  'pre-flight': { schema: SCHEMA, step: text, family: text, stores: STORES, generations: GENERATIONS },
  'work-on-shard': {
    schema: SCHEMA,
    step: text,
    family: text,
    stores: STORES,
    run: text,
    pass: count,
    mode: oneOf(MODES),
    generations: GENERATIONS,
    storeId: text,
    shard: count,
    sequence: count,
  },
};

/** Reads what a state machine asks of the worker. What is refused is named, and never shown. */
export function decodeWorkerRequest(event: unknown): WorkerRequest {
  const { step } = (anything(event) ? event : {}) as { step?: WorkerRequest['step'] };
  if (step === undefined || !oneOf(REQUESTS)(step)) throw unfit('the worker knows no such step', `a step of ${Object.keys(REQUESTS).join(', ')}`);
  const unusable = unfitMember(event as object, REQUESTS[step]);
  if (unusable !== undefined) throw unfit(`the request has no usable ${unusable}`, `a request of schema ${STEP_SCHEMA}`);
  return event as WorkerRequest;
}

/** The first member that does not pass its check. */
function unfitMember<Shape>(value: object, checks: Checks<Shape>): string | undefined {
  return Object.entries<Check>(checks).find(([member, check]) => !check((value as { [member: string]: unknown })[member]))?.[0];
}

function unfit(what: string, allowed: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: 'the re-encryption worker', what, allowed, remedy: 'leave calling the worker to the state machine, and deploy both from one version of this library',
  });
}
