import type { Call } from './call';
import { dryRunWouldSucceed, validation } from '../../protocol/errors';

/** A dry run ends here: everything before would have let the call succeed, and nothing has been done yet. */
export function endDryRun(call: Call): void {
  if (call.dryRun) throw dryRunWouldSucceed();
}

/** With this modifier a dry run asks about keys and permissions alone, and needs no blob. Only a dry run may carry it. */
export function ignoresCiphertext(call: Call, modifiers: readonly string[] | undefined): boolean {
  if (modifiers === undefined || modifiers.length === 0) return false;
  if (!call.dryRun) throw validation('DryRunModifiers can only be specified when DryRun is true.');
  return true;
}

/** A member that is optional only because dry runs may leave it out, or the error of leaving it out elsewhere. */
export function required<T>(value: T | undefined, path: string): T {
  if (value !== undefined) return value;
  throw validation(`1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`);
}
