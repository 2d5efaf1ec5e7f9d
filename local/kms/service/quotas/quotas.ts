import { chargesOf, type Charge, type CountedRequest } from './counted-request';
import { publishedRate, QUOTA_GROUPS, type QuotaGroup } from './quota-table';
import { Failure } from '../../../../lambda/runtime/failure';
import { ErrorName } from '../../../../src/contract/error-names';
import { throttled } from '../../protocol/errors';

/** Which request quotas are to hold. */
export interface QuotaSettings {
  /** Every Region gets the rates that AWS publishes for this one. @default - each Region has its own */
  readonly profile?: string;
  /** Requests a second for groups that are to differ from what AWS publishes, as in `{ symmetric: 100 }`. */
  readonly rates?: { readonly [Group in QuotaGroup]?: number };
}

/** How many requests of one group there were in the second that is under way. */
interface Window {
  readonly second: number;
  readonly requests: number;
}

const MILLISECONDS = 1000;

/**
 * Request quotas: each account has, in each Region, a number of requests in a second for each group of operations.
 *
 * Off until they are enforced. Seconds are those of the virtual clock: while it stands still, so does the second.
 */
export class Quotas {
  private enforced: QuotaSettings | undefined;
  private windows = new Map<string, Window>();

  /** @param settings absent: no quotas hold */
  public constructor(settings?: QuotaSettings) {
    if (settings !== undefined) this.enforce(settings);
  }

  /** What holds now; nothing when no quotas do. */
  public get settings(): QuotaSettings | undefined {
    return this.enforced;
  }

  /** Lets quotas hold from now on, and begins to count anew. */
  public enforce(settings: QuotaSettings = {}): void {
    checkSettings(settings);
    this.enforced = settings;
    this.windows = new Map();
  }

  public lift(): void {
    this.enforced = undefined;
  }

  /** Counts a request, or refuses it as AWS does. Asked before anything is done for it. */
  public admit(request: CountedRequest, now: number): void {
    if (this.enforced === undefined) return;
    const { account } = request.caller;
    const second = Math.floor(now / MILLISECONDS);
    const counted = merged(chargesOf(request)).map((charge) => this.count(charge, account, second));
    // A refused request takes nothing: a client that keeps asking does not shut itself out of the groups that had room.
    if (counted.some(({ within }) => !within)) throw throttled();
    for (const { name, window } of counted) this.windows.set(name, window);
  }

  private count({ group, region, requests }: Charge, account: string, second: number): { name: string; window: Window; within: boolean } {
    const name = `${account}/${region}/${group}`;
    const before = this.windows.get(name);
    const window = { second, requests: requests + (before?.second === second ? before.requests : 0) };
    const rate = this.enforced?.rates?.[group] ?? publishedRate(group, this.enforced?.profile ?? region) ?? Infinity;
    return { name, window, within: window.requests <= rate };
  }
}

/** Two charges on the same group in the same Region are one. */
function merged(charges: readonly Charge[]): Charge[] {
  const byName = new Map<string, Charge>();
  for (const charge of charges) {
    const name = `${charge.region}/${charge.group}`;
    byName.set(name, { ...charge, requests: charge.requests + (byName.get(name)?.requests ?? 0) });
  }
  return [...byName.values()];
}

function checkSettings({ profile, rates }: QuotaSettings): void {
  if (profile !== undefined && !/^[a-z]{2,3}(-[a-z]+)+-\d+$/.test(profile)) {
    throw refused('profile is not the name of a Region', profile, 'a Region, such as eu-central-1', 'AWS publishes rates for each Region');
  }
  for (const [group, rate] of Object.entries<number | undefined>(rates ?? {})) {
    if (!QUOTA_GROUPS.includes(group)) throw refused('unknown group of operations', group, QUOTA_GROUPS.join(', '), 'name one of these groups');
    if (rate === undefined || !Number.isInteger(rate) || rate < 0) {
      throw refused(`rate of ${group} is not a number of requests`, String(rate), '0 or more, whole', 'write for example { symmetric: 100 }');
    }
  }
}

function refused(what: string, given: string, allowed: string, remedy: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, { where: 'quotas', what, given, allowed, remedy });
}
