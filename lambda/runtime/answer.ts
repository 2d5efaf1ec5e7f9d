import { MAX_ANSWER_BYTES } from '../../src/contract/limits';

/** The response of a custom resource to CloudFormation. */
export interface CustomResourceAnswer {
  readonly physicalResourceId: string;
  readonly attributes: { readonly [attribute: string]: string };
  /** The reason of a failure. Absent on success. */
  readonly failure?: string;
}

export function statusOf(answer: CustomResourceAnswer): 'SUCCESS' | 'FAILED' {
  return answer.failure === undefined ? 'SUCCESS' : 'FAILED';
}

/** The members of the request that the response repeats. */
interface Question {
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
}

/**
 * The response as CloudFormation reads it, shortened to 4096 bytes if the reason is longer.
 *
 * CloudFormation ignores a longer response, and the stack would hang until its timeout.
 */
export function answerBody(question: Question, answer: CustomResourceAnswer): string {
  const whole = render(question, answer);
  if (fits(whole)) return whole;
  const reason = Array.from(answer.failure ?? 'the attributes of the resource are longer than a response may be');
  const shortened = (characters: number) =>
    render(question, { ...answer, failure: `${reason.slice(0, characters).join('')} ...`, attributes: {} });
  let kept = reason.length;
  while (!fits(shortened(kept)) && kept > 0) kept = Math.floor(kept * 0.9);
  return shortened(kept);
}

function fits(body: string): boolean {
  return Buffer.byteLength(body) <= MAX_ANSWER_BYTES;
}

function render({ StackId, RequestId, LogicalResourceId }: Question, answer: CustomResourceAnswer): string {
  return JSON.stringify({
    Status: statusOf(answer),
    Reason: answer.failure,
    PhysicalResourceId: answer.physicalResourceId,
    StackId,
    RequestId,
    LogicalResourceId,
    Data: answer.attributes,
  });
}
