import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readCommandLine } from '../../e2e/command-line';
import type { Account } from '../../e2e/emulator/account';
import { tellStories } from '../../e2e/run-stories';
import { STORIES } from '../../e2e/stories/stories';
import { stepLine, type Story, type Telling } from '../../e2e/story/story';
import { summarize } from '../../e2e/summary';

const story = (name: string, tell: (telling: Telling) => Promise<void>): Story => ({ name, tell: (_, telling) => tell(telling) });
const [APPLICATION, ANOTHER] = [{}, {}];

const held = story('held', async (telling) => {
  await telling.step('one', async () => undefined);
  telling.count(APPLICATION, { written: 3, lost: 0 });
  telling.count(APPLICATION, { written: 5, lost: 0 });
  telling.count(ANOTHER, { written: 2, lost: 0 });
});
const broken = story('broken', async (telling) => {
  await telling.step('one', async () => undefined);
  await telling.step('two', async () => { throw new Error('it did not hold'); });
  await telling.step('three', async () => undefined);
});
const between = story('between', async () => { throw new Error('before the first step'); });
const lossy = story('lossy', async (telling) => telling.count(APPLICATION, { written: 5, lost: 1 }));

const openAccount = () => ({ cdk: { bootstrap: async () => undefined }, close: () => undefined }) as unknown as Account;
const tell = async (...stories: Story[]) => {
  const lines: string[] = [];
  return { ...await tellStories(stories, openAccount, (line) => lines.push(line)), lines };
};

test('all is well when every step held: the newest count of each application counts', async () => {
  expect(await tell(held)).toMatchObject({ ok: true, orders: 7, lost: 0, steps: [{ step: 'cdk bootstrap' }, { step: 'one' }] });
});

test('a step that fails ends its story, and no other', async () => {
  const { ok, steps, lines } = await tell(broken, held);
  expect(ok).toBe(false);
  expect(steps.map((step) => [step.story, step.step, step.failure === undefined]))
    .toEqual([['broken', 'cdk bootstrap', true], ['broken', 'one', true], ['broken', 'two', false], ['held', 'cdk bootstrap', true], ['held', 'one', true]]);
  expect(lines).toEqual(steps.map(stepLine));
});

test('an error between two steps is told as one', async () => {
  expect(await tell(between)).toMatchObject({ ok: false, steps: [{}, { step: 'between two steps', failure: expect.stringContaining('before the first step') }] });
});

test('an example counts when all of its story held', async () => {
  expect((await tell({ ...held, example: 'good' }, { ...broken, example: 'bad' }, held)).examples).toEqual(['good']);
});

test('an order that is lost is enough, and so is nothing that was told at all', async () => {
  expect((await tell(lossy)).ok).toBe(false);
  expect((await tell()).ok).toBe(false);
});

test('a person reads what failed, and why', async () => {
  const text = summarize(await tell(broken));
  expect(text).toMatch(/FAILED .* broken +two\n\nbroken: two\nError: it did not hold/);
  expect(text).toMatch(/2 of 3 steps held, 0 orders written, 0 lost, \d+ s\. NOT as it should be\./);
});

describe('the command line', () => {
  test('tells every story unless some are named', () => {
    expect(readCommandLine([])).toEqual({ stories: STORIES, json: false, serve: false });
    expect(readCommandLine(['--story', 'orders', '--story', 'byok', '--json'])).toMatchObject({ stories: [{ name: 'orders' }, { name: 'byok' }], json: true });
  });

  test('has a story for every example', () => {
    const examples = readdirSync(join(resolve(__dirname, '..', '..'), 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(STORIES.flatMap(({ example }) => example ?? [])).toEqual(examples.map(({ name }) => name));
    expect(examples.length).toBeGreaterThan(2);
  });
});
