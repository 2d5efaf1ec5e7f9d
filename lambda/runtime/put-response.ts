import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { Clock } from '../ports/clock';

/** Three attempts, with the waits between them, fit into the time that is reserved for the response. */
const ATTEMPTS = 3;
const ATTEMPT_MS = 3_500;
const WAIT_MS = 1_000;

/** Sends the response to CloudFormation. Errors contain neither the URL nor other errors, whose text may contain it. */
export async function putResponse(responseUrl: string, body: string, clock: Clock): Promise<void> {
  let outcome = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    outcome = await putOnce(responseUrl, body);
    if (outcome === 'delivered') return;
    if (attempt < ATTEMPTS) await clock.sleep(WAIT_MS * attempt);
  }
  throw new Failure(ErrorName.THROTTLED, {
    where: 'response to CloudFormation',
    what: 'could not be delivered',
    given: outcome,
    remedy: 'no action is needed; Lambda retries the event, or CloudFormation fails after its timeout',
  });
}

/** The URL was signed without a content type, so the request must have none: fetch adds one to text, not to bytes. */
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
