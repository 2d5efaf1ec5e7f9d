import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { KMS_PROPAGATION_SECONDS } from '../../../src/contract/limits';
import type { Clock } from '../../ports/clock';
import type { AliasEntry, KeyFamilyPort, KeyUsage, NewKey } from '../../ports/key-family';
import type { KeyDescription, KeyState, Tags } from '../../ports/keys';
import { UnknownPrincipal } from '../../ports/unknown-principal';

/** KMS shows a write after this time at the latest. Usually it needs less than a second. */
const VISIBLE_AFTER_MS = KMS_PROPAGATION_SECONDS * 1000;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 15_000;

/**
 * How long other hosts of KMS can be behind the first one that shows a write, if any read was late. CloudFormation
 * waits as long after it has updated a key.
 */
const SETTLED_AFTER_MS = 60_000;

/** A key that was created this long ago is known everywhere. */
const NEW_KEY_MS = VISIBLE_AFTER_MS;

/**
 * The keys of a family, as every later read shows them: a write returns when KMS shows it.
 *
 * KMS is eventually consistent: after a write, a read may return what was before it, for up to minutes. Each step reads
 * what an earlier one wrote, possibly in another invocation, so the wait is here and not at the reads. A write that KMS
 * does not show in time is not an error: the caller, which reads it again, decides.
 *
 * Hosts of KMS differ: one shows a write, and the next call asks another one. As long as every write is shown at once,
 * they agree. After a write that was shown late, the next read waits until all hosts show it, and so does `settle`.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency
 */
export class VisibleKeyFamily implements KeyFamilyPort {
  /** Keys that were created here, and when. */
  private readonly created = new Map<string, number>();
  /** Until then, a host can return what was before the last late write. */
  private unsettledUntil = 0;

  public constructor(private readonly kms: KeyFamilyPort, private readonly clock: Clock) {}

  /** Waits until every host of KMS shows what was written here. Must be called before an invocation answers. */
  public async settle(): Promise<void> {
    const now = this.clock.now().getTime();
    if (now < this.unsettledUntil) await this.clock.sleep(this.unsettledUntil - now);
  }

  public async createKey(key: NewKey): Promise<KeyDescription> {
    const created = await this.kms.createKey(key);
    const now = this.clock.now().getTime();
    for (const [keyId, at] of this.created) if (now - at >= NEW_KEY_MS) this.created.delete(keyId);
    this.created.set(created.keyId, now).set(created.keyArn, now);
    await this.untilVisible(async () => await this.kms.describeKey(created.keyId) !== undefined);
    await this.untilVisible(async () => (await this.kms.listKeyIds()).includes(created.keyId));
    await this.untilVisible(async () => isTagged(await this.kms.listTags(created.keyId), key.tags));
    return created;
  }

  public async tagKey(keyId: string, tags: Tags): Promise<void> {
    await this.whileNew(keyId, () => this.kms.tagKey(keyId, tags));
    await this.untilVisible(async () => isTagged(await this.kms.listTags(keyId), tags));
  }

  public async createAlias(aliasName: string, keyId: string): Promise<'created' | 'taken'> {
    const outcome = await this.whileNew(keyId, () => this.kms.createAlias(aliasName, keyId));
    if (outcome === 'created') await this.untilNamed(aliasName, keyId);
    return outcome;
  }

  public async updateAlias(aliasName: string, keyId: string): Promise<void> {
    await this.whileNew(keyId, () => this.kms.updateAlias(aliasName, keyId));
    await this.untilNamed(aliasName, keyId);
  }

  public async deleteAlias(aliasName: string): Promise<void> {
    await this.kms.deleteAlias(aliasName);
    await this.untilVisible(async () => (await this.kms.listAliases(aliasName)).every((alias) => alias.aliasName !== aliasName));
  }

  public async putKeyPolicy(keyId: string, policy: string): Promise<void> {
    const before = await this.readPolicy(keyId);
    await this.whileNew(keyId, () => this.kms.putKeyPolicy(keyId, policy));
    // KMS may return the new policy with another order of members: it is visible when the former one is not returned.
    await this.untilVisible(async () => {
      const shown = await this.readPolicy(keyId);
      return shown === undefined || shown === policy || shown !== before;
    });
  }

  public async updateDescription(keyId: string, description: string): Promise<void> {
    await this.whileNew(keyId, () => this.kms.updateDescription(keyId, description));
  }

  public async enableKey(keyId: string): Promise<void> {
    await this.kms.enableKey(keyId);
    await this.untilState(keyId, (state) => state === 'Enabled');
  }

  public async disableKey(keyId: string): Promise<void> {
    await this.kms.disableKey(keyId);
    await this.untilState(keyId, (state) => state !== 'Enabled');
  }

  public async scheduleKeyDeletion(keyId: string, pendingWindowDays: number): Promise<void> {
    await this.kms.scheduleKeyDeletion(keyId, pendingWindowDays);
    await this.untilState(keyId, (state) => state === 'PendingDeletion');
  }

  public async cancelKeyDeletion(keyId: string): Promise<void> {
    await this.kms.cancelKeyDeletion(keyId);
    await this.untilState(keyId, (state) => state !== 'PendingDeletion');
  }

  public async describeKey(keyIdOrAlias: string): Promise<KeyDescription | undefined> {
    await this.settle();
    return this.kms.describeKey(keyIdOrAlias);
  }

  public async listKeyIds(): Promise<string[]> {
    await this.settle();
    return this.kms.listKeyIds();
  }

  public async listTags(keyId: string): Promise<Tags> {
    await this.settle();
    return this.kms.listTags(keyId);
  }

  public async isUnknownKey(keyId: string): Promise<boolean> {
    await this.settle();
    return this.kms.isUnknownKey(keyId);
  }

  public async listAliases(prefix: string): Promise<AliasEntry[]> {
    await this.settle();
    return this.kms.listAliases(prefix);
  }

  public async getKeyPolicy(keyId: string): Promise<string> {
    await this.settle();
    return this.whileNew(keyId, () => this.kms.getKeyPolicy(keyId));
  }

  public async listGrantees(keyId: string): Promise<string[]> {
    await this.settle();
    return this.whileNew(keyId, () => this.kms.listGrantees(keyId));
  }

  public async lastUsage(keyId: string): Promise<KeyUsage | undefined> {
    await this.settle();
    return this.kms.lastUsage(keyId);
  }

  public async tryEncrypt(keyId: string, context: Tags): Promise<'encrypted' | 'access-denied' | 'not-ready'> {
    return this.kms.tryEncrypt(keyId, context);
  }

  public async failToGenerateDataKey(keyId: string, context: Tags): Promise<void> {
    return this.kms.failToGenerateDataKey(keyId, context);
  }

  private async untilNamed(aliasName: string, keyId: string): Promise<void> {
    await this.untilVisible(async () => (await this.kms.describeKey(aliasName))?.keyId === keyId);
    await this.untilVisible(async () =>
      (await this.kms.listAliases(aliasName)).some((alias) => alias.aliasName === aliasName && alias.keyId === keyId));
  }

  private async untilState(keyId: string, isExpected: (state: KeyState) => boolean): Promise<void> {
    await this.untilVisible(async () => {
      const key = await this.kms.describeKey(keyId);
      return key === undefined || isExpected(key.state);
    });
  }

  /** A role that may not read what it wrote cannot wait for it. */
  private async untilVisible(isVisible: () => Promise<boolean>): Promise<void> {
    let late = false;
    await this.repeat(async () => {
      try {
        if (await isVisible()) return { of: undefined };
        late = true;
        return 'again';
      } catch (error) {
        if (Failure.named(error, ErrorName.ACCESS_DENIED)) return { of: undefined };
        if (Failure.named(error, ErrorName.KEY_NOT_READY) || Failure.named(error, ErrorName.THROTTLED)) return 'again';
        throw error;
      }
    });
    if (late) this.unsettledUntil = this.clock.now().getTime() + SETTLED_AFTER_MS;
  }

  /** KMS may not know a key yet that it has just created. */
  private async whileNew<T>(keyId: string, call: () => Promise<T>): Promise<T> {
    const createdAt = this.created.get(keyId);
    if (createdAt === undefined || this.clock.now().getTime() - createdAt >= NEW_KEY_MS) return call();
    const outcome = await this.repeat(async () => {
      try {
        return { of: await call() };
      } catch (error) {
        if (Failure.named(error, ErrorName.KEY_NOT_READY) && !(error instanceof UnknownPrincipal)) return 'again';
        throw error;
      }
    });
    return outcome === undefined ? call() : outcome.of;
  }

  /** Undefined if it was not done in time. */
  private async repeat<T>(attempt: () => Promise<{ readonly of: T } | 'again'>): Promise<{ readonly of: T } | undefined> {
    let wait = FIRST_WAIT_MS;
    for (let waited = 0; ; waited += wait, wait = Math.min(wait * 2, MAX_WAIT_MS)) {
      const outcome = await attempt();
      if (outcome !== 'again') return outcome;
      if (waited >= VISIBLE_AFTER_MS) return undefined;
      await this.clock.sleep(wait);
    }
  }

  private async readPolicy(keyId: string): Promise<string | undefined> {
    try {
      return await this.kms.getKeyPolicy(keyId);
    } catch (error) {
      if (error instanceof Failure) return undefined;
      throw error;
    }
  }
}

function isTagged(actual: Tags, expected: Tags): boolean {
  return Object.entries(expected).every(([name, value]) => actual[name] === value);
}
