import { LocalFunctions } from '../../../local/account/local-functions';
import { LocalQueues } from '../../../local/account/local-queues';

const QUEUE = 'arn:aws:sqs:eu-central-1:111122223333:watch';
const FUNCTION = 'arn:aws:lambda:eu-central-1:111122223333:function:watch';
const START = Date.parse('2026-01-15T06:00:00Z');

/** A queue whose function answers each delivery as told: it accepts, it rejects the message, or it throws. */
function queueWith(answers: readonly ('accepts' | 'rejects' | 'throws')[]) {
  const clock = { seconds: 0 };
  const deliveries: { readonly at: number; readonly body: string }[] = [];
  const functions = new LocalFunctions(() => async (event) => {
    const { Records: [{ messageId, body }] } = event as { readonly Records: [{ messageId: string; body: string }] };
    const answer = answers[deliveries.length] ?? 'accepts';
    deliveries.push({ at: clock.seconds, body });
    if (answer === 'throws') throw new Error('out of memory');
    return { batchItemFailures: answer === 'rejects' ? [{ itemIdentifier: messageId }] : [] };
  });
  functions.define(FUNCTION, { asset: 'retirement', roleArn: 'arn:aws:iam::111122223333:role/watch', environment: {} });
  const queues = new LocalQueues(functions, () => new Date(START + clock.seconds * 1000));
  queues.define(QUEUE, { VisibilityTimeout: 60, MessageRetentionPeriod: 200 });
  queues.connect(QUEUE, FUNCTION);
  const passSeconds = async (seconds: number): Promise<void> => {
    clock.seconds += seconds;
    queues.deliverDue();
    await queues.idle();
  };
  return { queues, deliveries, passSeconds };
}

test('a message that its function accepts is delivered once', async () => {
  const { queues, deliveries, passSeconds } = queueWith(['accepts']);
  await queues.send(QUEUE, { step: 'record-use' });
  await passSeconds(120);
  expect(deliveries).toEqual([{ at: 0, body: '{"step":"record-use"}' }]);
});

test.each(['rejects', 'throws'] as const)('a message whose function %s is hidden for the visibility timeout, and delivered again', async (answer) => {
  const { queues, deliveries, passSeconds } = queueWith([answer, answer, 'accepts']);
  await queues.send(QUEUE, {});
  await passSeconds(59);
  expect(deliveries).toHaveLength(1);
  for (let second = 0; second < 120; second += 20) await passSeconds(20);
  expect(deliveries.map(({ at }) => at)).toEqual([0, 79, 139]);
});

test('a message is lost at the end of its retention', async () => {
  const { queues, deliveries, passSeconds } = queueWith(Array.from({ length: 9 }, () => 'rejects' as const));
  await queues.send(QUEUE, {});
  for (let minute = 0; minute < 9; minute++) await passSeconds(60);
  expect(deliveries.map(({ at }) => at)).toEqual([0, 60, 120, 180]);
});

test('a message waits until a function receives from the queue, and ends with its queue', async () => {
  const { queues, deliveries, passSeconds } = queueWith([]);
  queues.connect(QUEUE, undefined);
  await queues.send(QUEUE, {});
  expect(deliveries).toEqual([]);
  queues.connect(QUEUE, FUNCTION);
  await passSeconds(60);
  expect(deliveries).toHaveLength(1);
  queues.remove(QUEUE);
  await expect(queues.send(QUEUE, {})).rejects.toThrow(`queue ${QUEUE} does not exist in this account`);
});
