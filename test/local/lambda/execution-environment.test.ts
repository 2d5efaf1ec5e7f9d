import { setImmediate } from 'node:timers/promises';
import { ExecutionEnvironment } from '../../../local/lambda/execution-environment';

/** An environment, the calls that its functions have sent, and the answers that they have received. */
function anEnvironment() {
  const environment = new ExecutionEnvironment();
  const [sent, received]: [string[], string[]] = [[], []];
  const call = async (name: string): Promise<void> => {
    await environment.call(async () => { sent.push(name); });
    received.push(name);
  };
  return { environment, sent, received, call };
}

/** Lets everything happen that can happen without an invocation. */
async function pass(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await setImmediate();
}

test('work that a handler leaves behind is frozen with its answer, and continues in the next invocation', async () => {
  const { environment, sent, received, call } = anEnvironment();
  let left: Promise<void> | undefined;
  expect(await environment.invoke(async () => {
    await call('first');
    left = setImmediate().then(() => call('left behind'));
    return 'answer';
  })).toBe('answer');
  await pass();
  expect([sent, received]).toEqual([['first'], ['first']]);
  await environment.invoke(async () => {
    await pass();
    await call('second');
  });
  await left;
  expect(sent).toEqual(['first', 'left behind', 'second']);
});

test('a call that was sent before the environment froze has its effect, and its answer arrives in the next invocation', async () => {
  const { environment, received } = anEnvironment();
  let answered = false;
  let effect = false;
  await environment.invoke(async () => {
    void environment.call(async () => {
      await setImmediate();
      effect = true;
    }).then(() => { answered = true; });
    await Promise.resolve();
  });
  await pass();
  expect([effect, answered, received]).toEqual([true, false, []]);
  await environment.invoke(pass);
  expect(answered).toBe(true);
});

test('an environment is frozen only when its last invocation has ended', async () => {
  const { environment, sent, call } = anEnvironment();
  let end: () => void = () => undefined;
  const long = environment.invoke(() => new Promise<void>((resolve) => { end = resolve; }));
  await expect(environment.invoke(async () => { throw new Error('handler failed'); })).rejects.toThrow('handler failed');
  await call('during the long one');
  end();
  await long;
  void call('afterwards');
  await pass();
  expect(sent).toEqual(['during the long one']);
});
