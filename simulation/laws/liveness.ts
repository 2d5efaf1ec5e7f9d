import type { Broken } from './laws';
import type { KmsKey } from '../../local/kms/model/keys/kms-key';
import { GenerationTag } from '../../src/contract/family/generation-tags';
import { tagOf } from '../world/keys';
import { DAY, type Failure, type World } from '../world/world';

/** Days without faults on which the same error may occur. */
const SAME_ERROR_DAYS = 12;
/**
 * Days on which an application may fail to decrypt a record because its key is disabled. The watch sees its first call,
 * the next daily run starts the retirement over, and one more run may be late.
 */
const UNREADABLE_DAYS = 3;
/** Reserve of the daily reconcile run: the run of the day, one that failed, and the duration of a rotation. */
const RESERVE_DAYS = 4;

/**
 * The laws about what must happen, day by day. A day counts only if nothing was faulted or missed on it, and for errors
 * only if the family was not paused. A pause stops no reversal, so a disabled key must be enabled nevertheless.
 */
export class Liveness {
  private readonly errors = new Map<string, number>();
  private readonly unreadable = new Map<string, number>();
  private wasDisturbed = false;
  private wasPaused = false;

  public constructor(private readonly world: World) {}

  /** Must be called after each daily run, with the errors since the last one. */
  public async endOfDay(failures: readonly Failure[]): Promise<readonly Omit<Broken, 'day'>[]> {
    const { faults, declared, runsToMiss, deploymentFailed } = this.world;
    const isDisturbed = faults.active || runsToMiss > 0;
    const isQuiet = !isDisturbed && !this.wasDisturbed;
    const isPaused = declared.paused || this.wasPaused;
    this.wasDisturbed = isDisturbed;
    this.wasPaused = declared.paused;
    const unreadable = await this.readEverything(isQuiet && !deploymentFailed);
    return isQuiet ? [...(isPaused ? [] : this.sameErrors(failures)), ...unreadable] : [];
  }

  /** The errors that have occurred on the last days, one after another. */
  public lasting(failures: readonly Failure[]): Failure[] {
    return failures.filter(({ source, error }) => (this.errors.get(`${source} ${error}`) ?? 0) >= RESERVE_DAYS);
  }

  private sameErrors(failures: readonly Failure[]): Omit<Broken, 'day'>[] {
    const today = new Set(failures.map(({ source, error }) => `${source} ${error}`));
    for (const name of this.errors.keys()) if (!today.has(name)) this.errors.delete(name);
    const broken: Omit<Broken, 'day'>[] = [];
    for (const name of today) {
      const days = (this.errors.get(name) ?? 0) + 1;
      this.errors.set(name, days);
      if (days !== SAME_ERROR_DAYS) continue;
      const text = failures.find(({ source, error }) => `${source} ${error}` === name)?.text ?? '';
      broken.push({ law: 'same-error', detail: `${name} on ${SAME_ERROR_DAYS} days: ${text.slice(0, 500)}` });
    }
    return broken;
  }

  /** An application that needs a record under a disabled key reads it every day, and fails until the key is enabled. */
  private async readEverything(counts: boolean): Promise<Omit<Broken, 'day'>[]> {
    const { keys, records, application, life } = this.world;
    if (life.shape.reads === 'never') return [];
    const waiting = records.inTables.filter(({ keyId }) => {
      const key = keys.find(keyId);
      return key !== undefined && ['Disabled', 'PendingDeletion'].includes(keys.stateOf(key));
    });
    const places = new Set(waiting.map(({ store, record }) => `${store}/${record}`));
    for (const place of this.unreadable.keys()) if (!places.has(place)) this.unreadable.delete(place);
    const broken: Omit<Broken, 'day'>[] = [];
    for (const { item, store, record, keyId } of waiting) {
      await application.decrypt(item);
      if (!counts || life.shape.deletion?.onUse === 'hold') continue;
      const days = (this.unreadable.get(`${store}/${record}`) ?? 0) + 1;
      this.unreadable.set(`${store}/${record}`, days);
      if (days !== UNREADABLE_DAYS + 1) continue;
      broken.push({ law: 'unreadable', detail: `${record} cannot be decrypted since ${days} days: ${keys.nameOf(keyId)} is disabled` });
    }
    return broken;
  }
}

/** What is not as declared after the final calm. */
export function unconverged(world: World, calmSince: number, lasting: readonly Failure[]): string[] {
  const { keys, records, now, life: { shape }, deploymentFailed } = world;
  const { current, generations } = keys;
  if (current === undefined) return ['the alias names no key'];
  const timeOf = (key: KmsKey, tag: GenerationTag) => Date.parse(tagOf(key, tag) ?? '');
  const currentSince = timeOf(current, GenerationTag.CURRENT_SINCE);
  const ageDays = (now - currentSince) / DAY;
  const mayBeLate = shape.material === 'secret' ? shape.materialDelayDays : 0;
  // A rotation that began in the last days may still run, or be repeated by the next daily run.
  const rotates = generations.some(({ key }) => now - key.createdAt < RESERVE_DAYS * DAY);
  const left = generations.filter(({ key }) => key !== current && timeOf(key, GenerationTag.FENCED_SINCE) < calmSince);
  // Without deletion no census follows a rotation: what is restored then waits for the next rotation.
  const elsewhere = records.inTables.filter(({ keyId, since }) =>
    keyId !== current.keyId && (shape.deletion !== undefined || since < currentSince));
  return [
    ...(ageDays > shape.rotationDays + mayBeLate + RESERVE_DAYS ? [`the current generation is ${Math.floor(ageDays)} days old`] : []),
    ...(elsewhere.length > 0 && !rotates ? [`${elsewhere.length} records are under old generations`] : []),
    ...(shape.deletion !== undefined && left.length > 0
      ? [`not deleted: ${left.map(({ number, key }) => `generation ${number} (${keys.stateOf(key)})`).join(', ')}`] : []),
    ...(deploymentFailed ? ['the stack cannot be deployed'] : []),
    ...lasting.slice(0, 1).map(({ source, error, text }) => `${source} still fails: ${error}: ${text.slice(0, 300)}`),
  ];
}
