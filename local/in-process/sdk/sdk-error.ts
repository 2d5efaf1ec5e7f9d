/** The class of an exception in an SDK package. */
type ExceptionClass = new (options: { message: string; $metadata: object; name?: string; $fault?: 'client' | 'server' }) => Error;

/** The exports of an SDK package: its exception classes by name, and the base class of all of them. */
export interface SdkPackage {
  readonly exceptions: { readonly [name: string]: unknown };
  readonly base: unknown;
}

/** The error that the SDK throws for an answer: the class of that name, or the base class of the service. */
export function sdkError({ exceptions, base }: SdkPackage, name: string, message: string, httpStatusCode: number): Error {
  const $metadata = { httpStatusCode };
  // The SDK's own text for an answer without a message.
  const text = message === '' ? 'UnknownError' : message;
  const known = Object.hasOwn(exceptions, name) ? exceptions[name] as ExceptionClass : undefined;
  if (known !== undefined) return new known({ message: text, $metadata });
  return new (base as ExceptionClass)({ name, message: text, $metadata, $fault: httpStatusCode >= 500 ? 'server' : 'client' });
}

/** The error of the SDK for a connection that ended before an answer. */
export function connectionLost(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', $metadata: {} });
}
