import { type Fields, invalidDefinition } from '../definition/fields';
import type { ContextObject } from '../definition/payload-template';

/** A transition from one state to the next. A retry is a transition from a state to itself. */
export interface Transition {
  readonly from: string;
  readonly to: string;
  /** The part of the definition that declares it: `Next`, `Choice 2`, `Default`, `Retry 1`, `Catch 1`. */
  readonly by: string;
}

/** The output of a state, and the transition that it takes. A state that ends the execution takes none. */
export interface Outcome {
  readonly output: unknown;
  readonly next?: Transition;
}

/** A state of a parsed definition. */
export interface State {
  readonly name: string;
  readonly transitions: readonly Transition[];
  /** The states that each item of a Map runs. */
  readonly children?: StateGraph;
  /** Throws a `StateError` if the state fails. */
  perform(input: unknown, run: StateRun): Promise<Outcome>;
}

/** States with their transitions. */
export interface StateGraph {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** The invocation of a function by a Task. */
export interface Invocation {
  readonly resource: string;
  readonly payload: unknown;
  readonly timeoutSeconds?: number;
}

/** The child execution of an item of a Map. */
export interface ChildRun {
  readonly graph: StateGraph;
  readonly label: string;
  readonly input: unknown;
  /** Whether the Map Run has failed: then the child ends. */
  readonly abandoned: () => boolean;
}

/** A child ended because its Map Run has failed. This is not a failure of the child, and no Catch applies. */
export class ChildAbandoned extends Error {}

/** What a state can do while it runs. */
export interface StateRun {
  readonly context: ContextObject;
  sleep(milliseconds: number): Promise<void>;
  invoke(invocation: Invocation): Promise<unknown>;
  runChild(child: ChildRun): Promise<unknown>;
  /** Reports a transition that does not leave the state. */
  retried(transition: Transition): void;
  /** Adds events to the history, whose length AWS limits. */
  countEvents(events: number): void;
}

/** Parses `Next` and `End`, of which a state has exactly one. */
export function parseNext(fields: Fields, name: string): Transition | undefined {
  const to = fields.optionalText('Next');
  const end = fields.oneOf('End', true) ?? false;
  if ((to === undefined) !== end) throw invalidDefinition(fields.where, 'exactly one of Next and End: true is required');
  return to === undefined ? undefined : { from: name, to, by: 'Next' };
}

/** Returns the transitions that are not undefined. */
export function definedTransitions(...transitions: readonly (Transition | undefined)[]): readonly Transition[] {
  return transitions.filter((transition) => transition !== undefined);
}
