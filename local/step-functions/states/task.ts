import { RetryAndCatch } from './retry-and-catch';
import { parseNext, ways, type State } from './state';
import { type Fields, refuse } from '../definition/fields';
import { parsePayloadTemplate } from '../definition/payload-template';
import { parseResultPath } from '../definition/result-path';

/** Partition, Region and account differ; the shape does not. No service integration looks like this. */
const FUNCTION_ARN = /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(?::[\w$-]+)?$/;

/** Invokes a function and waits for its answer. */
export function parseTask(name: string, fields: Fields): State {
  const next = parseNext(fields, name);
  const resource = fields.text('Resource');
  if (!FUNCTION_ARN.test(resource)) throw refuse(fields.where, 'Resource is not the ARN of a function', { given: resource });
  const parameters = parsePayloadTemplate(fields, 'Parameters');
  const selectResult = parsePayloadTemplate(fields, 'ResultSelector');
  const join = parseResultPath(fields);
  const timeoutSeconds = fields.wholeNumber('TimeoutSeconds', 1);
  const onFailure = RetryAndCatch.parse(name, fields);
  fields.end();
  return {
    name,
    transitions: ways(next, ...onFailure.transitions),
    perform: async (input, run) => onFailure.protect(input, run, async () => {
      const payload = parameters === undefined ? input : parameters(input, run.context);
      const answer = await run.invoke({ resource, payload, timeoutSeconds });
      const result = selectResult === undefined ? answer : selectResult(answer, run.context);
      return { output: join(input, result), next };
    }),
  };
}
