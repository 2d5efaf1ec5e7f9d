import { type Fields, refuse } from '../definition/fields';
import type { ContextObject } from '../definition/payload-template';

/** A way from one state to the next. A retry leads from a state to itself. */
export interface Transition {
  readonly from: string;
  readonly to: string;
  /** What in the definition makes it: `Next`, `Choice 2`, `Default`, `Retry 1`, `Catch 1`. */
  readonly by: string;
}

/** What a state made of its input, and which way it goes on; at the end of its machine there is none. */
export interface Outcome {
  readonly output: unknown;
  readonly next?: Transition;
}

/** A state of a parsed definition. */
export interface State {
  readonly name: string;
  readonly transitions: readonly Transition[];
  /** What each item of a Map runs through. */
  readonly children?: StateGraph;
  /** Throws a `StateError` when it fails. */
  perform(input: unknown, run: StateRun): Promise<Outcome>;
}

/** States that lead from one to another. */
export interface StateGraph {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** A function that a Task wants to be invoked. */
export interface Invocation {
  readonly resource: string;
  readonly payload: unknown;
  readonly timeoutSeconds?: number;
}

/** An item of a Map, about to run. */
export interface ChildRun {
  readonly graph: StateGraph;
  readonly label: string;
  readonly input: unknown;
  /** Whether its Map run has failed meanwhile: then the child goes no further. */
  readonly abandoned: () => boolean;
}

/** A child went no further, because its Map run has failed. It is no failure of its own, and nothing catches it. */
export class ChildAbandoned extends Error {}

/** What a state may do while it is performed. */
export interface StateRun {
  readonly context: ContextObject;
  sleep(milliseconds: number): Promise<void>;
  invoke(invocation: Invocation): Promise<unknown>;
  runChild(child: ChildRun): Promise<unknown>;
  /** Tells of a way that is taken without leaving the state. */
  retried(transition: Transition): void;
  /** Adds to the history, which AWS limits. */
  countEvents(events: number): void;
}

/** `Next` or `End`, of which a state has exactly one. */
export function parseNext(fields: Fields, name: string): Transition | undefined {
  const to = fields.optionalText('Next');
  const end = fields.oneOf('End', true) ?? false;
  if ((to === undefined) !== end) throw refuse(fields.where, 'needs either Next or End: true');
  return to === undefined ? undefined : { from: name, to, by: 'Next' };
}

/** A list of the ways that there are. */
export function ways(...transitions: readonly (Transition | undefined)[]): readonly Transition[] {
  return transitions.filter((transition) => transition !== undefined);
}
