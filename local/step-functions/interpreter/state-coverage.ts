import type { Definition } from './parse-definition';
import type { ExecutionObserver } from '../execution/observer';
import type { State, StateGraph, Transition } from '../states/state';

/** States and transitions, as text. */
interface Elements {
  readonly states: Set<string>;
  readonly transitions: Set<string>;
}

interface Machine {
  readonly all: Elements;
  readonly covered: Elements;
}

/** Records which states and transitions executions have covered, including those of Map children. */
export class StateCoverage {
  private readonly machines = new Map<string, Machine>();

  /**
   * Returns an observer for executions of a definition. Definitions with the same name count as one, even if they were
   * synthesized separately.
   */
  public observer(name: string, definition: Definition): ExecutionObserver {
    const machine = this.machines.get(name) ?? { all: noElements(), covered: noElements() };
    this.machines.set(name, machine);
    for (const state of statesOf(definition)) {
      machine.all.states.add(state.name);
      for (const transition of state.transitions) machine.all.transitions.add(textOf(transition));
    }
    return {
      stateEntered: (state) => { machine.covered.states.add(state); },
      transitionTaken: (transition) => { machine.covered.transitions.add(textOf(transition)); },
    };
  }

  /** Returns what no execution has covered yet, one line each: `Rotation: Fence -> Wait (Catch 1)`. */
  public uncovered(): string[] {
    return [...this.machines].flatMap(([name, { all, covered }]) => [
      ...[...all.states].filter((state) => !covered.states.has(state)),
      ...[...all.transitions].filter((transition) => !covered.transitions.has(transition)),
    ].map((missing) => `${name}: ${missing}`));
  }

  /** Returns one line for each state machine: `Rotation: 31 of 31 states, 40 of 40 transitions`. */
  public summary(): string {
    const lines = [...this.machines].map(([name, { all, covered }]) =>
      `${name}: ${covered.states.size} of ${all.states.size} states, ${covered.transitions.size} of ${all.transitions.size} transitions`);
    return lines.join('\n');
  }
}

function noElements(): Elements {
  return { states: new Set(), transitions: new Set() };
}

function statesOf({ states }: StateGraph): State[] {
  return [...states.values()].flatMap((state) => [state, ...state.children === undefined ? [] : statesOf(state.children)]);
}

function textOf({ from, to, by }: Transition): string {
  return `${from} -> ${to} (${by})`;
}
