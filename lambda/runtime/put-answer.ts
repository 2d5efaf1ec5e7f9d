import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { Clock } from '../ports';

/** Three attempts and the waits between them end within the time that is kept for answering. */
const ATTEMPTS = 3;
const ATTEMPT_MS = 3_500;
const WAIT_MS = 1_000;

/** Puts the answer where CloudFormation looks for it. Errors say neither where that is nor what a library said about it. */
export async function putAnswer(responseUrl: string, body: string, clock: Clock): Promise<void> {
  let outcome = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    outcome = await putOnce(responseUrl, body);
    if (outcome === 'delivered') return;
    if (attempt < ATTEMPTS) await clock.sleep(WAIT_MS * attempt);
  }
  throw new Failure(ErrorName.THROTTLED, {
    where: 'answer to CloudFormation',
    what: 'could not be delivered',
    given: outcome,
    remedy: 'nothing is to be done; Lambda hands the event in again, and otherwise CloudFormation gives up after its timeout',
  });
}

/** The presigned URL was signed for an answer without content type, so none may be sent: bytes have none, text would. */
async function putOnce(responseUrl: string, body: string): Promise<string> {
  try {
    const response = await fetch(responseUrl, {
      method: 'PUT',
      headers: { 'content-type': '' },
      body: Buffer.from(body),
      redirect: 'error',
      signal: AbortSignal.timeout(ATTEMPT_MS),
    });
    await response.arrayBuffer();
    return response.ok ? 'delivered' : `status ${response.status}`;
  } catch {
    return 'no connection';
  }
}
