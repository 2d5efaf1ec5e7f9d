import { chargesOf, type Charge, type CountedRequest } from './counted-request';
import { publishedRate, QUOTA_GROUPS, type QuotaGroup } from './quota-table';
import { REGIONS } from './regions';
import { ErrorName } from '../../../../src/contract/error-names';
import { Failure } from '../../../../src/contract/failure';
import { throttled } from '../../protocol/errors';

/** The request quotas to enforce. */
export interface QuotaSettings {
  /** The Region whose published rates apply to every Region. @default - each Region has its own */
  readonly profile?: string;
  /** Requests per second for groups whose rate differs from the published one: `{ symmetric: 100 }`. */
  readonly rates?: { readonly [Group in QuotaGroup]?: number };
}

/** The number of requests of one group in the current second. */
interface Window {
  readonly second: number;
  readonly requests: number;
}

const MILLISECONDS = 1000;

/**
 * Request quotas: for each account and Region, a number of requests per second for each group of operations.
 *
 * They are off until they are enforced. Seconds are those of the virtual clock: if it does not move, the second does
 * not end.
 */
export class Quotas {
  private enforced: QuotaSettings | undefined;
  private windows = new Map<string, Window>();

  /** @param settings absent: no quotas are enforced */
  public constructor(settings?: QuotaSettings) {
    if (settings !== undefined) this.enforce(settings);
  }

  /** The enforced quotas; `undefined` if none are enforced. */
  public get settings(): QuotaSettings | undefined {
    return this.enforced;
  }

  /** Enforces quotas from now on, and counts from 0. */
  public enforce(settings: QuotaSettings = {}): void {
    checkSettings(settings);
    this.enforced = settings;
    this.windows = new Map();
  }

  public lift(): void {
    this.enforced = undefined;
  }

  /** Counts a request, or refuses it as AWS does. It is called before the request has any effect. */
  public admit(request: CountedRequest, now: number): void {
    if (this.enforced === undefined) return;
    const { account } = request.caller;
    const second = Math.floor(now / MILLISECONDS);
    const counted = merged(chargesOf(request)).map((charge) => this.count(charge, account, second));
    // A refused request does not count: a client that retries does not use up groups that have capacity.
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

/** Combines charges of the same group in the same Region. */
function merged(charges: readonly Charge[]): Charge[] {
  const byName = new Map<string, Charge>();
  for (const charge of charges) {
    const name = `${charge.region}/${charge.group}`;
    byName.set(name, { ...charge, requests: charge.requests + (byName.get(name)?.requests ?? 0) });
  }
  return [...byName.values()];
}

function checkSettings({ profile, rates }: QuotaSettings): void {
  if (profile !== undefined && !REGIONS.includes(profile)) {
    throw refused('profile is not the name of a Region', profile, REGIONS.join(', '), 'AWS publishes rates for each Region');
  }
  for (const [group, rate] of Object.entries<number | undefined>(rates ?? {})) {
    if (!QUOTA_GROUPS.includes(group)) {
      throw refused('unknown group of operations', group, QUOTA_GROUPS.join(', '), 'name one of these groups');
    }
    if (rate === undefined || !Number.isInteger(rate) || rate < 0) {
      const what = `rate of ${group} is not a number of requests`;
      throw refused(what, String(rate), '0 or more, whole', 'write for example { symmetric: 100 }');
    }
  }
}

function refused(what: string, given: string, allowed: string, remedy: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, { where: 'quotas', what, given, allowed, remedy });
}
