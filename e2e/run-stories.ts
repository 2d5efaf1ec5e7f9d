import type { Account } from './emulator/account';
import { Telling, type Step, type Story } from './story/story';

const FIRST_ACCOUNT = 111_122_220_001;

export interface StoriesResult {
  readonly ok: boolean;
  /** Orders that were written, and those among them that cannot be read any more. */
  readonly orders: number;
  readonly lost: number;
  /** The examples that were deployed and destroyed, with nothing amiss. */
  readonly examples: readonly string[];
  readonly steps: readonly Step[];
}

/** Tells stories one after the other, each in an account of its own. One that fails does not keep the next from being told. */
export async function tellStories(
  stories: readonly Story[], openAccount: (id: string) => Account, say: (line: string) => void,
): Promise<StoriesResult> {
  const tellings: Telling[] = [];
  for (const [index, story] of stories.entries()) {
    const account = openAccount(String(FIRST_ACCOUNT + index));
    const telling = new Telling(story.name, say);
    tellings.push(telling);
    try {
      await telling.step('cdk bootstrap', () => account.cdk.bootstrap());
      await story.tell(account, telling);
    } catch (error) {
      telling.end(error as Error);
    } finally {
      account.close();
    }
  }
  const steps = tellings.flatMap((telling) => telling.steps);
  const orders = tellings.reduce((sum, telling) => sum + telling.orders.written, 0);
  const lost = tellings.reduce((sum, telling) => sum + telling.orders.lost, 0);
  const examples = stories.flatMap(({ example }, index) => example !== undefined && tellings[index]?.held ? [example] : []);
  return { ok: tellings.length > 0 && lost === 0 && tellings.every(({ held }) => held), orders, lost, examples, steps };
}
