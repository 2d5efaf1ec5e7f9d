import { MAX_ANSWER_BYTES } from '../../src/contract/limits';

/** The response of a custom resource to CloudFormation. */
export interface CustomResourceResponse {
  readonly physicalResourceId: string;
  readonly attributes: { readonly [attribute: string]: string };
  /** The reason of a failure. Absent on success. */
  readonly failure?: string;
}

export function statusOf(response: CustomResourceResponse): 'SUCCESS' | 'FAILED' {
  return response.failure === undefined ? 'SUCCESS' : 'FAILED';
}

/** The members of the request that the response repeats. */
interface RequestIds {
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
}

/**
 * The response as CloudFormation reads it, shortened to 4096 bytes if the reason is longer.
 *
 * CloudFormation ignores a longer response, and the stack would hang until its timeout.
 */
export function responseBody(ids: RequestIds, response: CustomResourceResponse): string {
  const whole = render(ids, response);
  if (fits(whole)) return whole;
  const reason = Array.from(response.failure ?? 'the attributes of the resource are longer than a response may be');
  const shortened = (characters: number) =>
    render(ids, { ...response, failure: `${reason.slice(0, characters).join('')} ...`, attributes: {} });
  let kept = reason.length;
  while (!fits(shortened(kept)) && kept > 0) kept = Math.floor(kept * 0.9);
  return shortened(kept);
}

function fits(body: string): boolean {
  return Buffer.byteLength(body) <= MAX_ANSWER_BYTES;
}

function render({ StackId, RequestId, LogicalResourceId }: RequestIds, response: CustomResourceResponse): string {
  return JSON.stringify({
    Status: statusOf(response),
    Reason: response.failure,
    PhysicalResourceId: response.physicalResourceId,
    StackId,
    RequestId,
    LogicalResourceId,
    Data: response.attributes,
  });
}
