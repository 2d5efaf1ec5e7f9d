import { parseEventPattern, type EventPattern } from './event-pattern';
import type { CloudTrailRecord } from '../kms/service/audit/cloud-trail';

/** An event as EventBridge delivers it. */
export interface BusEvent {
  readonly 'version': '0';
  readonly 'id': string;
  readonly 'detail-type': 'AWS API Call via CloudTrail';
  readonly 'source': 'aws.kms';
  readonly 'account': string;
  readonly 'time': string;
  readonly 'region': string;
  readonly 'resources': readonly string[];
  readonly 'detail': CloudTrailRecord;
}

/** A rule, as `AWS::Events::Rule` declares it. */
export interface EventRule {
  readonly pattern: { readonly [field: string]: unknown };
  readonly state: string;
  /** Invokes the target. `targetInput` returns the input of the target. */
  readonly target: (event: BusEvent) => Promise<unknown>;
}

type RuleState = 'DISABLED' | 'ENABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

interface ParsedRule {
  readonly state: RuleState;
  readonly matches: EventPattern;
  readonly target: EventRule['target'];
}

/** The default event bus of an account: it delivers CloudTrail records to the targets of the rules that match. */
export class LocalEventBus {
  private readonly rules = new Map<string, ParsedRule>();
  private readonly inProgress = new Set<Promise<void>>();
  private readonly failures: unknown[] = [];

  public constructor(rules: readonly EventRule[] = []) {
    rules.forEach((rule, index) => this.define(`rule ${index + 1}`, rule));
  }

  /** Creates or replaces a rule. Throws if a part of its pattern is not supported. */
  public define(name: string, { pattern, state, target }: EventRule): void {
    this.rules.set(name, { state: readState(state), matches: parseEventPattern(pattern), target });
  }

  public remove(name: string): void {
    this.rules.delete(name);
  }

  /**
   * Delivers a record, in the background. A record of a read-only call reaches only the rules in the state
   * `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`.
   */
  public deliver(record: CloudTrailRecord): void {
    const event = eventOf(record);
    for (const { state, matches, target } of this.rules.values()) {
      if (state === 'DISABLED' || (state === 'ENABLED' && record.readOnly) || !matches(event)) continue;
      const delivery = target(event).then(() => undefined, (failure: unknown) => { this.failures.push(failure); })
        .finally(() => this.inProgress.delete(delivery));
      this.inProgress.add(delivery);
    }
  }

  /**
   * Waits until every target has ended, also those of deliveries that a target causes. Throws the first failure
   * of a target.
   */
  public async idle(): Promise<void> {
    while (this.inProgress.size > 0) await Promise.all(this.inProgress);
    const [failure] = this.failures.splice(0);
    if (failure !== undefined) throw failure;
  }
}

function readState(state: string): RuleState {
  if (state === 'DISABLED' || state === 'ENABLED' || state === 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS') return state;
  throw new Error(`rule state ${state} is not supported; allowed: DISABLED, ENABLED, ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`);
}

function eventOf(record: CloudTrailRecord): BusEvent {
  return {
    'version': '0',
    'id': record.eventID,
    'detail-type': 'AWS API Call via CloudTrail',
    'source': 'aws.kms',
    'account': record.recipientAccountId,
    'time': record.eventTime,
    'region': record.awsRegion,
    'resources': [],
    'detail': record,
  };
}
