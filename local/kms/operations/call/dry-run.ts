import type { Call } from './call';
import { dryRunWouldSucceed, validation } from '../../protocol/errors';

/** Ends a dry run: all checks before have succeeded, and the call has had no effect yet. */
export function endDryRun(call: Call): void {
  if (call.dryRun) throw dryRunWouldSucceed();
}

/**
 * With this modifier a dry run checks only keys and permissions, and needs no ciphertext. Only a dry run may have it.
 */
export function ignoresCiphertext(call: Call, modifiers: readonly string[] | undefined): boolean {
  if (modifiers === undefined || modifiers.length === 0) return false;
  if (!call.dryRun) throw validation('DryRunModifiers can only be specified when DryRun is true.');
  return true;
}

/** The value of a member that only dry runs may omit; otherwise the error of AWS for an omitted member. */
export function required<T>(value: T | undefined, path: string): T {
  if (value !== undefined) return value;
  throw validation(`1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`);
}
