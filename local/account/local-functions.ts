/** A function as a template declares it. */
export interface FunctionDefinition {
  /** The handler that it runs: the name of a folder in `assets/`. */
  readonly asset: string;
  /** The role under which it calls AWS services. */
  readonly roleArn: string;
  readonly environment: { readonly [name: string]: string };
}

/** The handler of a function. */
export type Invocable = (event: unknown) => Promise<unknown>;

/** Loads the handler of a function: the bundle that the package ships, or in a test its source. */
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
    if (found === undefined) throw new Error(`function ${functionArn} does not exist in this account`);
    return found.invoke(event);
  }

  /** The definitions of the functions, by ARN. */
  public get definitions(): ReadonlyMap<string, FunctionDefinition> {
    return new Map([...this.functions].map(([arn, { definition }]) => [arn, definition]));
  }
}
