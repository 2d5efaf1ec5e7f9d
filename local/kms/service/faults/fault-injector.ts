import { createHash } from 'node:crypto';
import { checkFaultRule, REFUSALS, type FaultRule } from './fault-rule';
import type { KmsError } from '../../protocol/errors';

/** The faults of one call. */
export interface Faults {
  readonly latencyMilliseconds: number;
  /** The error that is returned instead of an effect. */
  readonly refusal?: KmsError;
  /** The connection breaks before the call has any effect. */
  readonly connectionReset: boolean;
  readonly answerLost: boolean;
}

const NO_FAULTS: Faults = { latencyMilliseconds: 0, connectionReset: false, answerLost: false };

/**
 * Decides the faults of each call. The same seed, rules and sequence of calls give the same faults.
 *
 * Each rule counts the calls to which it applies separately, so that calls of other operations change nothing.
 */
export class FaultInjector {
  private active: { readonly rule: FaultRule; calls: number }[] = [];

  public constructor(private readonly seed: number, rules: readonly FaultRule[]) {
    this.set(rules);
  }

  public get rules(): readonly FaultRule[] {
    return this.active.map(({ rule }) => rule);
  }

  /** Replaces all rules. Counting starts at 1 again. */
  public set(rules: readonly FaultRule[]): void {
    for (const rule of rules) checkFaultRule(rule);
    this.active = rules.map((rule) => ({ rule, calls: 0 }));
  }

  public clear(): void {
    this.set([]);
  }

  public next(operation: string): Faults {
    if (this.active.length === 0) return NO_FAULTS;
    const due = this.active.filter((each, index) => this.isDue(each, index, operation)).map(({ rule }) => rule);
    return {
      latencyMilliseconds: due.reduce((sum, rule) => sum + (rule.latencyMilliseconds ?? 0), 0),
      refusal: due.map(({ kind }) => kind in REFUSALS ? REFUSALS[kind as keyof typeof REFUSALS]() : undefined)
        .find((error) => error !== undefined),
      connectionReset: due.some(({ kind }) => kind === 'connectionReset'),
      answerLost: due.some(({ kind }) => kind === 'answerLost'),
    };
  }

  private isDue(each: { readonly rule: FaultRule; calls: number }, index: number, operation: string): boolean {
    const { rule } = each;
    if (rule.operation !== undefined && rule.operation !== operation) return false;
    each.calls += 1;
    if (rule.callNumbers !== undefined && !rule.callNumbers.includes(each.calls)) return false;
    return rule.probability === undefined || this.chance(index, each.calls) < rule.probability;
  }

  /** A number from 0 to below 1 that depends only on seed, rule and call. */
  private chance(index: number, call: number): number {
    return createHash('sha256').update(`${this.seed}/${index}/${call}`).digest().readUIntBE(0, 6) / 2 ** 48;
  }
}
