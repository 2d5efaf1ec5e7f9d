import { delaysOf, setDelays, type Delays } from './delays';
import { member, moment, wholeNumber } from './request-members';
import type { Switches } from './switches';
import type { Policies } from '../../authorization/policies';
import { toCloudTrailRecord } from '../audit/cloud-trail';
import { parseFaultRule, type FaultRule } from '../faults/fault-rule';
import type { QuotaSettings } from '../quotas/quotas';

export interface ControlRequest {
  readonly query: URLSearchParams;
  /** The body as JSON; `{}` when there is none. */
  readonly body: unknown;
}

export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  /** One line of help about the request. */
  readonly what: string;
  /** Returns the answer, which is sent as JSON. */
  perform(switches: Switches, request: ControlRequest): unknown;
}

/** All requests under `/_local/`. Each setting has one request to read it, and one for each way to change it. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/_local/clock', what: 'the time of the virtual clock', perform: readTime },
  {
    method: 'PUT',
    path: '/_local/clock',
    what: 'moves the clock forward to { now: "2026-06-01T00:00:00Z" }',
    perform(switches, { body }) {
      switches.clock.set(moment(member(body, 'now'), 'now'));
      return readTime(switches);
    },
  },
  {
    method: 'POST',
    path: '/_local/clock/advance',
    what: 'moves the clock forward by { milliseconds: 86400000 }',
    perform(switches, { body }) {
      switches.clock.advance(wholeNumber(member(body, 'milliseconds'), 'milliseconds'));
      return readTime(switches);
    },
  },
  { method: 'GET', path: '/_local/faults', what: 'the fault rules', perform: readFaults },
  {
    method: 'PUT',
    path: '/_local/faults',
    what: 'replaces all fault rules by { rules: ["throttle:0.3:ReEncrypt"] }',
    perform(switches, { body }) {
      switches.faults.set(faultRules(member(body, 'rules')));
      return readFaults(switches);
    },
  },
  {
    method: 'DELETE',
    path: '/_local/faults',
    what: 'removes all fault rules',
    perform(switches) {
      switches.faults.clear();
      return readFaults(switches);
    },
  },
  { method: 'GET', path: '/_local/quotas', what: 'the enforced request quotas; null if none are enforced', perform: readQuotas },
  {
    method: 'PUT',
    path: '/_local/quotas',
    what: 'enforces request quotas: { profile: "eu-central-1", rates: { symmetric: 100 } }; both are optional',
    perform(switches, { body }) {
      switches.quotas.enforce(body as QuotaSettings);
      return readQuotas(switches);
    },
  },
  {
    method: 'DELETE',
    path: '/_local/quotas',
    what: 'removes all request quotas',
    perform(switches) {
      switches.quotas.lift();
      return readQuotas(switches);
    },
  },
  { method: 'GET', path: '/_local/policies', what: 'the enforced policies; null if policies are not enforced', perform: readPolicies },
  {
    method: 'PUT',
    path: '/_local/policies',
    what: 'enforces key policies, grants and { principals, identityPolicies, uniqueIds }, the members of the file of --enforce-policies',
    async perform(switches, { body }) {
      await switches.enforcement.on(body as Policies);
      return readPolicies(switches);
    },
  },
  {
    method: 'DELETE',
    path: '/_local/policies',
    what: 'ends the enforcement of policies: every principal may use all keys of its own account; the principals stay known',
    perform(switches) {
      switches.enforcement.off();
      return readPolicies(switches);
    },
  },
  { method: 'GET', path: '/_local/delays', what: 'the delays of changes, in milliseconds', perform: delaysOf },
  {
    method: 'PUT',
    path: '/_local/delays',
    what: 'changes delays: { aliasMilliseconds: 5000 }; the others keep their value',
    perform(switches, { body }) {
      setDelays(switches, body as Partial<Delays>);
      return delaysOf(switches);
    },
  },
  {
    method: 'GET',
    path: '/_local/audit',
    what: 'the newest calls and their number; ?accessKey=, ?operation= and ?status= select calls',
    perform({ audit }, { query }) {
      const names = ['accessKey', 'operation', 'status'] as const;
      const selected = names.filter((name) => query.has(name)).map((name) => [name, query.get(name)!] as const);
      const selection = Object.fromEntries(selected);
      const records = audit.records.filter((record) => selected.every(([name, value]) => record[name] === value));
      return { count: audit.count(selection), records };
    },
  },
  {
    method: 'GET',
    path: '/_local/audit/cloud-trail',
    what: 'the newest calls in the form of CloudTrail',
    perform: ({ audit, enforcement }) => ({
      Records: audit.records.map((record) => toCloudTrailRecord(record, (accessKey) =>
        enforcement.principals[accessKey] ?? `arn:aws:iam::${record.account}:user/${accessKey}`)),
    }),
  },
  {
    method: 'GET',
    path: '/_local/snapshot',
    what: 'the whole state, with key material in the clear',
    perform: (switches) => switches.snapshot(),
  },
  {
    method: 'PUT',
    path: '/_local/snapshot',
    what: 'replaces all keys and aliases by the state of a snapshot',
    perform(switches, { body }) {
      switches.restore(body);
      return {};
    },
  },
  {
    method: 'POST',
    path: '/_local/save',
    what: 'writes the state to the file that was given at the start',
    async perform(switches) {
      await switches.save();
      return {};
    },
  },
  {
    method: 'POST',
    path: '/_local/reset',
    what: 'deletes all keys, aliases, audit records, faults, quotas, policies and delays; the time does not change',
    perform(switches) {
      switches.reset();
      return {};
    },
  },
];

function readTime(switches: Switches): unknown {
  return { now: switches.clock.now().toISOString() };
}

function readFaults(switches: Switches): unknown {
  return { rules: switches.faults.rules };
}

function readPolicies({ enforcement }: Switches): unknown {
  return { policies: enforcement.policies ?? null };
}

function readQuotas(switches: Switches): unknown {
  return { quotas: switches.quotas.settings ?? null };
}

/** Rules as objects or in their text form. */
function faultRules(given: unknown): FaultRule[] {
  const rules = Array.isArray(given) ? given as unknown[] : [given];
  return rules.map((rule) => typeof rule === 'string' ? parseFaultRule(rule) : (rule ?? {}) as FaultRule);
}
