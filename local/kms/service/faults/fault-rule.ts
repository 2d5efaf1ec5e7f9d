import { ErrorName } from '../../../../src/contract/error-names';
import { Failure } from '../../../../src/contract/failure';
import { dependencyTimeout, internal, keyUnavailable, throttled } from '../../protocol/errors';
import { isOperationName, type OperationName } from '../../protocol/operation-names';

/** Kinds that return an error and have no effect. */
export const REFUSALS = { throttle: throttled, internalError: () => internal(), dependencyTimeout, keyUnavailable } as const;

export const FAULT_KINDS = [
  'throttle', 'internalError', 'dependencyTimeout', 'keyUnavailable', 'connectionReset', 'answerLost', 'latency',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Latency is real time: a longer one would look like a process that hangs. */
export const MAX_LATENCY = 60_000;

/**
 * A fault and its calls.
 *
 * `throttle`, `internalError`, `dependencyTimeout` and `keyUnavailable` refuse a call before it has any effect;
 * `connectionReset` breaks the connection before any effect, and `answerLost` after it; `latency` delays the call.
 * Without `probability` and `callNumbers`, the rule applies to every call.
 */
export interface FaultRule {
  readonly kind: FaultKind;
  /** The operation. @default - calls of every operation */
  readonly operation?: OperationName;
  /** From 0 to 1. */
  readonly probability?: number;
  /** The calls to which the rule applies, counted from 1 over the calls of its operation. */
  readonly callNumbers?: readonly number[];
  /** Required for `latency`, and not allowed for other kinds. */
  readonly latencyMilliseconds?: number;
}

export const FAULT_SYNTAX = 'kind[:when][:operation], where kind is throttle, internalError, dependencyTimeout, keyUnavailable, '
  + 'connectionReset, answerLost or latency=<milliseconds>, and when is a probability (0.3) or call numbers (#5 or #5,9)';

/** Reads a rule from its text form: `throttle:0.3:ReEncrypt`, `internalError:#5:CreateKey`, `latency=20`. */
export function parseFaultRule(text: string): FaultRule {
  const [kindText = '', ...rest] = text.split(':');
  const [kind, latency] = kindText.split('=');
  const when = rest[0] !== undefined && /^[\d#.]/.test(rest[0]) ? rest.shift() : undefined;
  const operation = rest.shift();
  if (rest.length > 0) throw malformed(text, 'fault has too many parts', text, FAULT_SYNTAX);
  const calls = when?.startsWith('#') === true
    ? { callNumbers: when.slice(1).split(',').map(Number) } : { probability: Number(when) };
  const rule = {
    kind: kind as FaultKind,
    ...(operation === undefined ? {} : { operation: operation as OperationName }),
    ...(when === undefined ? {} : calls),
    ...(latency === undefined ? {} : { latencyMilliseconds: Number(latency) }),
  };
  checkFaultRule(rule, text);
  return rule;
}

const MEMBERS = ['kind', 'operation', 'probability', 'callNumbers', 'latencyMilliseconds'];

/** Refuses a rule that cannot have the intended effect. It may come from JSON of any caller. */
export function checkFaultRule(rule: FaultRule, text = JSON.stringify(rule)): void {
  const { kind, operation, probability, callNumbers, latencyMilliseconds } = rule;
  const unknown = Object.keys(rule).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) throw malformed(text, 'fault has an unknown member', unknown, MEMBERS.join(', '));
  if (!FAULT_KINDS.includes(kind)) throw malformed(text, 'fault has an unknown kind', String(kind), FAULT_KINDS.join(', '));
  if (operation !== undefined && !isOperationName(operation)) {
    const given = typeof operation === 'string' ? operation : JSON.stringify(operation);
    throw malformed(text, 'fault names an unknown operation', given, 'an operation of AWS KMS, such as ReEncrypt');
  }
  if (probability !== undefined && !isWithin(probability, 1)) {
    const given = typeof probability === 'number' ? String(probability) : JSON.stringify(probability);
    throw malformed(text, 'fault has an impossible probability', given, 'a number from 0 to 1');
  }
  const isPositive = (number: unknown) => Number.isInteger(number) && (number as number) >= 1;
  if (callNumbers !== undefined && !(Array.isArray(callNumbers) && callNumbers.every(isPositive))) {
    const given = Array.isArray(callNumbers) ? callNumbers.join(',') : JSON.stringify(callNumbers);
    throw malformed(text, 'fault has an impossible call number', given, '1 or more');
  }
  if (kind === 'latency' && !isWithin(latencyMilliseconds, MAX_LATENCY)) {
    const given = latencyMilliseconds === undefined ? 'none' : JSON.stringify(latencyMilliseconds);
    throw malformed(text, 'latency has no possible duration', given, `latency=0 to latency=${MAX_LATENCY} milliseconds`);
  }
  if (kind !== 'latency' && latencyMilliseconds !== undefined) {
    throw malformed(text, 'only latency has a duration', `${latencyMilliseconds} ms`, FAULT_SYNTAX);
  }
}

function isWithin(value: unknown, max: number): boolean {
  return typeof value === 'number' && value >= 0 && value <= max;
}

function malformed(text: string, what: string, given: string, allowed: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: `fault ${text}`, what, given, allowed, remedy: 'write for example throttle:0.3:ReEncrypt, answerLost:#5 or latency=20',
  });
}
