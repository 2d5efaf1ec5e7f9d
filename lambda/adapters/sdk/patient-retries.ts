import type { KMSClientConfig } from '@aws-sdk/client-kms';

type RetryStrategy = Extract<NonNullable<KMSClientConfig['retryStrategy']>, { acquireInitialRetryToken: unknown }>;
type RetryToken = Awaited<ReturnType<RetryStrategy['acquireInitialRetryToken']>>;
type RetryErrorInfo = Parameters<RetryStrategy['refreshRetryTokenForRetry']>[1];

/** 30 attempts: at 60 % throttling one call in four million fails, as THROTTLED after about 15 seconds. */
const MAX_ATTEMPTS = 30;
const FIRST_DELAY = 20;
const MAX_DELAY = 1_000;

/**
 * Retry strategy with exponential backoff and full jitter, limited by the number of attempts only.
 *
 * The SDK's own strategies draw each retry from a bucket of 500 tokens that successes refill. At about 30 % throttling
 * it drains as fast as it fills, so that a long run finds it empty at some time, and fails. The bucket protects AWS
 * from any number of callers; the worker's concurrency limits ours, and each waits before it retries.
 */
export class PatientRetries implements RetryStrategy {
  public constructor(private readonly random: () => number = Math.random) {}

  public async acquireInitialRetryToken(): Promise<RetryToken> {
    return attempt(0, 0);
  }

  public async refreshRetryTokenForRetry(token: RetryToken, { errorType }: RetryErrorInfo): Promise<RetryToken> {
    const retries = token.getRetryCount() + 1;
    if (errorType === 'CLIENT_ERROR' || retries >= MAX_ATTEMPTS) throw new Error('error is not retried');
    return attempt(retries, Math.floor(this.random() * Math.min(FIRST_DELAY * 2 ** token.getRetryCount(), MAX_DELAY)));
  }

  public recordSuccess(): void {
    // Nothing to learn: an attempt that succeeds does not change how the next call waits.
  }
}

function attempt(retries: number, delay: number): RetryToken {
  return { getRetryCount: () => retries, getRetryDelay: () => delay };
}
