import type { FamilyWorld } from './family-world';

/** A state that asks a function, with the errors that each of its Retries is for. */
interface AskingState {
  readonly step: string;
  readonly retries: readonly { readonly errors: readonly string[]; readonly maxAttempts: number }[];
}

/** One failure that is still to come. */
interface ComingFailure {
  readonly error: string;
  /** Whether the function has done its work by then, and only its answer is lost. */
  readonly afterwards: boolean;
}

/** What a definition says about a state, as far as it matters here. */
interface WrittenState {
  readonly Parameters?: { readonly step?: string };
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly ItemProcessor?: { readonly States: WrittenStates };
}

interface WrittenStates {
  readonly [name: string]: WrittenState;
}

/** Whoever throws one of these may have done everything before. */
const CUT_SHORT = ['States.Timeout', 'Sandbox.Timedout', 'Lambda.Unknown'];

/**
 * Lets every state that asks a function fail the first times that it asks: by each error that one of its Retries is for, in turn, for as
 * often as the Retry allows. Errors that cut a function short come when its work is done, so that every step is done twice and more.
 *
 * What is asked again, and how often, is read from the definitions: nothing of it is repeated here.
 */
export class FailingFirst {
  /** The states that were entered, in their order, those of shards included. */
  public readonly entered: string[] = [];
  private readonly asking: ReadonlyMap<string, AskingState>;
  private readonly coming: ReadonlyMap<string, ComingFailure[]>;
  /** Which state asks for a step: states of the same step are entered one after the other. */
  private readonly askedBy = new Map<string, string>();

  public constructor(world: FamilyWorld) {
    this.asking = new Map(definitionsOf(world).flatMap((definition) => askingStates(definition.States)));
    this.coming = new Map([...this.asking].map(([name, state], index) => [name, failuresOf(state, index)]));
    world.atEachState(async (state) => this.note(state));
    world.interceptors.invocation = async (_, event, proceed) => this.failFirst((event as { readonly step?: string }).step, proceed);
  }

  public times(state: string): number {
    return this.entered.filter((entered) => entered === state).length;
  }

  /** The states that were entered and have not failed as often as they might. */
  public notFailedEnough(): string[] {
    return [...new Set(this.entered)].filter((state) => (this.coming.get(state) ?? []).length > 0);
  }

  private note(state: string): void {
    this.entered.push(state);
    const asking = this.asking.get(state);
    if (asking !== undefined) this.askedBy.set(asking.step, state);
  }

  private async failFirst(step: string | undefined, proceed: () => Promise<unknown>): Promise<unknown> {
    const failure = this.coming.get(this.askedBy.get(step ?? '') ?? '')?.shift();
    if (failure === undefined) return proceed();
    if (failure.afterwards) await proceed();
    throw Object.assign(new Error('the function fails first'), { name: failure.error });
  }
}

function definitionsOf({ stack }: FamilyWorld): { readonly States: WrittenStates }[] {
  return stack.resourcesOfType('AWS::StepFunctions::StateMachine')
    .map(({ properties }) => JSON.parse(properties.DefinitionString as string) as { readonly States: WrittenStates });
}

function askingStates(states: WrittenStates): [string, AskingState][] {
  return Object.entries(states).flatMap(([name, { Parameters, Retry = [], ItemProcessor }]): [string, AskingState][] => [
    ...(Parameters?.step === undefined ? [] : [[name, {
      step: Parameters.step,
      retries: Retry.map(({ ErrorEquals, MaxAttempts }) => ({ errors: ErrorEquals, maxAttempts: MaxAttempts })),
    }] as [string, AskingState]]),
    ...(ItemProcessor === undefined ? [] : askingStates(ItemProcessor.States)),
  ]);
}

/** A Retry may be for more errors than it allows attempts: each state begins with another one. */
function failuresOf({ retries }: AskingState, offset: number): ComingFailure[] {
  return retries.flatMap(({ errors, maxAttempts }) => {
    const turned = errors.map((_, index) => errors[(index + offset) % errors.length] as string);
    return turned.slice(0, maxAttempts).map((error) => ({ error, afterwards: CUT_SHORT.includes(error) }));
  });
}
