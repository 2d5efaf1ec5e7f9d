import type { KMSClientConfig } from '@aws-sdk/client-kms';

type RetryStrategy = Extract<NonNullable<KMSClientConfig['retryStrategy']>, { acquireInitialRetryToken: unknown }>;
type RetryToken = Awaited<ReturnType<RetryStrategy['acquireInitialRetryToken']>>;
type RetryErrorInfo = Parameters<RetryStrategy['refreshRetryTokenForRetry']>[1];

/** 30 attempts: at 60 % throttling one call in four million is given up, and that one comes out as THROTTLED after about 15 seconds. */
const MOST_ATTEMPTS = 30;
const FIRST_DELAY = 20;
const LONGEST_DELAY = 1_000;

/**
 * Waits and asks again until AWS has time for us: exponential back-off with full jitter, bounded by attempts alone.
 *
 * The SDK's own strategies draw each retry from a bucket of 500 tokens that successes refill. At about 30 % throttling it
 * drains as fast as it fills, so that a long run is bound to find it empty once, and fails. The bucket is made for callers
 * of any number; ours are bounded by the worker's concurrency, and each waits before it asks again.
 */
export class PatientRetries implements RetryStrategy {
  public constructor(private readonly random: () => number = Math.random) {}

  public async acquireInitialRetryToken(): Promise<RetryToken> {
    return attempt(0, 0);
  }

  public async refreshRetryTokenForRetry(token: RetryToken, { errorType }: RetryErrorInfo): Promise<RetryToken> {
    const retries = token.getRetryCount() + 1;
    if (errorType === 'CLIENT_ERROR' || retries >= MOST_ATTEMPTS) throw new Error('not worth another attempt');
    return attempt(retries, Math.floor(this.random() * Math.min(FIRST_DELAY * 2 ** token.getRetryCount(), LONGEST_DELAY)));
  }

  public recordSuccess(): void {
    // Nothing to learn: an attempt that succeeds does not change how the next call waits.
  }
}

function attempt(retries: number, delay: number): RetryToken {
  return { getRetryCount: () => retries, getRetryDelay: () => delay };
}
