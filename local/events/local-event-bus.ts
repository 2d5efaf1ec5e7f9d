import { parseEventPattern, type EventPattern } from './event-pattern';
import type { CloudTrailRecord } from '../kms/service/audit/cloud-trail';

/** An event as EventBridge hands it over. */
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
  /** Invokes what the rule points at. See `targetInput` for what that is given. */
  readonly target: (event: BusEvent) => Promise<unknown>;
}

type RuleState = 'DISABLED' | 'ENABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

interface ParsedRule {
  readonly state: RuleState;
  readonly matches: EventPattern;
  readonly target: EventRule['target'];
}

/** The default event bus of an account: hands CloudTrail's records to the rules that ask for them. */
export class LocalEventBus {
  private readonly rules = new Map<string, ParsedRule>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly failures: unknown[] = [];

  public constructor(rules: readonly EventRule[] = []) {
    rules.forEach((rule, index) => this.define(`rule ${index + 1}`, rule));
  }

  /** Creates a rule, or gives it another definition. Refuses a pattern that it does not understand as a whole. */
  public define(name: string, { pattern, state, target }: EventRule): void {
    this.rules.set(name, { state: readState(state), matches: parseEventPattern(pattern), target });
  }

  public remove(name: string): void {
    this.rules.delete(name);
  }

  /** Hands a record over, in the background. A record that only reads reaches no rule that does not ask for all management events. */
  public deliver(record: CloudTrailRecord): void {
    const event = eventOf(record);
    for (const { state, matches, target } of this.rules.values()) {
      if (state === 'DISABLED' || (state === 'ENABLED' && record.readOnly) || !matches(event)) continue;
      const delivery = target(event).then(() => undefined, (failure: unknown) => { this.failures.push(failure); })
        .finally(() => this.underWay.delete(delivery));
      this.underWay.add(delivery);
    }
  }

  /** Waits until every target has ended, those included that deliveries bring about. Throws the first failure of a target since then. */
  public async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
    const [failure] = this.failures.splice(0);
    if (failure !== undefined) throw failure;
  }
}

function readState(state: string): RuleState {
  if (state === 'DISABLED' || state === 'ENABLED' || state === 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS') return state;
  throw new Error(`rule has state ${state}, which is not known here`);
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
