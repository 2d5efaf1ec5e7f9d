import { readFile } from 'node:fs/promises';
import { kmsCalls } from './kms-calls';
import type { LocalAws } from './local-aws';
import { describeRefusedCall, refusedByKms, type RefusedCall } from '../../local/iam/refused-calls';

/** A call that the emulator refused, as local_iam.py writes it. */
interface Denied extends RefusedCall {
  readonly account: string;
}

/**
 * The calls of an account that policies or signatures refused, in all services: action and caller, each once. Such a
 * call is a missing right, or the proof of one that nobody should have.
 */
export async function deniedCalls(aws: LocalAws, account: string): Promise<string[]> {
  const lines = (await readFile(aws.deniedCallsFile, 'utf8')).split('\n').filter((line) => line !== '');
  const denied = [...lines.map((line) => JSON.parse(line) as Denied), ...await deniedByKms(aws)];
  return [...new Set(denied.filter((call) => call.account === account).map(describeRefusedCall))].sort();
}

async function deniedByKms(aws: LocalAws): Promise<Denied[]> {
  const calls = await kmsCalls(aws, { status: 'AccessDeniedException' });
  return calls.map(({ account, ...call }) => ({ account, ...refusedByKms(call) }));
}
