/** The date in a presigned URL of Amazon S3: the time of its signature. */
const SIGNED_AT = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/**
 * How long ago CloudFormation has sent an event, in milliseconds. An event contains no time, but CloudFormation signs a
 * response URL for each one. Undefined if the URL does not contain the time: `maxEventAge` of the function then limits
 * the age.
 *
 * The URL is a credential. Nothing of it except the time leaves this function, not even in an error.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function ageOf({ ResponseURL }: { readonly ResponseURL: string }, now: Date): number | undefined {
  const date = URL.canParse(ResponseURL) ? new URL(ResponseURL).searchParams : undefined;
  const [, ...parts] = SIGNED_AT.exec(date?.get('X-Amz-Date') ?? '') ?? [];
  if (parts.length === 0) return undefined;
  const [year, month, day, hours, minutes, seconds] = parts.map(Number) as [number, number, number, number, number, number];
  return Math.max(0, now.getTime() - Date.UTC(year, month - 1, day, hours, minutes, seconds));
}
