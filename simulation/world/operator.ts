import { EnableKeyCommand } from '@aws-sdk/client-kms';
import { MISSPELLED } from './stacks';
import type { Failure, World } from './world';
import type { ReleasedStore } from '../../src/index';

/** Days for which an error must occur before an operator does something about it. */
const PATIENCE_DAYS = 3;
/** The remedy of an error for a key that a record needs. */
const ENABLE = /; enable (arn:\S+)/;

/** A store as the error of a retirement prints it, to be copied. */
const RELEASE = /\{ tableArn: "([^"]+)", dataKeyAttribute: "([^"]+)" \}/g;

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
    } else if (error === 'StoreMismatch') {
      await this.declareOrRelease(text);
    } else if (/deploy the stack/.test(text)) {
      world.trace.add('operator: deploys the stack again, as the error says');
      await world.deploy();
    }
  }

  /** Every store is declared as it is, and a misspelled attribute that the error names is released. */
  private async declareOrRelease(text: string): Promise<void> {
    const { world } = this;
    const named = [...text.matchAll(RELEASE)].map(([, tableArn, dataKeyAttribute]) => ({ tableArn, dataKeyAttribute }) as ReleasedStore);
    const misspelled = named.filter(({ dataKeyAttribute }) => dataKeyAttribute === MISSPELLED);
    world.trace.add(`operator: declares every store${misspelled.length > 0 ? ', and releases the misspelled one' : ''}`);
    await world.deploy({
      removed: undefined, misspelled: undefined, released: misspelled.length > 0 ? misspelled : world.declared.released,
    });
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
