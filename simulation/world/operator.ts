import { EnableKeyCommand } from '@aws-sdk/client-kms';
import type { Failure, World } from './world';

/** Days for which an error must occur before an operator does something about it. */
const PATIENCE_DAYS = 3;
/** The remedy of an error for a key that a record needs. */
const ENABLE = /; enable (arn:\S+)/;

/** An operator that does what the documentation and the texts of errors say, and nothing else. */
export class Operator {
  private readonly days = new Map<string, number>();
  private linesRead = 0;
  private materialDueInDays: number | undefined;

  public constructor(private readonly world: World) {}

  /** Reads the errors of a day, and acts. */
  public async endOfDay(failures: readonly Failure[]): Promise<void> {
    const { world } = this;
    const errors = new Map(failures.map((failure) => [`${failure.source} ${failure.error}`, failure]));
    for (const name of this.days.keys()) if (!errors.has(name)) this.days.delete(name);
    for (const [name, failure] of errors) {
      const days = (this.days.get(name) ?? 0) + 1;
      this.days.set(name, days);
      if (days >= PATIENCE_DAYS) await this.follow(failure);
    }
    await this.provideMaterial();
    if (world.deploymentFailed) await this.deployAgain(failures);
  }

  /** What the text of an error says. */
  private async follow({ error, text }: Failure): Promise<void> {
    const { world } = this;
    if (error === 'ConsumersFailed') {
      world.application.decryptsByAlias = false;
      world.trace.add('operator: the consumer is corrected');
    } else if (text.includes('two keys have the number of this generation')) {
      // "Find the key that the alias has always named, and remove our tags from the other."
      await world.removeTagsOfStrangers();
      world.trace.add('operator: removes the tags of the family from keys of other principals');
    } else if (ENABLE.test(text)) {
      const KeyId = ENABLE.exec(text)?.[1];
      await world.account.laptop.kmsClient('operator', 1).send(new EnableKeyCommand({ KeyId })).catch(() => undefined);
      world.trace.add(`operator: enables ${KeyId}, as the error says`);
    } else if (/deploy the stack/.test(text)) {
      world.trace.add('operator: deploys the stack again, as the error says');
      await world.deploy();
    }
  }

  private async deployAgain(failures: readonly Failure[]): Promise<void> {
    const { world } = this;
    const text = failures.filter(({ source }) => source === 'deployment').at(-1)?.text ?? '';
    const [, adoptFrom] = /adoptFrom: '([^']+)'/.exec(text) ?? [];
    world.trace.add(`operator: deploys again${adoptFrom === undefined ? '' : ` with adoptFrom ${adoptFrom}`}`);
    await world.deploy(adoptFrom === undefined ? {} : { adoptFrom });
  }

  /** The functions announce missing key material in their log. */
  private async provideMaterial(): Promise<void> {
    const { world } = this;
    const announced = world.lines.slice(this.linesRead).some((line) => line.includes('"key-material-due"'));
    this.linesRead = world.lines.length;
    if (!announced) {
      this.materialDueInDays = undefined;
      return;
    }
    this.materialDueInDays = (this.materialDueInDays ?? world.life.shape.materialDelayDays) - 1;
    if (this.materialDueInDays >= 0) return;
    this.materialDueInDays = undefined;
    await world.putKeyMaterial();
  }
}
