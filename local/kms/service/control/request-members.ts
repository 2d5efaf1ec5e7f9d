import { ErrorName } from '../../../../src/contract/error-names';
import { Failure } from '../../../../src/contract/failure';

/** Reads a member of a request to the control API. */
export function member(body: unknown, name: string): unknown {
  return (body as Readonly<Record<string, unknown>> | null)?.[name];
}

export function moment(value: unknown, where: string): Date {
  const date = new Date(typeof value === 'string' ? value : '');
  if (Number.isNaN(date.getTime())) throw wrong(where, 'is not a time', value, 'a time, such as 2026-06-01T00:00:00Z');
  return date;
}

export function wholeNumber(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(where, 'is not a whole number', value, 'a whole number');
  return value;
}

function wrong(where: string, what: string, value: unknown, allowed: string): Failure {
  const given = value === undefined ? 'nothing' : JSON.stringify(value);
  const remedy = 'GET /_local/ lists the requests and their members';
  return new Failure(ErrorName.INVALID_REQUEST, { where, what, given, allowed, remedy });
}
