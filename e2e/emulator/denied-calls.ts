import { readFile } from 'node:fs/promises';
import { kmsCalls } from './kms-calls';
import type { LocalAws } from './local-aws';

/** A call that the emulator refused, as local_iam.py writes it. */
interface Denied {
  readonly account: string;
  readonly action: string;
  readonly principal: string;
}

/**
 * The calls of an account that policies or signatures refused, in all services: action and caller, each once. Such a
 * call is a missing right, or the proof of one that nobody should have.
 */
export async function deniedCalls(aws: LocalAws, account: string): Promise<string[]> {
  const lines = (await readFile(aws.deniedCallsFile, 'utf8')).split('\n').filter((line) => line !== '');
  const denied = [...lines.map((line) => JSON.parse(line) as Denied), ...await deniedByKms(aws)];
  return [...new Set(denied.filter((call) => call.account === account).map(describe))].sort();
}

async function deniedByKms(aws: LocalAws): Promise<Denied[]> {
  const calls = await kmsCalls(aws, { status: 'AccessDeniedException' });
  return calls.map(({ account, operation, errorMessage = '' }) => {
    const [, principal = 'unknown', action = `kms:${operation}`] = /^User: (\S+) is not authorized to perform: (\S+)/.exec(errorMessage) ?? [];
    return { account, action, principal };
  });
}

/** Policies name roles, and never their sessions. */
function describe({ action, principal }: Denied): string {
  const [, role] = /:assumed-role\/([^/]+)/.exec(principal) ?? [];
  return `${action} by ${role === undefined ? principal.split(':').at(-1) : `role/${role}`}`;
}
