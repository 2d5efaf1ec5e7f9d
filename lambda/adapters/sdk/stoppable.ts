import { unlessEnded } from '../../runtime/invocation';

/** The part of a client of the AWS SDK that every client has. */
interface Client {
  readonly middlewareStack: { add(middleware: Attempt, options: { step: 'finalizeRequest'; priority: 'low'; name: string }): void };
}

type Send = (args: never) => Promise<unknown>;

type Attempt = (next: Send) => Send;

/**
 * The same client, which sends nothing for an invocation that has ended. It checks each attempt of a call: the SDK's
 * own retry of a call that a frozen environment interrupted would otherwise be sent when the environment is thawed.
 */
export function stoppable<T>(client: T): T {
  const attempt: Attempt = (next) => (args) => unlessEnded(() => next(args));
  (client as Client).middlewareStack.add(attempt, { step: 'finalizeRequest', priority: 'low', name: 'unlessInvocationEnded' });
  return client;
}
