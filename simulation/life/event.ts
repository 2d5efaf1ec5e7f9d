/**
 * When an event happens: at a time, before a state is performed (the n-th time that any execution enters it), or before
 * a call of a function to AWS (the n-th call of an operation).
 */
export type When =
  | { readonly day: number }
  | { readonly state: string; readonly entry: number }
  | { readonly call: string; readonly entry: number };

/** The record of an application: the number of a store, and of an item in it. */
interface OfRecord {
  readonly store: number;
  readonly item: number;
}

/** What happens. Plain data: an event depends on nothing but these members and the state of the account. */
export type Action =
  /** Writes a record. `cached`: with the data key of an earlier write, up to the declared age. */
  | { readonly do: 'write'; readonly cached: boolean; readonly keyId: 'arn' | 'alias' | 'none' } & OfRecord
  /** Reads an item, keeps it for a part of the declared age, and writes it back whole. */
  | { readonly do: 'put-back'; readonly heldHours: number } & OfRecord
  | { readonly do: 'delete' } & OfRecord
  /** Restores an old item from a backup. `age`: 1 for the oldest that the declared retention allows. */
  | { readonly do: 'restore'; readonly age: number } & OfRecord
  | { readonly do: 'deploy'; readonly change: DeploymentChange }
  /** The last store is not declared for some days, or the attribute of a store is misspelled in its declaration. */
  | { readonly do: 'stores'; readonly change: 'removed' | 'misspelled'; readonly store: number; readonly days: number }
  | { readonly do: 'pause'; readonly days: number }
  /** `deletion` is not declared for some days. */
  | { readonly do: 'without-deletion'; readonly days: number }
  | { readonly do: 'miss-runs'; readonly count: number }
  | { readonly do: 'extra-run' }
  /** Another principal creates an alias below that of the family, or a key with copied or forged tags. */
  | { readonly do: 'stranger'; readonly what: 'alias-below' | 'copied-tags' | 'forged-next' }
  /** From now on, a consumer passes the alias to Decrypt as its key id, until the operator corrects it. */
  | { readonly do: 'alias-consumer' }
  /** The function that makes this call ends at it, before the call reaches AWS or after it took effect. */
  | { readonly do: 'stop'; readonly moment: 'before' | 'after' }
  | FaultsAction
  | { readonly do: 'secret'; readonly change: 'new' | 'versions-removed' }
  | { readonly do: 'operator'; readonly starts: OperatorStart; readonly name?: string };

export type DeploymentChange = 'nothing' | 'another-user' | 'fails' | 'renamed' | 'destroyed-and-created';

export type OperatorStart = 'rotation' | 'retirement' | 'roll-back' | 'cancel-deletion';

/** Calls of the functions fail with a probability, for hours. Probability 1 is an outage. */
export interface FaultsAction {
  readonly do: 'faults';
  readonly service: 'kms' | 'dynamodb' | 's3' | 'secretsmanager' | 'states' | 'any';
  readonly kind: 'throttle' | 'internalError' | 'answerLost';
  readonly probability: number;
  readonly hours: number;
}

export type LifeEvent = When & Action;

/** When an event happens, as text. */
export function describeWhen(event: LifeEvent): string {
  if ('day' in event) return `day ${event.day}`;
  return 'state' in event ? `state ${event.state}, entry ${event.entry}` : `call ${event.call}, number ${event.entry}`;
}

/** One event as text, for traces and reports. */
export function describeEvent(event: LifeEvent): string {
  const { do: what, ...members } = event;
  const rest = Object.entries(members).filter(([name]) => !['day', 'state', 'call', 'entry'].includes(name));
  return [what, ...rest.map(([name, value]) => `${name}=${String(value)}`)].join(' ');
}
