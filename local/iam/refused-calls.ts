/** A call that the policies of a service refused. */
export interface RefusedCall {
  /** `kms:Decrypt`. */
  readonly action: string;
  /** The ARN of the caller. */
  readonly principal: string;
}

/** The calls that policies refused in one account, in all services: action and caller, each once. */
export class RefusedCalls {
  private readonly calls = new Set<string>();

  public record(call: RefusedCall): void {
    this.calls.add(describeRefusedCall(call));
  }

  /** In alphabetical order. */
  public get all(): readonly string[] {
    return [...this.calls].sort();
  }
}

/** `kms:Decrypt by role/Shop-Reader`. Policies name roles, and never their sessions. */
export function describeRefusedCall({ action, principal }: RefusedCall): string {
  const [, role] = /:assumed-role\/([^/]+)/.exec(principal) ?? [];
  return `${action} by ${role === undefined ? principal.split(':').at(-1) : `role/${role}`}`;
}

/** Reads the message with which KMS refuses a call. */
export function refusedByKms(
  { operation, errorMessage = '' }: { readonly operation: string; readonly errorMessage?: string },
): RefusedCall {
  const [, principal = 'unknown', action = `kms:${operation}`] = /^User: (\S+) is not authorized to perform: (\S+)/.exec(errorMessage) ?? [];
  return { action, principal };
}

/** Compares the calls that were refused with those that must be. */
export function compareRefusedCalls(
  refused: readonly string[], onPurpose: readonly RegExp[],
): { readonly unexpected: readonly string[]; readonly missing: readonly RegExp[] } {
  return {
    unexpected: refused.filter((call) => !onPurpose.some((pattern) => pattern.test(call))),
    missing: onPurpose.filter((pattern) => !refused.some((call) => pattern.test(call))),
  };
}

/**
 * The rotation proves that a fence is in force: it calls the old generation until KMS refuses the call. Only
 * then the fence has reached every host of KMS.
 */
export const PROBE_OF_THE_FENCE = /^kms:(Encrypt|GenerateDataKeyWithoutPlaintext) by role\/.*ControlRole/;

/** The retirement proves that the watch records refused calls: it calls a fenced generation every day. */
export const PROBE_OF_THE_WATCH = /^kms:Encrypt by role\/.*RetirementRole/;
