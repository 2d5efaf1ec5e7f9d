import type { Definition } from './parse-definition';
import type { ExecutionObserver } from '../execution/observer';
import type { State, StateGraph, Transition } from '../states/state';

/** What there is in a definition, or what has been crossed of it. */
interface Crossings {
  readonly states: Set<string>;
  readonly transitions: Set<string>;
}

interface Machine {
  readonly all: Crossings;
  readonly crossed: Crossings;
}

/** Notes which states and transitions executions have crossed, those of Map children included. */
export class CrossedStates {
  private readonly machines = new Map<string, Machine>();

  /** An observer for executions of a definition. Definitions by one name count as one, wherever and whenever they were synthesized. */
  public watch(name: string, definition: Definition): ExecutionObserver {
    const machine = this.machines.get(name) ?? { all: nothing(), crossed: nothing() };
    this.machines.set(name, machine);
    for (const state of statesOf(definition)) {
      machine.all.states.add(state.name);
      for (const transition of state.transitions) machine.all.transitions.add(textOf(transition));
    }
    return {
      stateEntered: (state) => { machine.crossed.states.add(state); },
      transitionCrossed: (transition) => { machine.crossed.transitions.add(textOf(transition)); },
    };
  }

  /** What no execution has crossed yet, one line each: `Rotation: Fence -> Settle (Catch 1)`. */
  public notCrossed(): string[] {
    return [...this.machines].flatMap(([name, { all, crossed }]) => [
      ...[...all.states].filter((state) => !crossed.states.has(state)),
      ...[...all.transitions].filter((transition) => !crossed.transitions.has(transition)),
    ].map((missing) => `${name}: ${missing}`));
  }

  /** One line for each machine: `Rotation: 31 of 31 states, 40 of 40 transitions`. */
  public summary(): string {
    return [...this.machines].map(([name, { all, crossed }]) =>
      `${name}: ${crossed.states.size} of ${all.states.size} states, ${crossed.transitions.size} of ${all.transitions.size} transitions`).join('\n');
  }
}

function nothing(): Crossings {
  return { states: new Set(), transitions: new Set() };
}

function statesOf({ states }: StateGraph): State[] {
  return [...states.values()].flatMap((state) => [state, ...state.children === undefined ? [] : statesOf(state.children)]);
}

function textOf({ from, to, by }: Transition): string {
  return `${from} -> ${to} (${by})`;
}
