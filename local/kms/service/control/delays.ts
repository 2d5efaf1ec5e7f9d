import type { Switches } from './switches';
import { ErrorName } from '../../../../src/contract/error-names';
import { Failure } from '../../../../src/contract/failure';
import type { PropagationDelays } from '../../model/time/propagation';

/** How long changes take to propagate, on the virtual clock. */
export interface Delays extends PropagationDelays {
  /** How long new replicas are Creating, and both keys are Updating during a change of the primary Region. */
  readonly replicationMilliseconds: number;
}

const NONE: Delays = {
  replicationMilliseconds: 0,
  aliasMilliseconds: 0,
  policyMilliseconds: 0,
  grantMilliseconds: 0,
  readMilliseconds: 0,
  usageMilliseconds: 0,
};

/** Reads a delay from its text form: `alias=5000`. */
export function parseDelay(text: string): Partial<Delays> {
  const [what = '', milliseconds = ''] = text.split('=');
  const name = `${what}Milliseconds`;
  if (!(name in NONE) || !/^\d{1,12}$/.test(milliseconds)) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: '--delay',
      what: 'is not a delay',
      given: text,
      allowed: `${Object.keys(NONE).map((each) => each.replace('Milliseconds', '')).join(', ')}, with = and a number of milliseconds`,
      remedy: 'write for example alias=5000',
    });
  }
  return { [name]: Number(milliseconds) };
}

export function delaysOf({ replication, propagation }: Switches): Delays {
  return { replicationMilliseconds: replication.milliseconds, ...propagation.delays };
}

/** Changes the given delays. The others keep their value. */
export function setDelays({ replication, propagation }: Switches, changes: Partial<Delays>): void {
  const unknown = Object.keys(changes).find((name) => !(name in NONE));
  if (unknown !== undefined) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: 'delays',
      what: 'the delay does not exist',
      given: unknown,
      allowed: Object.keys(NONE).join(', '),
      remedy: 'GET /_local/delays lists all delays',
    });
  }
  const { replicationMilliseconds, ...seen } = changes;
  propagation.set(seen);
  if (replicationMilliseconds !== undefined) replication.setDuration(replicationMilliseconds);
}

export function liftDelays(switches: Switches): void {
  setDelays(switches, NONE);
}
