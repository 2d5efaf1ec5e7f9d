import { RetryAndCatch } from './retry-and-catch';
import { parseNext, definedTransitions, type State } from './state';
import { type Fields, invalidDefinition } from '../definition/fields';
import { parsePayloadTemplate } from '../definition/payload-template';
import { parseResultPath } from '../definition/result-path';

/**
 * The format of function ARNs in every partition, Region and account. The ARN of a service integration does not match.
 */
const FUNCTION_ARN = /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(?::[\w$-]+)?$/;

/** Invokes a function and waits for its result. */
export function parseTask(name: string, fields: Fields): State {
  const next = parseNext(fields, name);
  const resource = fields.text('Resource');
  if (!FUNCTION_ARN.test(resource)) throw invalidDefinition(fields.where, 'Resource is not the ARN of a function', { given: resource });
  const parameters = parsePayloadTemplate(fields, 'Parameters');
  const selectResult = parsePayloadTemplate(fields, 'ResultSelector');
  const join = parseResultPath(fields);
  const timeoutSeconds = fields.wholeNumber('TimeoutSeconds', 1);
  const onFailure = RetryAndCatch.parse(name, fields);
  fields.requireAllRead();
  return {
    name,
    transitions: definedTransitions(next, ...onFailure.transitions),
    perform: async (input, run) => onFailure.protect(input, run, async () => {
      const payload = parameters === undefined ? input : parameters(input, run.context);
      const returned = await run.invoke({ resource, payload, timeoutSeconds });
      const result = selectResult === undefined ? returned : selectResult(returned, run.context);
      return { output: join(input, result), next };
    }),
  };
}
