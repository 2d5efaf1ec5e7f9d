import type { AccountWorld } from './account-world';

/** A state that invokes a function, with the errors of each of its retriers. */
interface InvokingState {
  readonly step: string;
  readonly retries: readonly { readonly errors: readonly string[]; readonly maxAttempts: number }[];
}

/** A failure that is still to be injected. */
interface PendingFailure {
  readonly error: string;
  /** Whether the function does its work first, so that only its answer is lost. */
  readonly afterwards: boolean;
}

/** A state of a definition, as far as it matters here. */
interface WrittenState {
  readonly Parameters?: { readonly step?: string };
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly ItemProcessor?: { readonly States: WrittenStates };
}

interface WrittenStates {
  readonly [name: string]: WrittenState;
}

/** Errors after which a function may have done all of its work. */
const CUT_SHORT = ['States.Timeout', 'Sandbox.Timedout', 'Lambda.Unknown'];

/**
 * Makes the first invocations of every state fail: by each error of its retriers in turn, as often as the retrier
 * allows. Errors that cut a function short are injected after its work, so that every step is performed twice or more.
 *
 * The errors and attempts are read from the definitions.
 */
export class FailingFirst {
  /** The entered states in order, including those of shards. */
  public readonly entered: string[] = [];
  private readonly invoking: ReadonlyMap<string, InvokingState>;
  private readonly coming: ReadonlyMap<string, PendingFailure[]>;
  /** The state that invokes a step: states of the same step are entered one after the other. */
  private readonly invokedBy = new Map<string, string>();

  public constructor(world: AccountWorld) {
    this.invoking = new Map(definitionsOf(world).flatMap((definition) => invokingStates(definition.States)));
    this.coming = new Map([...this.invoking].map(([name, state], index) => [name, failuresOf(state, index)]));
    world.atEachState(async (state) => this.recordEntry(state));
    world.interceptors.invocation = async (_, event, proceed) => this.failFirst((event as { readonly step?: string }).step, proceed);
  }

  public times(state: string): number {
    return this.entered.filter((entered) => entered === state).length;
  }

  /** The entered states that have not failed as often as their retriers allow. */
  public notFailedEnough(): string[] {
    return [...new Set(this.entered)].filter((state) => (this.coming.get(state) ?? []).length > 0);
  }

  private recordEntry(state: string): void {
    this.entered.push(state);
    const invoking = this.invoking.get(state);
    if (invoking !== undefined) this.invokedBy.set(invoking.step, state);
  }

  private async failFirst(step: string | undefined, proceed: () => Promise<unknown>): Promise<unknown> {
    const failure = this.coming.get(this.invokedBy.get(step ?? '') ?? '')?.shift();
    if (failure === undefined) return proceed();
    if (failure.afterwards) await proceed();
    throw Object.assign(new Error('the function fails first'), { name: failure.error });
  }
}

function definitionsOf({ stack }: AccountWorld): { readonly States: WrittenStates }[] {
  return stack.resourcesOfType('AWS::StepFunctions::StateMachine')
    .map(({ properties }) => JSON.parse(properties.DefinitionString as string) as { readonly States: WrittenStates });
}

function invokingStates(states: WrittenStates): [string, InvokingState][] {
  return Object.entries(states).flatMap(([name, { Parameters, Retry = [], ItemProcessor }]): [string, InvokingState][] => [
    ...(Parameters?.step === undefined ? [] : [[name, {
      step: Parameters.step,
      retries: Retry.map(({ ErrorEquals, MaxAttempts }) => ({ errors: ErrorEquals, maxAttempts: MaxAttempts })),
    }] as [string, InvokingState]]),
    ...(ItemProcessor === undefined ? [] : invokingStates(ItemProcessor.States)),
  ]);
}

/** A retrier may list more errors than attempts, so each state begins with another error. */
function failuresOf({ retries }: InvokingState, offset: number): PendingFailure[] {
  return retries.flatMap(({ errors, maxAttempts }) => {
    const turned = errors.map((_, index) => errors[(index + offset) % errors.length] as string);
    return turned.slice(0, maxAttempts).map((error) => ({ error, afterwards: CUT_SHORT.includes(error) }));
  });
}
