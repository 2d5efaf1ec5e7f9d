/**
 * Seconds after a call within which CloudTrail delivers its event.
 *
 * A watch that ends earlier than this after a change has seen nothing, and that proves nothing.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html
 */
export const CLOUDTRAIL_DELIVERY_SECONDS = 15 * 60;

/**
 * Seconds by which the answer of GetKeyLastUsage can be late.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html
 */
export const LAST_USAGE_DELAY_SECONDS = 60 * 60;

/**
 * Seconds for which an old generation must not be used to encrypt before it is fenced, after the alias has moved and
 * the move has propagated. They end `LAST_USAGE_DELAY_SECONDS` before the fence, because later use is not reported yet.
 */
export const UNUSED_BEFORE_FENCE_SECONDS = 60 * 60;
