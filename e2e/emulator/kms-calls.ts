import type { LocalAws } from './local-aws';

/** A call in the audit log of the local KMS, as far as scenarios read it. */
export interface KmsCall {
  readonly account: string;
  readonly operation: string;
  readonly errorMessage?: string;
}

/** The newest calls with an operation or a status. */
export async function kmsCalls({ kmsEndpoint }: LocalAws, selection: { operation?: string; status?: string }): Promise<KmsCall[]> {
  const answer = await fetch(`${kmsEndpoint}/_local/audit?${new URLSearchParams(selection).toString()}`);
  return (await answer.json() as { records: KmsCall[] }).records;
}
