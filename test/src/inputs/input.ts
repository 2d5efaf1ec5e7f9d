import { App, Stack } from 'aws-cdk-lib';

/** What a user can write, and the part of the error that it gets. Without `refused`, it is accepted. */
export interface Input {
  readonly name: string;
  readonly build: (stack: Stack) => unknown;
  readonly refused?: string;
}

/** A value of another type than the declared one, as plain JavaScript allows it. */
export const untyped = <T>(value: unknown): T => value as T;

/** One input for each value of a property. A value that needs a construct is a function of the stack. */
export function inputsOf(
  property: string,
  build: (stack: Stack, props: Record<string, unknown>) => unknown,
  cases: readonly (readonly [name: string, value: unknown, refused?: string])[],
): Input[] {
  return cases.map(([name, value, refused]) => ({
    name: `${property}: ${name}`, build: (stack) => build(stack, { [property]: typeof value === 'function' ? value(stack) : value }), refused,
  }));
}

/** Builds and synthesizes. Returns the error, or undefined if there is none. */
export function errorOf({ build }: Input): Error | undefined {
  const app = new App({ analyticsReporting: false });
  try {
    build(new Stack(app, 'Stack', { env: { account: '111122223333', region: 'eu-central-1' } }));
    app.synth();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** The errors of one synthesis or one call, each on its line, without the headline of the CDK. */
export function problemsIn({ message }: Error): string[] {
  return message.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('Validation failed with'));
}
