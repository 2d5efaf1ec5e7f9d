/** A function as a template declares it. */
export interface FunctionDefinition {
  /** Which handler it runs: a folder below `assets/`. */
  readonly asset: string;
  /** Where it is deployed: part of whom AWS takes it for. */
  readonly roleArn: string;
  readonly environment: { readonly [name: string]: string };
}

/** What can be invoked. */
export type Invocable = (event: unknown) => Promise<unknown>;

/** Brings a function to life: from the bundle that is shipped, or from its source with a tool of a test laid around it. */
export type FunctionLoader = (definition: FunctionDefinition) => Invocable;

/** The functions of an account, by ARN. */
export class LocalFunctions {
  private readonly functions = new Map<string, { readonly definition: FunctionDefinition; readonly invoke: Invocable }>();

  public constructor(private readonly load: FunctionLoader) {}

  public define(functionArn: string, definition: FunctionDefinition): void {
    this.functions.set(functionArn, { definition, invoke: this.load(definition) });
  }

  public remove(functionArn: string): void {
    this.functions.delete(functionArn);
  }

  public async invoke(functionArn: string, event: unknown): Promise<unknown> {
    const found = this.functions.get(functionArn);
    if (found === undefined) throw new Error(`there is no function ${functionArn}`);
    return found.invoke(event);
  }

  /** Their ARNs, with what they run. */
  public get definitions(): ReadonlyMap<string, FunctionDefinition> {
    return new Map([...this.functions].map(([arn, { definition }]) => [arn, definition]));
  }
}
