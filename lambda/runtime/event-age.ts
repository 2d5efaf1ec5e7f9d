/** The date in a presigned URL of Amazon S3: the time of its signature, in whole seconds. */
const SIGNED_AT = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** The clock that signs a URL and that of a function may differ. A URL of a later time contains no usable time. */
const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * When CloudFormation sent an event, in whole seconds. An event contains no time, but CloudFormation signs a response
 * URL for each one.
 *
 * Undefined if the URL does not contain a usable time. `maxEventAge` of the function then limits the age of the event.
 * To refuse it would fail every deployment, and its rollback, as soon as AWS writes these URLs in another way.
 *
 * The URL is a credential. Nothing of it except the time leaves this function, not even in an error.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function sentAtOf({ ResponseURL }: { readonly ResponseURL: string }, now: Date): Date | undefined {
  const signed = URL.canParse(ResponseURL) ? new URL(ResponseURL).searchParams.get('X-Amz-Date') ?? '' : '';
  const sentAt = new Date(signed.replace(SIGNED_AT, '$1-$2-$3T$4:$5:$6Z'));
  if (!SIGNED_AT.test(signed) || Number.isNaN(sentAt.getTime())) return undefined;
  return sentAt.getTime() > now.getTime() + CLOCK_SKEW_MS ? undefined : sentAt;
}
