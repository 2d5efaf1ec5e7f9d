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
  /** One line for a person who asks what there is. */
  readonly what: string;
  /** Answers what is sent back as JSON. */
  perform(switches: Switches, request: ControlRequest): unknown;
}

/** Everything that can be asked under `/_local/`. A switch has one line to look at it, and one for each way to change it. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/_local/clock', what: 'the time that the KMS believes in', perform: tellTime },
  {
    method: 'PUT',
    path: '/_local/clock',
    what: 'moves the clock forward to { now: "2026-06-01T00:00:00Z" }',
    perform(switches, { body }) {
      switches.clock.set(moment(member(body, 'now'), 'now'));
      return tellTime(switches);
    },
  },
  {
    method: 'POST',
    path: '/_local/clock/advance',
    what: 'moves the clock forward by { milliseconds: 86400000 }',
    perform(switches, { body }) {
      switches.clock.advance(wholeNumber(member(body, 'milliseconds'), 'milliseconds'));
      return tellTime(switches);
    },
  },
  { method: 'GET', path: '/_local/faults', what: 'the rules by which calls go wrong', perform: tellFaults },
  {
    method: 'PUT',
    path: '/_local/faults',
    what: 'puts { rules: ["throttle:0.3:ReEncrypt"] } in the place of all others',
    perform(switches, { body }) {
      switches.faults.set(faultRules(member(body, 'rules')));
      return tellFaults(switches);
    },
  },
  {
    method: 'DELETE',
    path: '/_local/faults',
    what: 'lets nothing go wrong any more',
    perform(switches) {
      switches.faults.clear();
      return tellFaults(switches);
    },
  },
  { method: 'GET', path: '/_local/quotas', what: 'the request quotas that hold; null when none do', perform: tellQuotas },
  {
    method: 'PUT',
    path: '/_local/quotas',
    what: 'lets request quotas hold: { profile: "eu-central-1", rates: { symmetric: 100 } }, both may be left out',
    perform(switches, { body }) {
      switches.quotas.enforce(body as QuotaSettings);
      return tellQuotas(switches);
    },
  },
  {
    method: 'DELETE',
    path: '/_local/quotas',
    what: 'lifts all request quotas',
    perform(switches) {
      switches.quotas.lift();
      return tellQuotas(switches);
    },
  },
  { method: 'GET', path: '/_local/policies', what: 'whether policies are enforced, and which; null when they are not', perform: tellPolicies },
  {
    method: 'PUT',
    path: '/_local/policies',
    what: 'enforces key policies, grants and { principals, identityPolicies } as in the file of --enforce-policies; both may be left out',
    async perform(switches, { body }) {
      await switches.enforcement.on(body as Policies);
      return tellPolicies(switches);
    },
  },
  {
    method: 'DELETE',
    path: '/_local/policies',
    what: 'lets everybody do everything within their own account again; who is who stays known',
    perform(switches) {
      switches.enforcement.off();
      return tellPolicies(switches);
    },
  },
  { method: 'GET', path: '/_local/delays', what: 'how long changes take until they count, in milliseconds', perform: delaysOf },
  {
    method: 'PUT',
    path: '/_local/delays',
    what: 'lets { aliasMilliseconds: 5000 } pass until an alias counts; what is left out stays as it is',
    perform(switches, { body }) {
      setDelays(switches, body as Partial<Delays>);
      return delaysOf(switches);
    },
  },
  {
    method: 'GET',
    path: '/_local/audit',
    what: 'the newest calls, and how many there were; ?accessKey=, ?operation= and ?status= choose',
    perform({ audit }, { query }) {
      const selection = Object.fromEntries(['accessKey', 'operation', 'status'].flatMap((name) => query.has(name) ? [[name, query.get(name)!]] : []));
      const records = audit.records.filter((record) => Object.entries(selection).every(([name, value]) => record[name as 'operation'] === value));
      return { count: audit.count(selection), records };
    },
  },
  {
    method: 'GET',
    path: '/_local/audit/cloud-trail',
    what: 'the newest calls as CloudTrail would write them',
    perform: ({ audit, enforcement }) => ({
      Records: audit.records.map((record) => toCloudTrailRecord(record, (accessKey) =>
        enforcement.principals[accessKey] ?? `arn:aws:iam::${record.account}:user/${accessKey}`)),
    }),
  },
  { method: 'GET', path: '/_local/snapshot', what: 'the whole state, with key material in the clear', perform: (switches) => switches.snapshot() },
  {
    method: 'PUT',
    path: '/_local/snapshot',
    what: 'puts the state of a snapshot in the place of all keys and aliases',
    perform(switches, { body }) {
      switches.restore(body);
      return {};
    },
  },
  {
    method: 'POST',
    path: '/_local/save',
    what: 'writes the state to the file that was named at the start',
    async perform(switches) {
      await switches.save();
      return {};
    },
  },
  {
    method: 'POST',
    path: '/_local/reset',
    what: 'forgets all keys, aliases, calls, faults, quotas, policies and delays; only time goes on',
    perform(switches) {
      switches.reset();
      return {};
    },
  },
];

function tellTime(switches: Switches): unknown {
  return { now: switches.clock.now().toISOString() };
}

function tellFaults(switches: Switches): unknown {
  return { rules: switches.faults.rules };
}

function tellPolicies({ enforcement }: Switches): unknown {
  return { policies: enforcement.policies ?? null };
}

function tellQuotas(switches: Switches): unknown {
  return { quotas: switches.quotas.settings ?? null };
}

/** Rules as objects, or in their text form. */
function faultRules(given: unknown): FaultRule[] {
  const rules = Array.isArray(given) ? given as unknown[] : [given];
  return rules.map((rule) => typeof rule === 'string' ? parseFaultRule(rule) : (rule ?? {}) as FaultRule);
}
